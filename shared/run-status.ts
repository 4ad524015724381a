import { earlierOutputLimitBytes, fitOutput } from './bound-output.ts';
import { timeText } from './follow-init.ts';
import type {
  HookRun,
  HookRunEarlier,
  HookRunExecStatus,
  HookRunInitStatus,
  HookRunPhase,
  HookRunSpec,
  HookRunStatus,
} from './hook-run.ts';
import { hasEnded, waitingHook, type HookRecord, type RunRecord } from './record.ts';

/** Results of earlier runs that are kept. */
const mostEarlier = 5;

export interface RunState {
  readonly record: RunRecord;
  readonly init: readonly HookRunInitStatus[];
  readonly finishedAtMs: number | null;
  /** Nothing is run, and why. null: it is. */
  readonly unrun: Extract<HookRunPhase, 'Missed' | 'TooLarge'> | null;
}

/**
 * The status to be written. What a newer version has put into a hook's status, and is not known here, stays.
 *
 * @param before as it is stored
 */
export function runStatus(spec: HookRunSpec, before: HookRunStatus | undefined, state: RunState): HookRunStatus {
  const { record, init, finishedAtMs } = state;
  const { hooks } = record;
  const known = before?.run === spec.run ? before : undefined;
  const ended = hooks.filter(hasEnded);
  const initEnded = init.filter(({ state: at }) => at === 'Succeeded' || at === 'Failed' || at === 'Skipped');
  const succeeded = [...ended, ...initEnded].filter(({ state: at }) => at === 'Succeeded').length;
  const done = ended.length + initEnded.length;
  const total = hooks.length + init.length;
  const starts = hooks.flatMap(({ startedAtMs }) => startedAtMs ?? []);
  return {
    phase: phaseOf(state),
    run: spec.run,
    total,
    done,
    succeeded,
    failed: done - succeeded,
    progress: `${done}/${total}`,
    observedSince: known?.observedSince ?? timeText(record.observedSinceMs),
    startedAt: starts.length === 0 ? (known?.startedAt ?? null) : timeText(Math.min(...starts)),
    finishedAt: finishedAtMs === null ? null : timeText(finishedAtMs),
    firstProblem: firstProblem(spec, state),
    init: init.map((each, index) => ({ ...known?.init?.[index], ...each })),
    exec: hooks.map((hook, index) => ({ ...known?.exec?.[index], ...execStatus(hook) })),
    rerun: spec.run === 1 ? null : (known?.rerun ?? spec.rerun ?? null),
    earlier: known === undefined ? earlierRuns(before) : (known.earlier ?? []),
  };
}

/** The record as it is stored, of whoever wrote it. */
export function storedRecord({ spec, status }: HookRun, observedSinceMs: number): RunRecord {
  const known = status?.run === spec.run ? status : undefined;
  return { observedSinceMs, hooks: spec.exec.map((_, index) => hookRecord(known?.exec?.[index])) };
}

/** The results of the runs before a new one, the newest first. */
export function earlierRuns(status: HookRunStatus | undefined): HookRunEarlier[] {
  if (status === undefined) return [];
  const { run, phase, startedAt = null, finishedAt = null, firstProblem: problem = null, exec = [] } = status;
  const share = earlierOutputLimitBytes / mostEarlier / Math.max(1, exec.length) / 2;
  const cut = exec.map(({ stdout = null, stderr = null, ...hook }) => ({
    ...hook,
    stdout: fitOutput(stdout, share),
    stderr: fitOutput(stderr, share),
  }));
  const last = { run, phase, startedAt, finishedAt, firstProblem: problem, exec: cut };
  return [last, ...(status.earlier ?? [])].slice(0, mostEarlier);
}

function phaseOf({ record: { hooks }, init, finishedAtMs, unrun }: RunState): HookRunPhase {
  if (unrun !== null) return unrun;
  const isOpen = finishedAtMs === null;
  if (isOpen) {
    const begun = hooks.some(({ state, startedAtMs }) => startedAtMs !== null || state === 'Claimed');
    return begun || init.some(({ state }) => state !== 'Waiting') ? 'Running' : 'Waiting';
  }
  const states = [...hooks, ...init].map(({ state }) => state);
  if (states.every((state) => state === 'Succeeded')) return 'Succeeded';
  return states.every((state) => state === 'Succeeded' || state === 'Cancelled') ? 'Cancelled' : 'Failed';
}

function firstProblem(spec: HookRunSpec, { record, init }: RunState): string | null {
  const failedInit = init.find(({ state }) => state === 'Failed');
  if (failedInit !== undefined) {
    return `init hook ${failedInit.name}: ${failedInit.reason ?? ''}: ${failedInit.message ?? ''}`;
  }
  const isProblem = ({ state }: HookRecord) => hasEnded({ state } as HookRecord) && state !== 'Succeeded';
  const failed = record.hooks.findIndex((hook) => isProblem(hook) && hook.state !== 'Cancelled');
  const index = failed === -1 ? record.hooks.findIndex(isProblem) : failed;
  const hook = record.hooks[index];
  if (hook === undefined) return null;
  const container = spec.exec[index]?.container ?? '';
  return `hook ${index + 1} (container ${container}): ${hook.reason ?? hook.state}: ${hook.message}`;
}

function execStatus(hook: HookRecord): HookRunExecStatus {
  const { state, reason, message, attempts, claim, retryAtMs, startedAtMs, finishedAtMs, exitCode } = hook;
  const time = (ms: number | null) => (ms === null ? null : timeText(ms));
  return {
    state,
    reason,
    message: message === '' ? null : message,
    attempts,
    claim:
      claim === null
        ? null
        : {
            id: claim.id,
            holder: claim.holder,
            at: timeText(claim.atMs),
            containerID: claim.containerID,
            ...(claim.group !== null && { group: claim.group }),
          },
    retryAt: time(retryAtMs),
    startedAt: time(startedAtMs),
    finishedAt: time(finishedAtMs),
    exitCode,
    stdout: hook.stdout,
    stderr: hook.stderr,
    ...(hook.predecessorUnknown && { predecessorUnknown: true }),
  };
}

function hookRecord(stored: HookRunExecStatus | undefined): HookRecord {
  if (stored === undefined) return waitingHook;
  const { claim } = stored;
  return {
    state: stored.state,
    reason: stored.reason ?? null,
    message: stored.message ?? '',
    attempts: stored.attempts,
    claim:
      claim == null
        ? null
        : {
            id: claim.id,
            holder: claim.holder,
            atMs: Date.parse(claim.at),
            containerID: claim.containerID,
            group: claim.group ?? null,
          },
    retryAtMs: timeOf(stored.retryAt),
    startedAtMs: timeOf(stored.startedAt),
    finishedAtMs: timeOf(stored.finishedAt),
    exitCode: stored.exitCode ?? null,
    stdout: stored.stdout ?? null,
    stderr: stored.stderr ?? null,
    predecessorUnknown: stored.predecessorUnknown === true,
  };
}

function timeOf(text: string | null | undefined): number | null {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? null : ms;
}
