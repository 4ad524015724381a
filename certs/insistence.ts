import { backoffMs, type Backoff } from '../shared/service/backoff.ts';

/**
 * How soon a thing may be put right again that does not stay as it was put: at once for the first time, and later each time it
 * is undone, by whom ever, since a tool that owns the thing would otherwise be fought for ever, and by every replica.
 */
export interface Insistence {
  /** It was seen as it should be. */
  sound(nowMs: number): void;
  /** It was seen otherwise. Returns the time from which it may be written. */
  unsound(nowMs: number): number;
  /** It was written. */
  written(nowMs: number): void;
}

export interface InsistenceOptions {
  readonly backoff: Backoff;
  /** What has been sound for so long is not being fought about. */
  readonly peaceMs: number;
  /** From 0 (inclusive) to 1. */
  readonly random: () => number;
}

/** Makes the memory of one thing. Nothing is known of it yet. */
export function createInsistence({ backoff, peaceMs, random }: InsistenceOptions): Insistence {
  let times = 0;
  let soundSinceMs: number | null = null;
  let notBeforeMs = -Infinity;

  return {
    sound(nowMs) {
      soundSinceMs ??= nowMs;
      if (nowMs - soundSinceMs >= peaceMs) times = 0;
    },
    unsound(nowMs) {
      if (soundSinceMs !== null) {
        soundSinceMs = null;
        notBeforeMs = times === 0 ? nowMs : nowMs + backoffMs(backoff, times, random());
        times += 1;
      }
      return notBeforeMs;
    },
    written(nowMs) {
      times += 1;
      notBeforeMs = nowMs + backoffMs(backoff, times, random());
    },
  };
}
