import type { Pod } from '../shared/pod.ts';
import { waitAfterMs } from '../shared/service/api-error.ts';
import { backoffMs, type Backoff } from '../shared/service/backoff.ts';
import type { ExecutorOptions, ExecutorParts } from './executor-parts.ts';
import type { KnownRuns } from './known-runs.ts';
import { openRun } from './open-run.ts';
import type { PodRef } from './pod-api.ts';
import type { Known } from './pod-run.ts';
import type { KeyQueue } from './queue.ts';

/** Between tries of what has failed on its way to the API server. */
export const retry: Backoff = { firstMs: 100, maxMs: 10_000 };

export interface OpeningsContext {
  readonly known: KnownRuns;
  readonly queue: KeyQueue;
  /** Of the times that this executor has come to lead, which one it is now. null: it does not lead. */
  readonly term: () => number | null;
}

/** First decisions about pods, and what is tried again of them. */
export class Openings {
  readonly #options: ExecutorOptions;
  readonly #parts: ExecutorParts;
  readonly #cut: AbortSignal;
  readonly #context: OpeningsContext;
  /** Tries in a row to decide about a pod, and when the next one may be made, by performance.now(). */
  readonly #undecided = new Map<string, { readonly failures: number; readonly notBeforeMs: number }>();

  constructor(options: ExecutorOptions, parts: ExecutorParts, cut: AbortSignal, context: OpeningsContext) {
    this.#options = options;
    this.#parts = parts;
    this.#cut = cut;
    this.#context = context;
  }

  /** All pods may be decided about at once: whatever kept them from it may be over. */
  restart(): void {
    this.#undecided.clear();
  }

  /** Decides about a pod that nothing is known of. Never throws. null: it cannot be decided now, and is tried again. */
  async open(key: string, ref: PodRef, pod: Pod | null): Promise<Known | null> {
    const { known: runs, queue, term } = this.#context;
    const { failures = 0, notBeforeMs = 0 } = this.#undecided.get(key) ?? {};
    const restMs = notBeforeMs - performance.now();
    if (restMs > 0) {
      // News of the pod, which is just starting, must not shorten what the API server has asked for.
      queue.addAfter(key, restMs);
      return null;
    }
    const before = term();
    const decided = await this.#decide(ref, pod);
    if ('problem' in decided) {
      const retryInMs = waitAfterMs(decided.problem, backoffMs(retry, failures + 1, Math.random()));
      this.#undecided.set(key, { failures: failures + 1, notBeforeMs: performance.now() + retryInMs });
      queue.addAfter(key, retryInMs);
      return null;
    }
    this.#undecided.delete(key);
    if (before === null || term() !== before) {
      // Another executor may have led meanwhile: what was read is old.
      queue.add(key);
      return null;
    }
    if (decided.run !== null || pod !== null) runs.take(key, decided);
    return decided;
  }

  async #decide(ref: PodRef, pod: Pod | null): Promise<Known | { readonly problem: unknown }> {
    const { log, metrics } = this.#parts;
    try {
      const known = await openRun(ref, pod, this.#options, this.#parts, this.#cut);
      return known === 'undecided' ? { problem: null } : known;
    } catch (error) {
      metrics.apiFailures.inc();
      log.warn({ err: error, namespace: ref.namespace, pod: ref.name }, 'call failed, trying again');
      return { problem: error };
    }
  }
}
