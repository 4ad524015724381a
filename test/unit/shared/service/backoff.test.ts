import { describe, expect, it } from '@jest/globals';
import { backoffMs } from '../../../../shared/service/backoff.ts';

const backoff = { firstMs: 100, maxMs: 5_000 };

describe('backoffMs', () => {
  it.each([
    { failures: 1, least: 50, most: 100 },
    { failures: 2, least: 100, most: 200 },
    { failures: 3, least: 200, most: 400 },
    { failures: 6, least: 1_600, most: 3_200 },
    { failures: 7, least: 2_500, most: 5_000 },
    { failures: 1_000_000, least: 2_500, most: 5_000 },
  ])('after $failures failures lies between $least and $most ms', ({ failures, least, most }) => {
    expect(backoffMs(backoff, failures, 0)).toBe(least);
    expect(backoffMs(backoff, failures, 0.5)).toBe((least + most) / 2);
    expect(backoffMs(backoff, failures, 1)).toBe(most);
  });

  it('never exceeds a bound that is below the first delay', () => {
    expect(backoffMs({ firstMs: 100, maxMs: 10 }, 1, 1)).toBe(10);
  });
});
