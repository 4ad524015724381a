import { viewContainer } from '../shared/container-state.ts';
import type { Pod } from '../shared/pod.ts';
import type { RunSummary } from '../shared/run-summary.ts';
import { waitAfterMs } from '../shared/service/api-error.ts';
import { backoffMs } from '../shared/service/backoff.ts';
import { createWatch, type Watch } from '../shared/service/watch.ts';
import { Attempts } from './attempts.ts';
import type { ExecutorNeeds, ExecutorOptions, ExecutorParts } from './executor-parts.ts';
import { KnownRuns } from './known-runs.ts';
import { title } from './narrator.ts';
import { asksForRerun } from './open-run.ts';
import { Openings, retry } from './openings.ts';
import { trimPod, type PodRef } from './pod-api.ts';
import type { PodRun } from './pod-run.ts';
import { createQueue, type KeyQueue } from './queue.ts';
import { renounce } from './renounce.ts';
import { RunRecords } from './run-records.ts';
import { RunSteps } from './run-steps.ts';
import { createRunStore } from './run-store.ts';
import { createRuns } from './runs.ts';
import { createSlots, type Slots } from './slots.ts';
import { tellRuns, tellWatch } from './tell-watch.ts';

/**
 * Keys handled at a time, besides those of as many pods as may have been begun by an executor that is dead: what runs in these has to be
 * ended first, which may take long, and the others do not wait for it. Most of a decision is to wait for the API server.
 */
const deciders = 16;

/**
 * The executor: one watch on restored pods, one on their HookRuns, a queue of pods, and for each the pure next step, acted
 * upon while it leads. Hooks run beside the queue, at most one in a pod and `maxParallelPods` in all. Everything that matters
 * after a crash is in the HookRuns, so that another executor can go on from anywhere.
 */
export class Executor {
  readonly #options: ExecutorOptions;
  readonly #parts: ExecutorParts;
  readonly #watch: Watch<Pod>;
  readonly #queue: KeyQueue;
  readonly #known: KnownRuns;
  /** UIDs of the pods in the watch, by its keys. */
  readonly #uids = new Map<string, string>();
  readonly #slots: Slots;
  readonly #attempts: Attempts;
  readonly #steps: RunSteps;
  readonly #openings: Openings;
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
    this.#queue = createQueue((key) => this.#reconcile(key), deciders + options.maxParallelPods);
    const slots = createSlots(options.maxParallelPods, (key) => this.#queue.add(key));
    const known = new KnownRuns(
      (change) => metrics.podsOpen.inc(change),
      (key) => slots.leave(key),
    );
    const records = new RunRecords(options.failures, parts, known, this.#cut.signal, (key) => this.#queue.add(key));
    const attempts = new Attempts(options, parts, this.#cut.signal, {
      mayBegin: () => this.#mayBegin(),
      unmade: (run) => records.unmake(run),
      changed: (run) => records.noteFailure(run),
      cancelled: (run) => records.cancelled(run),
      mark: (run, index, pod) => records.mark(run, 'Running', title(run.hooks, index), pod),
    });
    this.#slots = slots;
    this.#known = known;
    this.#attempts = attempts;
    this.#openings = new Openings(options, parts, this.#cut.signal, {
      known,
      queue: this.#queue,
      term: () => (this.#leads ? this.#term : null),
    });
    this.#steps = new RunSteps(options, parts, this.#cut.signal, {
      known,
      records,
      attempts,
      queue: this.#queue,
      slots,
      begin: (...hook) => this.#begin(...hook),
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
    for (const [key, { run }] of this.#known.entries()) {
      if (run?.busy === true) run.isStale = true;
      else {
        // A step of it may be on its way.
        if (run !== null) run.isLost = true;
        this.#known.forget(key);
        if (run !== null) this.#renounce(run);
      }
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
    this.#openings.restart();
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
    const known = this.#known.get(key) ?? (await this.#openings.open(key, ref, pod));
    if (known === null) return;
    const { run } = known;
    if (run === null) {
      const record = this.#parts.runs.get(ref);
      if (pod === null || (record !== null && asksForRerun(record))) this.#known.forget(key);
      if (pod !== null && record !== null && asksForRerun(record)) this.#queue.add(key);
      return;
    }
    if (run.podCreatedAtMs === null && pod !== null) {
      run.podCreatedAtMs = Date.parse(pod.metadata.creationTimestamp ?? '');
    }
    try {
      await this.#steps.step(key, run, pod);
    } catch (error) {
      this.#retry(key, run, error);
    }
  }

  #begin(key: string, run: PodRun, index: number, containerID: string, pod: Pod | null): void {
    if (!this.#mayBegin() || !this.#slots.take(key)) return;
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
    if (run.isLost) this.#known.forget(key);
    if (this.#mayBegin()) this.#queue.add(key);
    else if (!run.isLost) await this.#leave(key, run);
  }

  #renounce(run: PodRun): void {
    if (run.doubt === null) return;
    const renouncing = renounce(run, this.#parts, this.#cut.signal).finally(() => this.#running.delete(renouncing));
    this.#running.add(renouncing);
  }

  /** What is known at the end is written, though others decide by now. */
  async #leave(key: string, run: PodRun): Promise<void> {
    this.#renounce(run);
    const { namespace, name, uid } = run.ref;
    const pod = this.#watch.get(`${namespace}/${name}`) ?? null;
    try {
      if (run.finishedAtMs !== null && run.object?.status?.finishedAt != null) {
        await this.#steps.finish(key, run, pod?.metadata.uid === uid ? pod : null);
      }
    } catch (error) {
      this.#parts.log.warn({ err: error, namespace, pod: name }, 'mark not written, the next executor will');
    }
    this.#known.forget(key);
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
