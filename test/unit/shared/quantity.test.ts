import { describe, expect, it } from '@jest/globals';
import { oneUnit, parseQuantity } from '../../../shared/quantity.ts';

describe('parseQuantity', () => {
  it.each([
    ['1', oneUnit],
    ['+1', oneUnit],
    ['0', 0n],
    ['500m', oneUnit / 2n],
    ['.5', oneUnit / 2n],
    ['1.', oneUnit],
    ['1e3', 1000n * oneUnit],
    ['1E-3', oneUnit / 1000n],
    ['1E', 10n ** 18n * oneUnit],
    ['1.5Gi', 1_610_612_736n * oneUnit],
    ['1n', 1n],
    ['0.1n', 1n],
  ])('reads %s', (text, billionths) => {
    expect(parseQuantity(text)).toBe(billionths);
  });

  it.each(['', '-1', '1 ', 'Mi', '.', '1mi', '1KI', '1e', '0x1', '1e99999999', '9'.repeat(1_000)])(
    'takes %j for none',
    (text) => {
      expect(parseQuantity(text)).toBeNull();
    },
  );
});
