import type { HookRun } from '../../shared/hook-run.ts';
import type { Cluster } from '../../shared/service/cluster.ts';
import { pause } from '../../shared/service/pause.ts';
import { createWatch, type WatchNote } from '../../shared/service/watch.ts';
import { runsPath } from './read.ts';
import { readRun, type KnownRun } from './view.ts';

/** HookRuns as they change. */
export interface Follower {
  /**
   * Resolves to all of them: at first once they are listed, then when any has changed, or after so many milliseconds.
   * Rejects, as Cluster.call does, if the first list fails; later failures are mended by the watch.
   */
  next(withinMs: number): Promise<readonly KnownRun[]>;
  /** Why nothing comes at the moment. null: all is well. */
  trouble(): unknown;
  stop(): Promise<void>;
}

/** What a timer can hold: 24 days. */
export const longestMs = 2 ** 31 - 1;

/** Changes come in bursts: what comes within this time is one. */
const burstMs = 100;

/** Begins to follow the HookRuns of a namespace, or of all (null). */
export function followRuns(cluster: Cluster, namespace: string | null): Follower {
  const end = new AbortController();
  let wake: (() => void) | null = null;
  let isChanged = false;
  let isFirst = true;
  let broken: { readonly error: unknown } | null = null;

  function changed(): void {
    isChanged = true;
    if (watch.synced()) wake?.();
  }

  function noted(note: WatchNote): void {
    if (note.kind === 'ended') return;
    broken = note.kind === 'broken' ? { error: note.error } : null;
    if (note.kind !== 'watching') changed();
    if (broken !== null) wake?.();
  }

  const watch = createWatch<HookRun, KnownRun>(cluster, { path: runsPath(namespace), keep: readRun, changed, noted });
  const ended = watch.run(end.signal);

  return {
    async next(withinMs) {
      while (!watch.synced()) {
        const failure = broken;
        if (failure !== null) throw failure.error;
        await changeOr(longestMs);
      }
      if (!isFirst && !isChanged && withinMs > 0) await changeOr(withinMs);
      if (!isFirst && isChanged) await pause(burstMs, end.signal);
      isFirst = false;
      isChanged = false;
      return [...watch.values()];
    },
    trouble: () => broken?.error ?? null,
    async stop() {
      end.abort();
      await ended;
    },
  };

  async function changeOr(withinMs: number): Promise<void> {
    const waiting = new AbortController();
    wake = () => waiting.abort();
    await pause(withinMs, waiting.signal);
    wake = null;
  }
}
