import type { Known, PodRun } from './pod-run.ts';

/** What the executor has decided about the pods that it has seen, by the keys of its queue. */
export class KnownRuns {
  readonly #known = new Map<string, Known>();
  readonly #counted: (change: 1 | -1) => void;
  readonly #forgotten: (key: string) => void;

  /**
   * @param counted called when there is one run more or less
   * @param forgotten called when nothing is known of a key any more
   */
  constructor(counted: (change: 1 | -1) => void, forgotten: (key: string) => void) {
    this.#counted = counted;
    this.#forgotten = forgotten;
  }

  get(key: string): Known | undefined {
    return this.#known.get(key);
  }

  entries(): Iterable<readonly [string, Known]> {
    return this.#known;
  }

  take(key: string, known: Known): void {
    this.#known.set(key, known);
    if (known.run !== null) this.#counted(1);
  }

  forget(key: string): void {
    const known = this.#known.get(key);
    if (known?.run != null) this.#counted(-1);
    this.#known.delete(key);
    this.#forgotten(key);
  }

  /** False: it was forgotten meanwhile, as every run is when the lead is lost. */
  isCurrent(key: string, run: PodRun): boolean {
    return this.#known.get(key)?.run === run;
  }

  /** Nothing is left to do for it. */
  finish(key: string, run: PodRun): void {
    if (!this.isCurrent(key, run)) return;
    this.#known.set(key, { run: null });
    this.#counted(-1);
  }
}
