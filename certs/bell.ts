import { pause } from '../shared/service/pause.ts';

/** By which one loop wakes another. */
export interface Bell {
  ring(): void;
  /** Resolves when it is rung, was rung since the last wait, the time has passed, or the signal has aborted. */
  wait(durationMs: number, signal: AbortSignal): Promise<void>;
}

/** Makes a bell for one listener. */
export function createBell(): Bell {
  let rung = new AbortController();
  return {
    ring: () => rung.abort(),
    async wait(durationMs, signal) {
      await pause(durationMs, AbortSignal.any([signal, rung.signal]));
      rung = new AbortController();
    },
  };
}
