interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** A monotonic clock that moves only when told to, and the pauses by it. */
export class VirtualClock {
  #nowMs = 1_000;
  readonly #sleepers = new Set<Sleeper>();

  readonly nowMs = (): number => this.#nowMs;

  readonly pause = (durationMs: number, signal: AbortSignal): Promise<boolean> =>
    new Promise((resolve) => {
      const end = () => {
        this.#sleepers.delete(sleeper);
        signal.removeEventListener('abort', end);
        resolve(!signal.aborted);
      };
      const sleeper = { atMs: this.#nowMs + durationMs, wake: end };
      if (signal.aborted) {
        end();
        return;
      }
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', end);
    });

  /** Time passes, and every pause ends when it should. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.#nowMs + durationMs;
    await settle();
    for (;;) {
      const next = [...this.#sleepers].sort((one, other) => one.atMs - other.atMs)[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
      await settle();
    }
    this.#nowMs = untilMs;
    await settle();
  }

  /** Time passes, and nothing runs meanwhile, as in a process that is frozen. What is due runs with the next `advance`. */
  jump(durationMs: number): void {
    this.#nowMs += durationMs;
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
