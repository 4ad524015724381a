/** The clocks of a process. */
export interface Clocks {
  readonly wallMs: () => number;
  readonly monotonicMs: () => number;
}

/**
 * A wall clock that does not jump: as it was when this was called, and from then on by the monotonic clock. A clock that
 * somebody sets an hour ahead must not end what waits, nor one that is set back keep it waiting.
 *
 * @returns Unix time in whole milliseconds
 */
export function steadyClock({ wallMs, monotonicMs }: Clocks): () => number {
  const offsetMs = wallMs() - monotonicMs();
  return () => Math.round(monotonicMs() + offsetMs);
}
