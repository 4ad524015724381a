import { hooksMark, type ConditionReason } from '../shared/condition.ts';
import { nextStep, type Ending } from '../shared/next-step.ts';
import { reasonSentence } from '../shared/outcome.ts';
import type { planPod } from '../shared/plan.ts';
import type { Pod } from '../shared/pod.ts';
import { changeHook } from '../shared/record.ts';
import type { RestoreScope } from '../shared/restored.ts';
import { backoffMs, type Backoff } from '../shared/service/backoff.ts';
import type { Cluster } from '../shared/service/cluster.ts';
import type { Logger } from '../shared/service/logger.ts';
import type { Planning } from '../shared/service/planning.ts';
import { createWatch, type Watch, type WatchTiming } from '../shared/service/watch.ts';
import type { EndGroupTiming } from './end-group.ts';
import { commandBack, meetPod } from './meet-pod.ts';
import type { ExecutorMetrics } from './metrics.ts';
import { summary, title, type Narrator } from './narrator.ts';
import { getPod, trimPod, writeMark } from './pod-api.ts';
import type { Known, PodRun } from './pod-run.ts';
import type { PolicyStatus } from './policy-status.ts';
import { createQueue } from './queue.ts';
import { recordEnd } from './record-end.ts';
import { runHook, type HookRunEnd } from './run-hook.ts';
import type { CommandLimits } from './run-command.ts';
import { createSlots, type Slots } from './slots.ts';
import { tellWatch } from './tell-watch.ts';

export interface ExecutorOptions {
  readonly scope: RestoreScope;
  readonly installedAtMs: number;
  /** Pods in which a hook runs at a time. */
  readonly maxParallelPods: number;
  /** How long running hooks may take to end after the signal, before their connections are cut. */
  readonly shutdownGraceMs: number;
  readonly limits: CommandLimits;
  readonly endGroupTiming: EndGroupTiming;
  readonly watchTiming?: Partial<WatchTiming>;
}

export interface ExecutorParts {
  readonly cluster: Cluster;
  readonly planning: Planning;
  readonly plan: typeof planPod;
  readonly policyStatus: PolicyStatus;
  readonly log: Logger;
  readonly metrics: ExecutorMetrics;
  readonly narrator: Narrator;
  readonly nowMs: () => number;
}

/** Keys handled at a time. A decision is a millisecond; only marks of finished pods wait for the API server. */
const deciders = 8;
const retry: Backoff = { firstMs: 100, maxMs: 10_000 };
/** For the last marks of an executor that stops: a kubelet's default grace period of 30 s holds the grace time and this. */
const closingMs = 3_000;

/**
 * The executor: one watch on restored pods, a queue of their keys, and for each key the pure next step, acted upon. Hooks
 * run beside the queue, at most one in a pod and `maxParallelPods` in all.
 */
export class Executor {
  readonly #options: ExecutorOptions;
  readonly #parts: ExecutorParts;
  readonly #watch: Watch<Pod>;
  readonly #queue = createQueue((key) => this.#reconcile(key), deciders);
  readonly #known = new Map<string, Known>();
  /** Tries in a row to decide about a pod whose Restore cannot be read. */
  readonly #undecided = new Map<string, number>();
  /** Keys of the pods in which a hook runs, each with the end of it. */
  readonly #running = new Map<string, Promise<void>>();
  readonly #slots: Slots;
  readonly #cut = new AbortController();
  #closing = false;

  constructor(options: ExecutorOptions, parts: ExecutorParts) {
    this.#options = options;
    this.#parts = parts;
    this.#slots = createSlots(options.maxParallelPods, (key) => this.#queue.add(key));
    this.#watch = createWatch<Pod, Pod>(parts.cluster, {
      path: '/api/v1/pods',
      labelSelector: options.scope.labelKey,
      keep: trimPod,
      changed: (key) => this.#queue.add(key),
      noted: (note) => tellWatch(note, parts),
      ...(options.watchTiming === undefined ? {} : { timing: options.watchTiming }),
    });
  }

  /** True once every restored pod of the cluster has been seen. */
  synced(): boolean {
    return this.#watch.synced();
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
    await Promise.all([this.#watch.run(signal), this.#queue.run(signal)]);
    await Promise.all(this.#running.values());
    clearTimeout(grace);
    const marked = [...this.#known].filter(([, { run }]) => run?.marked === true);
    await Promise.all(marked.map(([key]) => this.#reconcile(key)));
  }

  async #reconcile(key: string): Promise<void> {
    const pod = this.#watch.get(key) ?? null;
    const known = this.#known.get(key) ?? (pod === null ? null : await this.#meet(key, pod));
    if (known === 'undecided') return;
    const current = pod?.metadata.uid === known?.uid ? pod : null;
    if (known?.run == null) {
      this.#slots.leave(key);
      if (pod === null) this.#undecided.delete(key);
      if (known === null || current !== null) return;
      this.#known.delete(key);
      if (pod !== null) this.#queue.add(key);
      return;
    }
    try {
      if (known.run.plan.exec.length === 0) await this.#followInitHooks(key, known.run, current);
      else await this.#step(key, known.run, current);
    } catch (error) {
      this.#retry(key, known.run, error);
    }
  }

  async #meet(key: string, pod: Pod): Promise<Known | 'undecided'> {
    const known = await meetPod(pod, this.#options, this.#parts, this.#cut.signal);
    if (known === null) {
      const failures = (this.#undecided.get(key) ?? 0) + 1;
      this.#undecided.set(key, failures);
      this.#queue.addAfter(key, backoffMs(retry, failures, Math.random()));
      return 'undecided';
    }
    this.#undecided.delete(key);
    this.#known.set(key, known);
    return known;
  }

  /** A pod with init hooks only: the kubelet runs them. The mark keeps exec hooks annotated later from being taken. */
  async #followInitHooks(key: string, run: PodRun, pod: Pod | null): Promise<void> {
    const phase = pod?.status?.phase;
    if (pod === null) this.#settle(key, run);
    else if (phase === 'Running' || phase === 'Succeeded' || phase === 'Failed') {
      await this.#finish(key, run, pod, phase === 'Failed' ? 'Failed' : 'Succeeded');
    }
  }

  async #step(key: string, run: PodRun, pod: Pod | null): Promise<void> {
    const step = nextStep(run.plan.exec, pod, run.record, this.#parts.nowMs());
    const restMs = run.notBeforeMs - performance.now();
    if (step.do === 'wait' || step.do === 'finish' || restMs > 0) this.#slots.leave(key);
    if ((step.do === 'run' || step.do === 'finish') && restMs > 0 && !this.#closing) {
      this.#queue.addAfter(key, restMs);
      return;
    }
    switch (step.do) {
      case 'end':
        this.#endUnrun(run, step.endings);
        await this.#step(key, run, pod);
        break;
      case 'run':
        if (!run.busy && !this.#closing) this.#begin(key, run, step.hook, step.containerID);
        break;
      case 'wait':
        if (step.untilMs !== null) this.#queue.addAfter(key, step.untilMs - this.#parts.nowMs());
        break;
      case 'finish':
        if (!run.busy) await this.#finish(key, run, pod, step.phase);
        break;
    }
  }

  #endUnrun(run: PodRun, endings: readonly Ending[]): void {
    for (const { hook, state, reason, message } of endings) {
      run.record = changeHook(run.record, hook, { state, reason, message });
      this.#tellEnd(run, hook);
    }
  }

  #begin(key: string, run: PodRun, index: number, containerID: string): void {
    if (!this.#slots.take(key)) return;
    run.busy = true;
    const ended = this.#attempt(key, run, index, containerID).finally(() => {
      run.busy = false;
      this.#running.delete(key);
      this.#slots.free(key);
      this.#parts.metrics.podsRunning.set(this.#slots.taken());
      this.#queue.add(key);
    });
    this.#running.set(key, ended);
    this.#parts.metrics.podsRunning.set(this.#slots.taken());
  }

  /** Never rejects. */
  async #attempt(key: string, run: PodRun, index: number, containerID: string): Promise<void> {
    const { cluster, narrator, nowMs } = this.#parts;
    const hook = run.plan.exec[index];
    if (hook === undefined) throw new Error(`the plan has no hook ${index}`);
    try {
      const end = await runHook(
        {
          cluster,
          pod: run.ref,
          hook,
          title: title(run.plan, index),
          containerID,
          runID: run.id,
          marked: run.marked,
          limits: this.#options.limits,
          endGroupTiming: this.#options.endGroupTiming,
          nowMs,
          closing: () => this.#closing,
          wanted: () => this.#hookRecord(run, index).state === 'Waiting',
          isMarked: () => (run.marked = true),
          starting: () => {
            run.failures = 0;
            const { predecessorUnknown } = run;
            run.record = changeHook(run.record, index, { state: 'Running', startedAtMs: nowMs(), predecessorUnknown });
            narrator.started(run.ref, run.plan, index, this.#hookRecord(run, index));
          },
        },
        this.#cut.signal,
      );
      this.#take(key, run, index, end);
    } catch (error) {
      if (this.#hookRecord(run, index).state === 'Running') this.#loseSight(run, index, error);
      else this.#retry(key, run, error);
    }
  }

  /** After the command was sent nothing may be tried again, whatever went wrong, and nothing may wait for its end for ever. */
  #loseSight(run: PodRun, index: number, error: unknown): void {
    const { log, nowMs } = this.#parts;
    log.error({ err: error, namespace: run.ref.namespace, pod: run.ref.name }, 'sight of the hook lost');
    run.predecessorUnknown = true;
    const reason = 'ConnectionLost';
    const message = reasonSentence(reason);
    run.record = changeHook(run.record, index, { state: 'Failed', reason, message, finishedAtMs: nowMs() });
    this.#tellEnd(run, index);
  }

  /** Takes what came of an attempt into the record. */
  #take(key: string, run: PodRun, index: number, end: HookRunEnd): void {
    const { namespace, name } = run.ref;
    if (end.did === 'run') run.predecessorUnknown ||= end.groupUnknown;
    run.record = recordEnd(run.record, index, end, this.#parts.nowMs());
    switch (end.did) {
      case 'run':
      case 'pod gone':
        this.#tellEnd(run, index);
        break;
      case 'marked by another':
        this.#parts.log.warn({ namespace, pod: name }, 'hooks begun by another executor');
        this.#settle(key, run);
        break;
      case 'not sent':
        this.#parts.log.warn({ namespace, pod: name, problem: end.message }, 'command not sent, trying again');
        this.#backOff(run);
        break;
      case 'not begun':
        this.#backOff(run);
        break;
    }
  }

  async #finish(
    key: string,
    run: PodRun,
    pod: Pod | null,
    phase: Extract<ConditionReason, 'Succeeded' | 'Failed'>,
  ): Promise<void> {
    const { cluster, narrator, nowMs } = this.#parts;
    const mark = hooksMark(phase, summary(run.plan, run.record), nowMs());
    // What is known at the end is written even when the grace time has run out.
    const signal = this.#closing ? AbortSignal.timeout(closingMs) : this.#cut.signal;
    const written = await writeMark(cluster, run.ref, mark, null, signal, commandBack(pod));
    // The server gives up, too, when the pod changes faster than it can patch it; that pod is there still.
    if (written === 'conflict' && (await getPod(cluster, run.ref, signal))?.metadata.uid === run.ref.uid) {
      throw new Error('the mark was not written, because the pod changed at the same moment');
    }
    narrator.finished(run.ref, run.record, written === 'written' ? phase : `${phase}, and the pod is gone`);
    this.#settle(key, run);
  }

  #settle(key: string, run: PodRun): void {
    this.#known.set(key, { uid: run.ref.uid, run: null });
    this.#parts.metrics.podsOpen.dec();
    this.#queue.add(key);
  }

  #tellEnd(run: PodRun, index: number): void {
    const record = this.#hookRecord(run, index);
    this.#parts.narrator.ended(run.ref, run.plan, index, record);
    this.#parts.policyStatus.ended(run.ref, run.plan, index, record);
  }

  #hookRecord(run: PodRun, index: number) {
    const record = run.record.hooks[index];
    if (record === undefined) throw new Error(`the record has no hook ${index}`);
    return record;
  }

  #retry(key: string, run: PodRun, error: unknown): void {
    this.#parts.metrics.apiFailures.inc();
    const retryInMs = this.#backOff(run);
    const { namespace, name } = run.ref;
    this.#parts.log.warn({ err: error, namespace, pod: name, retryInMs }, 'call failed, trying again');
    this.#queue.addAfter(key, retryInMs);
  }

  /** Nothing is tried for the run before that time, whatever news of its pod comes meanwhile. */
  #backOff(run: PodRun): number {
    run.failures += 1;
    const delayMs = backoffMs(retry, run.failures, Math.random());
    run.notBeforeMs = performance.now() + delayMs;
    return delayMs;
  }
}
