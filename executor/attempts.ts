import type { ExecHook } from '../shared/hook.ts';
import { reasonSentence } from '../shared/outcome.ts';
import { findMark } from '../shared/condition.ts';
import type { Pod } from '../shared/pod.ts';
import { changeHook, hasEnded, type HookRecord } from '../shared/record.ts';
import { waitAfterMs, waitMs } from '../shared/service/api-error.ts';
import { backoffMs } from '../shared/service/backoff.ts';
import { pause } from '../shared/service/pause.ts';
import { lastWords } from './last-words.ts';
import type { ExecutorOptions, ExecutorParts } from './executor-parts.ts';
import { getPod } from './pod-api.ts';
import { isDone, type PodRun } from './pod-run.ts';
import { recordEnd, unclaimed } from './record-end.ts';
import { runHook, type HookRunEnd } from './run-hook.ts';
import { saveEnd, saveRetry, saveRun } from './save-run.ts';

/** What an attempt asks of the executor around it. */
export interface AttemptsContext {
  /** This executor leads, and is not stopping. */
  readonly mayBegin: () => boolean;
  readonly cancelled: (run: PodRun) => string | null;
  /** Marks the pod, if it is as it was seen, as one whose hooks have begun. False: it is not. */
  readonly mark: (run: PodRun, index: number, pod: Pod) => Promise<boolean>;
  /** Called for a run whose pod bears the mark of an earlier one's end, so that it was made of a pod that was done. */
  readonly unmade: (run: PodRun) => void;
  /** Called when a hook has ended, before that is written. */
  readonly changed: (run: PodRun) => void;
}

/** A hook that is over sooner is not worth a write that says it is running. */
const worthMarkingMs = 2_000;

/** The attempts to run hooks that are on their way. */
export class Attempts {
  readonly #options: ExecutorOptions;
  readonly #parts: ExecutorParts;
  readonly #cut: AbortSignal;
  readonly #context: AttemptsContext;
  /** IDs of the claims whose command was sent, and whose end is not written. */
  readonly #sent = new Set<string>();

  constructor(options: ExecutorOptions, parts: ExecutorParts, cut: AbortSignal, context: AttemptsContext) {
    this.#options = options;
    this.#parts = parts;
    this.#cut = cut;
    this.#context = context;
  }

  /** Resolves when the attempt has ended and that is written, as far as it can be; rejects only if nothing was claimed. */
  async begin(run: PodRun, index: number, containerID: string, upSinceMs: number | null): Promise<void> {
    const hook = hookOf(run, index);
    const { cluster, nowMs } = this.#parts;
    const { limits, endGroupTiming } = this.#options;
    let marking: NodeJS.Timeout | undefined;
    let end: HookRunEnd;
    try {
      end = await runHook(
        {
          cluster,
          pod: run.ref,
          hook,
          containerID,
          limits,
          endGroupTiming,
          claim: (pod) => this.#claim(run, index, containerID, pod),
          obstacle: () => this.#obstacle(run),
          starting: () => {
            this.#started(run, index, upSinceMs);
            marking = setTimeout(() => void this.#markRunning(run, index), worthMarkingMs);
          },
          reported: (group) => this.#reported(run, index, group),
        },
        this.#cut,
      );
    } catch (error) {
      // After the command was sent nothing may be tried again, whatever went wrong, and nothing may wait for its end for ever.
      if (recordOf(run, index).state !== 'Claimed') throw error;
      this.#loseSight(run, index, error);
      await this.#ended(run, index);
      return;
    } finally {
      clearTimeout(marking);
    }
    await this.#take(run, index, end, nowMs());
  }

  /** Whether the command of a claim of this executor was sent: one that was not may be claimed again. */
  wasSent(claimID: string): boolean {
    return this.#sent.has(claimID);
  }

  /** Tells of the end of a hook, or of an attempt that is to be followed by another. */
  tellEnd(run: PodRun, index: number): void {
    const { narrator, policyStatus } = this.#parts;
    const record = recordOf(run, index);
    if (record.state === 'Waiting') {
      narrator.retried(run.ref, run.hooks, index, record);
      return;
    }
    narrator.ended(run.ref, run.hooks, index, record);
    policyStatus.ended(run.ref, run.object?.spec.exec[index], record);
  }

  /** The claim is written before the command is sent, so that whatever crashes, it is sent at most once. */
  async #claim(run: PodRun, index: number, containerID: string, pod: Pod): Promise<boolean> {
    const { identity, nowMs } = this.#parts;
    if (this.#obstacle(run) !== null) return false;
    if (run.mark === null && isOfAnEnd(pod, run)) {
      this.#context.unmade(run);
      return false;
    }
    if (run.mark === null && !(await this.#context.mark(run, index, pod))) return false;
    const before = recordOf(run, index);
    if (before.state !== 'Waiting') return false;
    const atMs = nowMs();
    run.record = changeHook(run.record, index, {
      state: 'Claimed',
      reason: null,
      message: '',
      attempts: before.attempts + 1,
      claim: { id: crypto.randomUUID(), holder: identity, atMs, containerID, group: null },
      retryAtMs: null,
      startedAtMs: before.startedAtMs ?? atMs,
      predecessorUnknown: run.predecessorUnknown,
    });
    try {
      const saved = await saveRun(run, this.#parts, this.#cut);
      run.doubt = null;
      if (saved === 'saved') return true;
    } catch (error) {
      const { claim } = recordOf(run, index);
      if (claim !== null) run.doubt = { index, claimID: claim.id };
      run.record = unclaimed(run.record, index);
      throw error;
    }
    run.record = unclaimed(run.record, index);
    return false;
  }

  #obstacle(run: PodRun): string | null {
    if (!this.#context.mayBegin()) return 'this executor does not lead (any more)';
    if (!this.#parts.isFresh()) return 'the Lease of this executor may have run out';
    return this.#context.cancelled(run);
  }

  #started(run: PodRun, index: number, upSinceMs: number | null): void {
    run.failures = 0;
    const { metrics, nowMs } = this.#parts;
    const isFirst = run.record.hooks.every(({ startedAtMs }, at) => at === index || startedAtMs === null);
    if (isFirst && upSinceMs !== null) metrics.startDelaySeconds.observe(Math.max(0, nowMs() - upSinceMs) / 1000);
    const { claim } = recordOf(run, index);
    if (claim !== null) this.#sent.add(claim.id);
    this.#parts.narrator.started(run.ref, run.hooks, index, recordOf(run, index));
  }

  async #markRunning(run: PodRun, index: number): Promise<void> {
    try {
      const pod = await getPod(this.#parts.cluster, run.ref, this.#cut);
      // The answer may have taken longer than this executor leads.
      if (pod?.metadata.uid !== run.ref.uid || this.#obstacle(run) !== null) return;
      await this.#context.mark(run, index, pod);
    } catch (error) {
      const { namespace, name } = run.ref;
      this.#parts.log.debug({ err: error, namespace, pod: name }, 'mark not written, the next one will be');
    }
  }

  /** Whoever takes over must be able to end the command before it is run again. */
  #reported(run: PodRun, index: number, group: number): void {
    const { claim } = recordOf(run, index);
    if (claim === null) return;
    run.record = changeHook(run.record, index, { claim: { ...claim, group } });
    if (hookOf(run, index).onInterrupt !== 'Retry') return;
    saveRun(run, this.#parts, this.#cut).catch((error: unknown) => {
      const { namespace, name } = run.ref;
      this.#parts.log.warn({ err: error, namespace, pod: name }, 'process group not written');
    });
  }

  #loseSight(run: PodRun, index: number, error: unknown): void {
    const { log, nowMs } = this.#parts;
    log.error({ err: error, namespace: run.ref.namespace, pod: run.ref.name }, 'sight of the hook lost');
    run.predecessorUnknown = true;
    const reason = 'ConnectionLost';
    const message = reasonSentence(reason);
    run.record = changeHook(run.record, index, { state: 'Failed', reason, message, finishedAtMs: nowMs() });
  }

  async #take(run: PodRun, index: number, end: HookRunEnd, nowMs: number): Promise<void> {
    const { log } = this.#parts;
    const hook = hookOf(run, index);
    const { namespace, name } = run.ref;
    const claimID = recordOf(run, index).claim?.id ?? '';
    if (end.did === 'run') {
      const { outcome } = end.result;
      // Whoever comes next ends it, and runs it again.
      if (!outcome.ok && outcome.reason === 'Interrupted' && hook.onInterrupt === 'Retry') return;
      run.predecessorUnknown ||= end.groupUnknown;
    }
    if (end.did === 'not sent') {
      log.warn({ namespace, pod: name, problem: end.message }, 'command not sent, trying again');
      this.#backOff(run, end.retryAfterMs);
    }
    // It may have ended unrun while it was looked at.
    if (hasEnded(recordOf(run, index))) return;
    const { recordOutput = true } = this.#options;
    run.record = recordEnd(run.record, index, hook, end, nowMs, recordOutput);
    if (end.did === 'run' && !recordOutput) this.#parts.narrator.printed(run.ref, run.hooks, index, end.result);
    if (end.did === 'not begun') this.#backOff(run, null);
    else if (end.did === 'not sent') await this.#persist(run, index);
    else await this.#ended(run, index);
    // Of one that is not claimed any more nobody asks.
    if (recordOf(run, index).claim === null) this.#sent.delete(claimID);
  }

  async #ended(run: PodRun, index: number): Promise<void> {
    this.#context.changed(run);
    // What becomes of init containers that have not ended is the next step's to see.
    const isOver = run.init.every(({ state }) => state === 'Succeeded') && isDone(run, null);
    if (isOver) run.finishedAtMs ??= this.#parts.nowMs();
    // Whoever has judged it meanwhile has told of it, too.
    if (await this.#persist(run, index)) this.tellEnd(run, index);
  }

  /** Nothing is tried for the run before that time, whatever news of its pod comes meanwhile. */
  #backOff(run: PodRun, retryAfterMs: number | null): void {
    run.failures += 1;
    run.notBeforeMs = performance.now() + waitMs(retryAfterMs, backoffMs(saveRetry, run.failures, Math.random()));
  }

  /** Tries until it is written, somebody else's word counts (false), or the time is over. */
  async #persist(run: PodRun, index: number): Promise<boolean> {
    const { log } = this.#parts;
    const { namespace, name } = run.ref;
    for (let failures = 1; ; failures += 1) {
      const last = this.#cut.aborted;
      let problem: unknown;
      const signal = lastWords(this.#cut);
      try {
        const saved = await saveRun(run, this.#parts, signal);
        if (saved === 'saved') {
          const { claim } = recordOf(run, index);
          if (claim !== null) this.#sent.delete(claim.id);
          return true;
        }
        const told = saved === 'lost' && (await saveEnd(run, index, this.#parts, signal));
        const { state, reason } = recordOf(run, index);
        if (!told) {
          const fields = { namespace, pod: name, hook: index + 1, saved, state, reason };
          log.warn(fields, 'the end of the hook is not in its HookRun');
        }
        return told || saved === 'gone';
      } catch (error) {
        log.warn({ err: error, namespace, pod: name }, 'HookRun not written, trying again');
        if (last) return true;
        problem = error;
      }
      await pause(waitAfterMs(problem, backoffMs(saveRetry, failures, Math.random())), this.#cut);
    }
  }
}

/** The first run of a pod makes its mark itself, so that a final one is of a run whose HookRun was deleted since. */
function isOfAnEnd(pod: Pod, { object }: PodRun): boolean {
  const reason = findMark(pod)?.reason;
  return object?.spec.run === 1 && (reason === 'Succeeded' || reason === 'Failed');
}

function hookOf(run: PodRun, index: number): ExecHook {
  const hook = run.hooks[index];
  if (hook === undefined) throw new Error(`the plan has no hook ${index}`);
  return hook;
}

function recordOf(run: PodRun, index: number): HookRecord {
  const record = run.record.hooks[index];
  if (record === undefined) throw new Error(`the record has no hook ${index}`);
  return record;
}
