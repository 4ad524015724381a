import { setTimeout as delay } from 'node:timers/promises';

/** Waits, but not beyond the signal. Resolves to false if the signal aborted; never rejects for that. */
export async function pause(durationMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(durationMs, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return !signal.aborted;
}
