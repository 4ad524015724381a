import { followInit } from '../shared/follow-init.ts';
import { nextStep, type Ending, type Step } from '../shared/next-step.ts';
import type { Pod } from '../shared/pod.ts';
import { changeHook } from '../shared/record.ts';
import type { Attempts } from './attempts.ts';
import { endClaim } from './end-claim.ts';
import type { ExecutorOptions, ExecutorParts } from './executor-parts.ts';
import type { KnownRuns } from './known-runs.ts';
import { lastWords } from './last-words.ts';
import { getPod } from './pod-api.ts';
import { isDone, type PodRun } from './pod-run.ts';
import type { KeyQueue } from './queue.ts';
import { unclaimed } from './record-end.ts';
import type { RunRecords } from './run-records.ts';
import type { Slots } from './slots.ts';
import { writeEnd } from './write-end.ts';

/** How often a pod is looked at that no watch tells of any more. */
const unwatchedMs = 5_000;
/** A pod that is just being started changes at every moment, so that a mark meets conflicts; and most begin their hooks before this. */
const quietMs = 1_000;

export interface RunStepsContext {
  readonly known: KnownRuns;
  readonly records: RunRecords;
  readonly attempts: Attempts;
  readonly queue: KeyQueue;
  readonly slots: Slots;
  /** Begins a hook, if one may be begun now. */
  readonly begin: (key: string, run: PodRun, index: number, containerID: string, pod: Pod | null) => void;
}

/** The steps of runs: for each the pure next step, acted upon. */
export class RunSteps {
  readonly #options: ExecutorOptions;
  readonly #parts: ExecutorParts;
  readonly #cut: AbortSignal;
  readonly #known: KnownRuns;
  readonly #records: RunRecords;
  readonly #attempts: Attempts;
  readonly #queue: KeyQueue;
  readonly #slots: Slots;
  readonly #begin: RunStepsContext['begin'];

  constructor(options: ExecutorOptions, parts: ExecutorParts, cut: AbortSignal, context: RunStepsContext) {
    this.#options = options;
    this.#parts = parts;
    this.#cut = cut;
    this.#known = context.known;
    this.#records = context.records;
    this.#attempts = context.attempts;
    this.#queue = context.queue;
    this.#slots = context.slots;
    this.#begin = context.begin;
  }

  /** Decides about a run, and acts upon it. Throws as Cluster.call does; then it is to be tried again. */
  async step(key: string, run: PodRun, seen: Pod | null): Promise<void> {
    const restMs = run.notBeforeMs - performance.now();
    if (restMs > 0) {
      this.#slots.leave(key);
      this.#queue.addAfter(key, restMs);
      return;
    }
    if (!run.busy && !(await this.#settleClaims(key, run))) return;
    // It was forgotten meanwhile, as every run is when the lead is lost: whoever leads now takes it up from its record.
    if (!this.#known.isCurrent(key, run)) {
      this.#queue.add(key);
      return;
    }
    // A pod that has lost its label is gone from the watch alone.
    const pod = seen ?? (await this.#look(run));
    if (seen === null && pod !== null) this.#queue.addAfter(key, unwatchedMs);
    const untilMs = this.#followInit(run, pod);
    if (run.finishedAtMs === null) {
      let step = this.#next(run, pod);
      // The watch may have been silent: nothing is given up by what it has brought.
      if (step.do === 'end' && seen !== null) step = this.#next(run, await this.#look(run));
      if (!this.#known.isCurrent(key, run)) {
        this.#queue.add(key);
        return;
      }
      if (step.do !== 'run') this.#slots.leave(key);
      switch (step.do) {
        case 'end':
          await this.#endUnrun(run, step.endings);
          this.#queue.add(key);
          return;
        case 'run':
          if (!run.busy) this.#begin(key, run, step.hook, step.containerID, pod);
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
    await this.finish(key, run, pod);
  }

  /** Writes the end of a run whose hooks have ended, if that is not written yet, and tells of it. */
  async finish(key: string, run: PodRun, pod: Pod | null): Promise<void> {
    const { nowMs, narrator } = this.#parts;
    run.finishedAtMs ??= nowMs();
    const saved = await this.#records.save(run);
    if (saved === 'lost') return;
    const phase = await writeEnd(run, pod, this.#parts, lastWords(this.#cut));
    narrator.finished(run.ref, run.record, phase);
    this.#known.finish(key, run);
    this.#queue.add(key);
  }

  async #wait(key: string, run: PodRun, pod: Pod | null, moments: readonly (number | null)[]): Promise<void> {
    const known = moments.filter((moment) => moment !== null);
    if (known.length > 0) this.#queue.addAfter(key, Math.min(...known) - this.#parts.nowMs());
    if (run.busy) return;
    if ((await this.#records.save(run)) === 'lost') return;
    if (run.mark !== null || pod === null || run.object === null) return;
    const restMs = run.record.observedSinceMs + quietMs - this.#parts.nowMs();
    if (restMs > 0) this.#queue.addAfter(key, restMs);
    else await this.#records.mark(run, 'Waiting', 'not begun yet', pod);
  }

  /** What another executor has claimed must have ended before anything else is done. False: it has not, or is not known to. */
  async #settleClaims(key: string, run: PodRun): Promise<boolean> {
    const { holders, identity } = this.#parts;
    for (const [index, { state, claim }] of run.record.hooks.entries()) {
      if (state !== 'Claimed' || claim === null) continue;
      const isOwn = claim.holder === identity;
      if (!isOwn) {
        const waitMs = await holders.goneInMs(claim.holder);
        if (waitMs > 0) {
          this.#queue.addAfter(key, waitMs);
          // It may end meanwhile, as its holder writes it.
          this.#known.forget(key);
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
      const pod = await this.#look(run);
      await endClaim({ run, index, hook, claim, pod }, this.#options, this.#parts, this.#cut);
      // That may have taken minutes, and whoever leads now has gone on with the run.
      if (!this.#known.isCurrent(key, run)) {
        this.#queue.add(key);
        return false;
      }
      this.#records.noteFailure(run);
      if ((await this.#records.save(run)) === 'lost') return false;
      this.#attempts.tellEnd(run, index);
    }
    return true;
  }

  #next(run: PodRun, pod: Pod | null): Step {
    const circumstances = { clockStartMs: run.rerunAtMs, cancelled: this.#records.cancelled(run) };
    return nextStep(run.hooks, pod, run.record, this.#parts.nowMs(), circumstances);
  }

  /** The pod as the API server has it now. null: it is gone. */
  async #look({ ref }: PodRun): Promise<Pod | null> {
    const pod = await getPod(this.#parts.cluster, ref, this.#cut);
    return pod?.metadata.uid === ref.uid ? pod : null;
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
      run.record = changeHook(run.record, hook, {
        state,
        reason,
        message,
        finishedAtMs,
      });
      this.#records.noteFailure(run);
    }
    // Whoever has gone on with the run tells what becomes of it.
    if ((await this.#records.save(run)) === 'lost') return;
    for (const { hook } of endings) this.#attempts.tellEnd(run, hook);
  }
}
