import { setTimeout as delay } from 'node:timers/promises';

/** Waits, but not beyond the signal; a time that has passed already is no time. Resolves to false if the signal aborted; never rejects for that. */
export async function pause(durationMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(Math.max(0, durationMs), undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return !signal.aborted;
}
