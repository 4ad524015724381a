import { viewContainer } from './container-state.ts';
import type { ExecHook } from './hook.ts';
import { reasonSentence, type Reason } from './outcome.ts';
import type { Pod } from './pod.ts';
import type { HookRecord, HookState, RunRecord } from './record.ts';

/** A hook that ends without having been run. */
export interface Ending {
  readonly hook: number;
  readonly state: Extract<HookState, 'Failed' | 'Cancelled'>;
  readonly reason: Reason;
  readonly message: string;
}

/** What the executor is to do for a pod now. Hooks are named by their index in the plan. */
export type Step =
  /** Look again when the pod or the record changes, and at `untilMs` (Unix time in milliseconds; null: no time of its own). */
  | { readonly do: 'wait'; readonly untilMs: number | null }
  | { readonly do: 'run'; readonly hook: number; readonly containerID: string }
  | { readonly do: 'end'; readonly endings: readonly Ending[] }
  | { readonly do: 'finish'; readonly phase: 'Succeeded' | 'Failed' };

/** What a step depends on besides the pod and its own hooks. */
export interface Circumstances {
  /** When the clock of the wait-timeouts began, Unix time in milliseconds. null: when the pod was created. */
  readonly clockStartMs: number | null;
  /** Why no hook is begun any more, for people: a failure elsewhere in the restore, or a request. null: hooks may begin. */
  readonly cancelled: string | null;
}

const undisturbed: Circumstances = { clockStartMs: null, cancelled: null };

/**
 * The rules of order and waiting (hooks.md section 5), for one pod: the same input gives the same step, so that the loop
 * around it can begin anywhere, any number of times.
 *
 * @param pod the pod as last seen; null if it is gone
 */
export function nextStep(
  hooks: readonly ExecHook[],
  pod: Pod | null,
  record: RunRecord,
  nowMs: number,
  circumstances: Circumstances = undisturbed,
): Step {
  const scene = { pod, record, nowMs, circumstances };
  const entries = hooks.map((hook, index) => ({ index, hook, record: recordOf(record, index) }));
  const open = entries.filter((entry) => entry.record.state === 'Waiting');
  const running = entries.some((entry) => entry.record.state === 'Claimed');
  if (open.length === 0) {
    if (running) return { do: 'wait', untilMs: null };
    const failed = entries.some((entry) => entry.record.state !== 'Succeeded');
    return { do: 'finish', phase: failed ? 'Failed' : 'Succeeded' };
  }
  const endings = open.flatMap((entry) => endingOf(entry, entries, scene) ?? []);
  if (endings.length > 0) return { do: 'end', endings };
  if (!running && pod !== null) {
    const chosen = choose(open, pod, entries, nowMs);
    if (chosen !== null) return chosen;
  }
  const moments = open.flatMap(({ hook, record: { retryAtMs } }) => [deadlineOf(hook, scene) ?? 0, retryAtMs ?? 0]);
  const ahead = moments.filter((moment) => moment > nowMs);
  return { do: 'wait', untilMs: ahead.length === 0 ? null : Math.min(...ahead) };
}

interface Scene {
  readonly pod: Pod | null;
  readonly record: RunRecord;
  readonly nowMs: number;
  readonly circumstances: Circumstances;
}

interface Entry {
  readonly index: number;
  readonly hook: ExecHook;
  readonly record: HookRecord;
}

function recordOf(record: RunRecord, index: number): HookRecord {
  const hook = record.hooks[index];
  if (hook === undefined) throw new Error(`the record has no hook ${index}`);
  return hook;
}

function endingOf(entry: Entry, entries: readonly Entry[], scene: Scene): Ending | null {
  const { index, hook } = entry;
  const { pod, circumstances } = scene;
  const fail = (reason: Reason, message = reasonSentence(reason)): Ending => ({
    hook: index,
    state: 'Failed',
    reason,
    message,
  });
  if (pod === null || pod.metadata.deletionTimestamp != null) {
    return fail('PodDeleted', 'the pod was deleted before the hook could run; not run');
  }
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') return fail('PodCompleted');
  const culprit = entries.find(({ hook: other, record: past }) => other.onError === 'Fail' && hasFailed(past));
  if (culprit !== undefined) {
    const message = `hook ${culprit.index + 1} (container ${culprit.hook.container}), whose on-error is Fail, failed; not run`;
    return { hook: index, state: 'Cancelled', reason: 'Cancelled', message };
  }
  if (circumstances.cancelled !== null) {
    return { hook: index, state: 'Cancelled', reason: 'Cancelled', message: circumstances.cancelled };
  }
  const view = viewContainer(pod, hook.container);
  if (view.is === 'missing') {
    return fail('ContainerNotFound', `the pod has no container "${hook.container}"; not run`);
  }
  if (view.is === 'completed') {
    return fail(
      'ContainerCompleted',
      `the container ended with exit code ${view.exitCode} and is not restarted; not run`,
    );
  }
  return hasExpired(entry, entries, scene, pod) ? fail('WaitTimeout') : null;
}

function hasFailed({ state }: HookRecord): boolean {
  return state === 'Failed' || state === 'Interrupted';
}

/**
 * A wait that ran out while somebody was there to see it has failed. A deadline that passed without an executor expires
 * nothing that was up in time: that hook runs late. Readiness has no timestamp, so unknown counts as in time.
 */
function hasExpired({ index, hook, record: own }: Entry, entries: readonly Entry[], scene: Scene, pod: Pod): boolean {
  const { record, nowMs } = scene;
  const deadline = deadlineOf(hook, scene);
  // One that was begun in time, and is to be tried again, has waited long enough.
  if (deadline === null || nowMs < deadline || own.startedAtMs !== null) return false;
  if (entries.some(({ record: other }) => wasBusyAt(other, deadline))) return true;
  const view = viewContainer(pod, hook.container);
  const upInTime =
    (view.is === 'running' || view.is === 'coming') && view.upSinceMs !== null && view.upSinceMs <= deadline;
  if (!upInTime) return true;
  if (record.observedSinceMs > deadline) return false;
  if (!canRun(hook, pod)) return true;
  return waitsForItsTurn(index, hook, pod, entries);
}

function wasBusyAt(other: HookRecord, momentMs: number): boolean {
  if (other.startedAtMs === null || other.startedAtMs > momentMs) return false;
  return other.finishedAtMs === null || other.finishedAtMs > momentMs;
}

/** True if the order keeps this hook back, behind one that itself cannot run now. */
function waitsForItsTurn(index: number, hook: ExecHook, pod: Pod, entries: readonly Entry[]): boolean {
  const open = entries.filter((entry) => entry.record.state === 'Waiting');
  const begun = begunContainer(entries, open);
  if (begun !== null && begun !== hook.container) {
    return !open.some((entry) => entry.hook.container === begun && canRun(entry.hook, pod));
  }
  const first = open.find((entry) => entry.hook.container === hook.container);
  return first !== undefined && first.index < index && !canRun(first.hook, pod);
}

function deadlineOf(hook: ExecHook, { pod, circumstances }: Scene): number | null {
  const start = circumstances.clockStartMs ?? Date.parse(pod?.metadata.creationTimestamp ?? '');
  if (hook.waitTimeoutMs === null || Number.isNaN(start)) return null;
  return start + hook.waitTimeoutMs;
}

function canRun(hook: ExecHook, pod: Pod): boolean {
  const view = viewContainer(pod, hook.container);
  return view.is === 'running' && (view.ready || !hook.waitForReady);
}

/** The container whose hooks have begun and are not done: all of them run before any of another container. */
function begunContainer(entries: readonly Entry[], open: readonly Entry[]): string | null {
  const begun = entries.filter(({ record }) => record.startedAtMs !== null).map(({ hook }) => hook.container);
  return open.find(({ hook }) => begun.includes(hook.container))?.hook.container ?? null;
}

function choose(open: readonly Entry[], pod: Pod, entries: readonly Entry[], nowMs: number): Step | null {
  const begun = begunContainer(entries, open);
  const firsts = open.filter(({ hook, index }) =>
    open.every((o) => o.hook.container !== hook.container || o.index >= index),
  );
  const candidates = begun === null ? firsts : firsts.filter(({ hook }) => hook.container === begun);
  for (const { hook, index, record } of candidates) {
    if (record.retryAtMs !== null && record.retryAtMs > nowMs) continue;
    const view = viewContainer(pod, hook.container);
    if (view.is === 'running' && (view.ready || !hook.waitForReady)) {
      return { do: 'run', hook: index, containerID: view.containerID };
    }
  }
  return null;
}
