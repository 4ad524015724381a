import type { ExecHook, Plan } from '../shared/hook.ts';
import type { HookRunInitStatus } from '../shared/hook-run.ts';
import type { OutputTail } from '../shared/outcome.ts';
import { hasEnded, type HookRecord, type RunRecord } from '../shared/record.ts';
import type { Redact } from '../shared/redact.ts';
import type { Logger } from '../shared/service/logger.ts';
import type { EventReason, EventRecorder } from './events.ts';
import type { ExecutorMetrics } from './metrics.ts';
import type { PodRef } from './pod-api.ts';

type Output = Readonly<Record<'stdout' | 'stderr', OutputTail>>;

/** Of a hook's output in an Event, whose whole note has room for 1 KiB. */
const notedOutputCharacters = 400;

/** Tells what became of hooks, everywhere at once: an Event on the pod, a line in the log, a metric. */
export class Narrator {
  readonly #log: Logger;
  readonly #events: EventRecorder;
  readonly #metrics: ExecutorMetrics;
  readonly #logOutput: boolean;
  readonly #redact: Redact;

  /**
   * @param logOutput whether what commands have printed is in the log
   * @param redact for what a warning quotes; what a record holds has gone through it before
   */
  constructor(
    log: Logger,
    events: EventRecorder,
    metrics: ExecutorMetrics,
    logOutput: boolean,
    redact: Redact = (text) => text,
  ) {
    this.#log = log;
    this.#events = events;
    this.#metrics = metrics;
    this.#logOutput = logOutput;
    this.#redact = redact;
  }

  taken(pod: PodRef, restore: string, plan: Plan): void {
    this.#log.info({ ...podFields(pod), restore, init: plan.init.length, exec: plan.exec.length }, 'pod taken');
  }

  warned(pod: PodRef, plan: Plan): void {
    for (const { code, text: quoting } of plan.warnings) {
      const text = this.#redact(quoting);
      this.#metrics.warnings.inc({ code });
      this.#events.record(pod, { type: 'Warning', reason: 'HookWarning', note: text });
      this.#log.warn({ ...podFields(pod), code, text }, 'hook warning');
    }
  }

  missed(pod: PodRef, plan: Plan): void {
    this.#metrics.missed.inc();
    const note = `The pod bears the restore label, and the webhook did not admit it as restored: none of its ${count(plan)} was run.`;
    this.#events.record(pod, { type: 'Warning', reason: 'HooksMissed', note });
    this.#log.warn({ ...podFields(pod), init: plan.init.length, exec: plan.exec.length }, 'hooks missed');
  }

  lost(pod: PodRef): void {
    this.#metrics.missed.inc();
    const note =
      'The pod was admitted as restored, with hooks, and none can be read any more: its Restore or a policy is gone, or its annotations were changed. Nothing was run.';
    this.#events.record(pod, { type: 'Warning', reason: 'HooksMissed', note });
    this.#log.warn({ ...podFields(pod), init: 0, exec: 0 }, 'hooks missed');
  }

  tooLarge(pod: PodRef, plan: Plan): void {
    const note = `The plan of this pod's ${count(plan)} exceeds the 512 KiB that a HookRun may hold: none was run.`;
    this.#events.record(pod, { type: 'Warning', reason: 'HooksTooLarge', note });
    this.#log.warn({ ...podFields(pod), init: plan.init.length, exec: plan.exec.length }, 'hooks too large');
  }

  interrupted(pod: PodRef): void {
    this.#metrics.interrupted.inc();
    const note =
      'The hooks of this pod were begun, and their HookRun is gone. None is run again, since a command may have had its effect; look at the earlier Events for how far they came.';
    this.#events.record(pod, { type: 'Warning', reason: 'HooksInterrupted', note });
    this.#log.warn(podFields(pod), 'hooks interrupted');
  }

  rerun(pod: PodRef, run: number, hooks: readonly ExecHook[]): void {
    const note = `A rerun was asked for: run ${run}, with ${hooks.length} exec ${hooks.length === 1 ? 'hook' : 'hooks'}.`;
    this.#events.record(pod, { type: 'Normal', reason: 'HooksRerun', note });
    this.#log.info({ ...podFields(pod), run, exec: hooks.length }, 'hooks rerun');
  }

  initEnded(pod: PodRef, { name, state, reason = null, message, exitCode = null }: HookRunInitStatus): void {
    this.#metrics.hooks.inc({ state, reason: reason ?? '' });
    const fields = { ...podFields(pod), container: name, state, reason, exitCode };
    if (state === 'Succeeded') {
      this.#log.info(fields, 'init hook ended');
      return;
    }
    const isLate = reason === 'InitTimeout';
    const note = `init hook in container ${name} failed: ${reason ?? ''}: ${message ?? ''}`;
    this.#events.record(pod, { type: 'Warning', reason: isLate ? 'HookTimedOut' : 'HookFailed', note });
    this.#log.warn({ ...fields, message }, 'init hook ended');
  }

  retried(pod: PodRef, hooks: readonly ExecHook[], index: number, record: HookRecord): void {
    const { reason, message, attempts, retryAtMs } = record;
    const attempt = `attempt ${attempts} of ${1 + hookAt(hooks, index).retries}`;
    const at = retryAtMs === null ? 'now' : `at ${new Date(retryAtMs).toISOString()}`;
    const output = lastOutput(record);
    const said = output === '' ? '' : `; output: ${output}`;
    const note = `${title(hooks, index)}: ${attempt} failed: ${reason ?? ''}: ${message}; tried again ${at}${said}`;
    this.#events.record(pod, { type: 'Warning', reason: 'HookRetried', note });
    this.#log.warn({ ...podFields(pod), ...hookFields(hooks, index), reason, message, attempts }, 'hook retried');
  }

  started(pod: PodRef, hooks: readonly ExecHook[], index: number, record: HookRecord): void {
    const hook = hookAt(hooks, index);
    const unknown = record.predecessorUnknown
      ? '; PredecessorUnknown: the command of an earlier hook may still be running'
      : '';
    const note = `${title(hooks, index)} started (exec-timeout ${hook.execTimeoutMs / 1000} s)${unknown}`;
    this.#events.record(pod, { type: record.predecessorUnknown ? 'Warning' : 'Normal', reason: 'HookStarted', note });
    const fields = { ...podFields(pod), ...hookFields(hooks, index), predecessorUnknown: record.predecessorUnknown };
    this.#log.info(fields, 'hook started');
  }

  ended(pod: PodRef, hooks: readonly ExecHook[], index: number, record: HookRecord): void {
    const { state, reason, message, exitCode } = record;
    const durationMs = durationOf(record);
    this.#metrics.hooks.inc({ state, reason: reason ?? '' });
    if (durationMs !== null) this.#metrics.hookSeconds.observe(durationMs / 1000);
    const took = durationMs === null ? '' : ` after ${(durationMs / 1000).toFixed(1)} s`;
    const failure = reason === null ? '' : `: ${reason}: ${message}`;
    const output = lastOutput(record);
    const note = `${title(hooks, index)} ${state.toLowerCase()}${took}${failure}${output === '' ? '' : `; output: ${output}`}`;
    this.#events.record(pod, { type: state === 'Succeeded' ? 'Normal' : 'Warning', reason: eventReason(record), note });
    const { stdout, stderr } = record;
    const fields = {
      ...podFields(pod),
      ...hookFields(hooks, index),
      state,
      reason,
      message,
      exitCode,
      durationMs,
      ...(this.#logOutput ? { stdout, stderr } : {}),
    };
    this.#log[state === 'Succeeded' ? 'info' : 'warn'](fields, 'hook ended');
  }

  /** Of output that no record keeps: for the log alone, and if it is wanted there. */
  printed(pod: PodRef, hooks: readonly ExecHook[], index: number, { stdout, stderr }: Output): void {
    if (!this.#logOutput) return;
    this.#log.info({ ...podFields(pod), ...hookFields(hooks, index), stdout, stderr }, 'hook output');
  }

  finished(pod: PodRef, record: RunRecord, phase: string): void {
    this.#log.info({ ...podFields(pod), phase, ...countStates(record) }, 'hooks finished');
  }
}

/** The mark's message, and its like: how many hooks there are, and how many of them have succeeded. */
export function summary(hooks: readonly ExecHook[], record: RunRecord, init: readonly HookRunInitStatus[]): string {
  const problem = record.hooks.findIndex((hook) => hasEnded(hook) && hook.state !== 'Succeeded');
  const { succeeded } = countStates(record);
  const counts = `${succeeded} of ${hooks.length} exec hooks succeeded`;
  const late = init.find(({ state }) => state === 'Failed');
  if (late !== undefined) return `${counts}; init hook ${late.name}: ${late.reason ?? ''}: ${late.message ?? ''}`;
  const first = record.hooks[problem];
  return first === undefined ? counts : `${counts}; ${title(hooks, problem)}: ${first.reason ?? ''}: ${first.message}`;
}

/** `hook 1 of 2 in container postgres` */
export function title(hooks: readonly ExecHook[], index: number): string {
  return `hook ${index + 1} of ${hooks.length} in container ${hookAt(hooks, index).container}`;
}

function countStates(record: RunRecord): { succeeded: number; failed: number } {
  const succeeded = record.hooks.filter(({ state }) => state === 'Succeeded').length;
  return { succeeded, failed: record.hooks.length - succeeded };
}

function count(plan: Plan): string {
  const hooks = plan.init.length + plan.exec.length;
  return hooks === 1 ? '1 hook' : `${hooks} hooks`;
}

function hookAt(hooks: readonly ExecHook[], index: number): ExecHook {
  const hook = hooks[index];
  if (hook === undefined) throw new Error(`the plan has no hook ${index}`);
  return hook;
}

function podFields({ namespace, name, uid }: PodRef): { namespace: string; pod: string; uid: string } {
  return { namespace, pod: name, uid };
}

function hookFields(hooks: readonly ExecHook[], index: number): Record<string, unknown> {
  const { container, onError, source } = hookAt(hooks, index);
  return { hook: index + 1, of: hooks.length, container, onError, source };
}

function durationOf({ startedAtMs, finishedAtMs }: HookRecord): number | null {
  // A clock that was set back between the two gives no duration below nothing.
  return startedAtMs === null || finishedAtMs === null ? null : Math.max(0, finishedAtMs - startedAtMs);
}

function eventReason({ state, reason }: HookRecord): EventReason {
  if (state === 'Succeeded') return 'HookSucceeded';
  if (state === 'Cancelled') return 'HookCancelled';
  if (state === 'Interrupted') return 'HookInterrupted';
  return reason === 'ExecTimeout' || reason === 'WaitTimeout' ? 'HookTimedOut' : 'HookFailed';
}

/** What a person looks for first: the end of stderr of a failure, of stdout of a success. */
function lastOutput({ state, stdout, stderr }: HookRecord): string {
  const texts = state === 'Succeeded' ? [stdout, stderr] : [stderr, stdout];
  const text = texts.map((tail) => (tail?.text ?? '').trim()).find((tail) => tail !== '') ?? '';
  return text.length > notedOutputCharacters ? `…${oneLine(text.slice(-notedOutputCharacters))}` : oneLine(text);
}

/**
 * An Event is one line in kubectl; control characters would be the terminal's to interpret. For short texts only: of blanks that
 * no line ends, the expression looks at each again and again.
 */
function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ⏎ ').replace(/\p{Cc}/gu, '�');
}
