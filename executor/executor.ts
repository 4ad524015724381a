import { hooksMark, type ConditionReason } from '../shared/condition.ts';
import { viewContainer } from '../shared/container-state.ts';
import { followInit } from '../shared/follow-init.ts';
import { nextStep, type Ending } from '../shared/next-step.ts';
import type { Pod } from '../shared/pod.ts';
import { changeHook, hasEnded } from '../shared/record.ts';
import { failureGroup } from '../shared/restore-failure.ts';
import type { RunSummary } from '../shared/run-summary.ts';
import { waitAfterMs } from '../shared/service/api-error.ts';
import { backoffMs, type Backoff } from '../shared/service/backoff.ts';
import { createWatch, type Watch } from '../shared/service/watch.ts';
import { Attempts } from './attempts.ts';
import { endClaim } from './end-claim.ts';
import type { ExecutorNeeds, ExecutorOptions, ExecutorParts } from './executor-parts.ts';
import { title } from './narrator.ts';
import { asksForRerun, openRun } from './open-run.ts';
import { trimPod, writeConditions, type PodRef } from './pod-api.ts';
import { lastWords } from './last-words.ts';
import { concerned, isDone, summaryOf, type Known, type PodRun } from './pod-run.ts';
import { createQueue } from './queue.ts';
import { unclaimed } from './record-end.ts';
import { createRunStore } from './run-store.ts';
import { createRuns } from './runs.ts';
import { saveRun, type Saved } from './save-run.ts';
import { createSlots, type Slots } from './slots.ts';
import { tellRuns, tellWatch } from './tell-watch.ts';
import { writeEnd } from './write-end.ts';

/** Keys handled at a time. Most of a decision is to wait for the API server. */
const deciders = 16;
const retry: Backoff = { firstMs: 100, maxMs: 10_000 };

/**
 * The executor: one watch on restored pods, one on their HookRuns, a queue of pods, and for each the pure next step, acted
 * upon while it leads. Hooks run beside the queue, at most one in a pod and `maxParallelPods` in all. Everything that matters
 * after a crash is in the HookRuns, so that another executor can go on from anywhere.
 */
export class Executor {
  readonly #options: ExecutorOptions;
  readonly #parts: ExecutorParts;
  readonly #watch: Watch<Pod>;
  readonly #queue = createQueue((key) => this.#reconcile(key), deciders);
  readonly #known = new Map<string, Known>();
  /** UIDs of the pods in the watch, by its keys. */
  readonly #uids = new Map<string, string>();
  /** Tries in a row to decide about a pod, and when the next one may be made, by performance.now(). */
  readonly #undecided = new Map<string, { readonly failures: number; readonly notBeforeMs: number }>();
  readonly #slots: Slots;
  readonly #attempts: Attempts;
  readonly #running = new Set<Promise<void>>();
  readonly #cut = new AbortController();
  #leads = false;
  /** Counts the times that this executor has come to lead: what was asked for in an earlier term is not acted upon. */
  #term = 0;
  #closing = false;

  constructor(options: ExecutorOptions, needs: ExecutorNeeds) {
    const { cluster, metrics, log } = needs;
    const watchTiming = options.watchTiming === undefined ? {} : { watchTiming: options.watchTiming };
    const runs = createRuns(cluster, {
      scope: options.failures,
      discoveryMs: options.discoveryMs,
      changed: (run) => {
        needs.restoreChanged(run.restore);
        this.#runChanged(run);
      },
      counted: (phase, change) => metrics.runs.inc({ phase }, change),
      noted: (note) => {
        tellRuns(note, log);
        if (note.kind === 'watch' && note.note.kind === 'listed') this.#lookAtAll();
      },
      ...watchTiming,
    });
    const store = createRunStore(cluster, {
      wrote: () => metrics.runWrites.inc(),
      conflicted: () => metrics.runConflicts.inc(),
    });
    const parts = { ...needs, runs, store };
    this.#options = options;
    this.#parts = parts;
    this.#slots = createSlots(options.maxParallelPods, (key) => this.#queue.add(key));
    this.#attempts = new Attempts(options, parts, this.#cut.signal, {
      mayBegin: () => this.#mayBegin(),
      changed: (run) => this.#noteFailure(run),
      cancelled: (run) => this.#cancelled(run),
      mark: (run, index, pod) => this.#mark(run, 'Running', title(run.hooks, index), pod),
    });
    this.#watch = createWatch<Pod, Pod>(cluster, {
      path: '/api/v1/pods',
      labelSelector: options.scope.labelKey,
      keep: trimPod,
      changed: (key, pod) => this.#podChanged(key, pod),
      noted: (note) => {
        tellWatch(note, parts);
        if (note.kind === 'listed') this.#lookAtAll();
      },
      ...(options.watchTiming === undefined ? {} : { timing: options.watchTiming }),
    });
  }

  /** Whether the pod that a HookRun is of is there. */
  isPodThere({ namespace, pod }: Pick<RunSummary, 'namespace' | 'pod'>): boolean {
    return this.#watch.get(`${namespace}/${pod.name}`)?.metadata.uid === pod.uid;
  }

  /** From now on it decides and begins hooks, until `follow`. */
  lead(): void {
    this.#leads = true;
    this.#term += 1;
    this.#lookAtAll();
  }

  /** From now on it begins nothing: hooks on their way go on, and what is known of the others is another executor's to read. */
  follow(): void {
    this.#leads = false;
    for (const [key, { run }] of this.#known) {
      if (run?.busy === true) run.isStale = true;
      else this.#forget(key);
    }
  }

  /** All HookRuns of the cluster, in brief. */
  runs(): Iterable<RunSummary> {
    return this.#parts.runs.values();
  }

  /** Why no hook can be run yet; null: they can. */
  unready(): string | null {
    if (this.#parts.runs.served() === false) return 'the API server does not serve HookRuns: install the CRDs';
    if (!this.#parts.runs.synced() || this.#parts.runs.served() === null)
      return 'the HookRuns have not been listed yet';
    return this.#watch.synced() ? null : 'the restored pods have not been listed yet';
  }

  #runChanged({ namespace, pod }: RunSummary): void {
    this.#queue.add(`${namespace}/${pod.name}/${pod.uid}`);
  }

  /** Everything that may be waiting for this executor: it has come to lead, or has seen all HookRuns. */
  #lookAtAll(): void {
    this.#undecided.clear();
    for (const [key, uid] of this.#uids) this.#queue.add(`${key}/${uid}`);
    for (const run of this.#parts.runs.values()) {
      if (run.finishedAtMs === null || asksForRerun(run)) this.#runChanged(run);
    }
  }

  /**
   * Runs until the signal aborts; then no hook is begun any more, running ones may end within the grace time, and what is
   * known of them is written. Resolves when all has stopped.
   */
  async run(signal: AbortSignal): Promise<void> {
    let grace: NodeJS.Timeout | undefined;
    const close = () => {
      this.#closing = true;
      grace = setTimeout(() => this.#cut.abort(), this.#options.shutdownGraceMs);
    };
    if (signal.aborted) close();
    else signal.addEventListener('abort', close, { once: true });
    await Promise.all([this.#watch.run(signal), this.#parts.runs.run(signal), this.#queue.run(signal)]);
    while (this.#running.size > 0) await Promise.all(this.#running);
    clearTimeout(grace);
  }

  #mayBegin(): boolean {
    return this.#leads && !this.#closing;
  }

  #podChanged(key: string, pod: Pod | null): void {
    const before = this.#uids.get(key);
    const uid = pod?.metadata.uid;
    if (before !== undefined && before !== uid) this.#queue.add(`${key}/${before}`);
    if (uid === undefined) this.#uids.delete(key);
    else {
      this.#uids.set(key, uid);
      this.#queue.add(`${key}/${uid}`);
    }
  }

  async #reconcile(key: string): Promise<void> {
    if (!this.#leads || this.unready() !== null) return;
    const ref = refOf(key);
    const seen = this.#watch.get(`${ref.namespace}/${ref.name}`) ?? null;
    const pod = seen?.metadata.uid === ref.uid ? seen : null;
    const known = this.#known.get(key) ?? (await this.#open(key, ref, pod));
    if (known === null) return;
    const { run } = known;
    if (run === null) {
      const record = this.#parts.runs.get(ref);
      if (pod === null || (record !== null && asksForRerun(record))) this.#forget(key);
      if (pod !== null && record !== null && asksForRerun(record)) this.#queue.add(key);
      return;
    }
    if (run.podCreatedAtMs === null && pod !== null) {
      run.podCreatedAtMs = Date.parse(pod.metadata.creationTimestamp ?? '');
    }
    try {
      await this.#step(key, run, pod);
    } catch (error) {
      this.#retry(key, run, error);
    }
  }

  /** null: it cannot be decided now. */
  async #open(key: string, ref: PodRef, pod: Pod | null): Promise<Known | null> {
    const { log, metrics } = this.#parts;
    const { failures: before = 0, notBeforeMs = 0 } = this.#undecided.get(key) ?? {};
    const restMs = notBeforeMs - performance.now();
    if (restMs > 0) {
      // News of the pod, which is just starting, must not shorten what the API server has asked for.
      this.#queue.addAfter(key, restMs);
      return null;
    }
    const term = this.#term;
    let known: Known | 'undecided';
    let problem: unknown = null;
    try {
      known = await openRun(ref, pod, this.#options, this.#parts, this.#cut.signal);
    } catch (error) {
      metrics.apiFailures.inc();
      log.warn({ err: error, namespace: ref.namespace, pod: ref.name }, 'call failed, trying again');
      known = 'undecided';
      problem = error;
    }
    if (known === 'undecided') {
      const failures = before + 1;
      const retryInMs = waitAfterMs(problem, backoffMs(retry, failures, Math.random()));
      this.#undecided.set(key, { failures, notBeforeMs: performance.now() + retryInMs });
      this.#queue.addAfter(key, retryInMs);
      return null;
    }
    this.#undecided.delete(key);
    if (term !== this.#term || !this.#leads) {
      this.#queue.add(key);
      return null;
    }
    if (known.run === null && pod === null) return known;
    this.#known.set(key, known);
    if (known.run !== null) metrics.podsOpen.inc();
    return known;
  }

  #forget(key: string): void {
    const known = this.#known.get(key);
    if (known?.run != null) this.#parts.metrics.podsOpen.dec();
    this.#known.delete(key);
    this.#slots.leave(key);
  }

  async #step(key: string, run: PodRun, pod: Pod | null): Promise<void> {
    const restMs = run.notBeforeMs - performance.now();
    if (restMs > 0) {
      this.#slots.leave(key);
      this.#queue.addAfter(key, restMs);
      return;
    }
    if (!run.busy && !(await this.#settleClaims(key, run, pod))) return;
    // It was forgotten meanwhile, as every run is when the lead is lost: whoever leads now takes it up from its record.
    if (this.#known.get(key)?.run !== run) {
      this.#queue.add(key);
      return;
    }
    const untilMs = this.#followInit(run, pod);
    if (run.finishedAtMs === null) {
      const { nowMs } = this.#parts;
      const circumstances = { clockStartMs: run.rerunAtMs, cancelled: this.#cancelled(run) };
      const step = nextStep(run.hooks, pod, run.record, nowMs(), circumstances);
      if (step.do !== 'run') this.#slots.leave(key);
      switch (step.do) {
        case 'end':
          await this.#endUnrun(run, step.endings);
          this.#queue.add(key);
          return;
        case 'run':
          if (!run.busy && this.#mayBegin()) this.#begin(key, run, step.hook, step.containerID, pod);
          return;
        case 'wait':
          await this.#wait(key, run, pod, [step.untilMs, untilMs]);
          return;
        case 'finish':
          if (run.busy || !isDone(run, pod)) {
            await this.#wait(key, run, pod, [untilMs]);
            return;
          }
      }
    }
    await this.#finish(key, run, pod);
  }

  async #wait(key: string, run: PodRun, pod: Pod | null, moments: readonly (number | null)[]): Promise<void> {
    const known = moments.filter((moment) => moment !== null);
    if (known.length > 0) this.#queue.addAfter(key, Math.min(...known) - this.#parts.nowMs());
    if (run.busy) return;
    if ((await this.#save(run)) === 'lost') return;
    if (run.mark === null && pod !== null && run.object !== null)
      await this.#mark(run, 'Waiting', 'not begun yet', pod);
  }

  /** What another executor has claimed must have ended before anything else is done. False: it has not, or is not known to. */
  async #settleClaims(key: string, run: PodRun, pod: Pod | null): Promise<boolean> {
    const { holders, identity } = this.#parts;
    for (const [index, { state, claim }] of run.record.hooks.entries()) {
      if (state !== 'Claimed' || claim === null) continue;
      const isOwn = claim.holder === identity;
      if (!isOwn) {
        const waitMs = await holders.goneInMs(claim.holder);
        if (waitMs > 0) {
          this.#queue.addAfter(key, waitMs);
          // It may end meanwhile, as its holder writes it.
          this.#forget(key);
          return false;
        }
      }
      const hook = run.hooks[index];
      if (hook === undefined) continue;
      if (isOwn && !this.#attempts.wasSent(claim.id)) {
        // The answer to its write was lost, so that nothing was sent.
        run.record = unclaimed(run.record, index);
        continue;
      }
      await endClaim({ run, index, hook, claim, pod }, this.#options, this.#parts, this.#cut.signal);
      this.#noteFailure(run);
      if ((await this.#save(run)) === 'lost') return false;
      this.#attempts.tellEnd(run, index);
    }
    return true;
  }

  #followInit(run: PodRun, pod: Pod | null): number | null {
    const { object, init: before } = run;
    if (object === null || object.spec.init.length === 0 || run.unrun !== null) return null;
    const { init, untilMs } = followInit(object.spec.init, before, pod, this.#parts.nowMs());
    run.init = init;
    for (const [index, each] of init.entries()) {
      const past = before[index];
      if (each.state === past?.state && each.reason === past.reason) continue;
      if (each.state === 'Succeeded' || each.state === 'Failed') this.#parts.narrator.initEnded(run.ref, each);
    }
    return untilMs;
  }

  async #endUnrun(run: PodRun, endings: readonly Ending[]): Promise<void> {
    const finishedAtMs = this.#parts.nowMs();
    for (const { hook, state, reason, message } of endings) {
      run.record = changeHook(run.record, hook, { state, reason, message, finishedAtMs });
      this.#noteFailure(run);
    }
    // Whoever has gone on with the run tells what becomes of it.
    if ((await this.#save(run)) === 'lost') return;
    for (const { hook } of endings) this.#attempts.tellEnd(run, hook);
  }

  #begin(key: string, run: PodRun, index: number, containerID: string, pod: Pod | null): void {
    if (!this.#slots.take(key)) return;
    run.busy = true;
    const view = pod === null ? null : viewContainer(pod, run.hooks[index]?.container ?? '');
    const upSinceMs = view?.is === 'running' ? view.upSinceMs : null;
    const attempt = this.#attempt(key, run, index, containerID, upSinceMs).finally(() => this.#running.delete(attempt));
    this.#running.add(attempt);
    this.#parts.metrics.podsRunning.set(this.#slots.taken());
  }

  /** Never rejects. */
  async #attempt(
    key: string,
    run: PodRun,
    index: number,
    containerID: string,
    upSinceMs: number | null,
  ): Promise<void> {
    try {
      await this.#attempts.begin(run, index, containerID, upSinceMs);
    } catch (error) {
      this.#retry(key, run, error);
    }
    run.busy = false;
    this.#slots.free(key);
    this.#parts.metrics.podsRunning.set(this.#slots.taken());
    if (run.isLost) this.#forget(key);
    if (this.#mayBegin()) this.#queue.add(key);
    else if (!run.isLost) await this.#leave(key, run);
  }

  /** What is known at the end is written, though others decide by now. */
  async #leave(key: string, run: PodRun): Promise<void> {
    const { namespace, name, uid } = run.ref;
    const pod = this.#watch.get(`${namespace}/${name}`) ?? null;
    try {
      if (run.finishedAtMs !== null && run.object?.status?.finishedAt != null) {
        await this.#finish(key, run, pod?.metadata.uid === uid ? pod : null);
      }
    } catch (error) {
      this.#parts.log.warn({ err: error, namespace, pod: name }, 'mark not written, the next executor will');
    }
    this.#forget(key);
  }

  async #finish(key: string, run: PodRun, pod: Pod | null): Promise<void> {
    const { nowMs, narrator } = this.#parts;
    run.finishedAtMs ??= nowMs();
    const saved = await this.#save(run);
    if (saved === 'lost') return;
    const phase = await writeEnd(run, pod, this.#parts, lastWords(this.#cut.signal));
    narrator.finished(run.ref, run.record, phase);
    if (this.#known.get(key)?.run === run) {
      this.#known.set(key, { run: null });
      this.#parts.metrics.podsOpen.dec();
    }
    this.#queue.add(key);
  }

  /** Only at the version at hand: a write that is held up must not arrive after the one that tells of the end. */
  async #mark(
    run: PodRun,
    reason: Extract<ConditionReason, 'Waiting' | 'Running'>,
    message: string,
    { metadata }: Pod,
  ): Promise<boolean> {
    const { cluster, nowMs } = this.#parts;
    if (run.mark === reason || run.mark === 'Running') return true;
    const mark = hooksMark(reason, message, nowMs());
    const { resourceVersion = null } = metadata;
    const written = await writeConditions(cluster, run.ref, [mark], this.#cut.signal, {}, resourceVersion);
    if (written === 'written') run.mark = reason;
    return written === 'written';
  }

  /** Writes what has become of a run. One whose HookRun is gone, or another executor's, is not gone on with. */
  async #save(run: PodRun): Promise<Saved> {
    const saved = await saveRun(run, this.#parts, lastWords(this.#cut.signal));
    if (saved === 'gone') this.#endRecordless(run);
    if (saved === 'lost') {
      this.#parts.log.warn({ namespace: run.ref.namespace, pod: run.ref.name }, 'run taken over by another executor');
      if (!run.busy) this.#forget(`${run.ref.namespace}/${run.ref.name}/${run.ref.uid}`);
    }
    return saved;
  }

  /** Without a record no hook can be claimed, so that none may be begun. */
  #endRecordless(run: PodRun): void {
    this.#parts.log.warn({ namespace: run.ref.namespace, pod: run.ref.name }, 'HookRun deleted in mid-run');
    const change = {
      state: 'Cancelled',
      reason: 'RecordDeleted',
      message: '',
      finishedAtMs: this.#parts.nowMs(),
    } as const;
    for (const [index, hook] of run.record.hooks.entries()) {
      if (!hasEnded(hook) && !run.busy) run.record = changeHook(run.record, index, change);
    }
  }

  #cancelled(run: PodRun): string | null {
    if (run.object === null) return 'the HookRun was deleted; not run';
    if (this.#parts.runs.get(run.ref)?.cancel === true)
      return 'it was asked for by spec.cancel of the HookRun; not run';
    return this.#parts.runs.cancelled(concerned(run, run.object));
  }

  /** A failure with on-error Fail counts from the moment it is known: the pods of its restore are looked at again. */
  #noteFailure(run: PodRun): void {
    const now = summaryOf(run);
    if (now?.failure == null) return;
    const { runs } = this.#parts;
    runs.note(now);
    const group = failureGroup(now.restore, now.namespace, this.#options.failures);
    for (const [key, { run: other }] of this.#known) {
      if (other?.object == null || other === run || other.finishedAtMs !== null) continue;
      if (failureGroup(other.object.spec.restore, other.ref.namespace, this.#options.failures) === group) {
        this.#queue.add(key);
      }
    }
  }

  #retry(key: string, run: PodRun, error: unknown): void {
    this.#parts.metrics.apiFailures.inc();
    run.failures += 1;
    const retryInMs = waitAfterMs(error, backoffMs(retry, run.failures, Math.random()));
    run.notBeforeMs = performance.now() + retryInMs;
    const { namespace, name } = run.ref;
    this.#parts.log.warn({ err: error, namespace, pod: name, retryInMs }, 'call failed, trying again');
    this.#queue.addAfter(key, retryInMs);
  }
}

/** Of a queue key, `NAMESPACE/NAME/UID`. */
function refOf(key: string): PodRef {
  const [namespace = '', name = '', uid = ''] = key.split('/');
  return { namespace, name, uid };
}
