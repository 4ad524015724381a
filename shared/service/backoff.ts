/** Bounds of a delay that grows with every failure in a row. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * The delay before the next try after `failures` failures in a row (1 or more): doubling up to the bound, and between half
 * of that and all of it, so that many clients cut off in one moment do not come back in one moment.
 *
 * @param random a number from 0 (inclusive) to 1
 */
export function backoffMs(backoff: Backoff, failures: number, random: number): number {
  const full = Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(failures - 1, 30));
  return full / 2 + (full / 2) * random;
}
