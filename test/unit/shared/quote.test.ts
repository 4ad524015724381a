import { describe, expect, it } from '@jest/globals';
import { quote, shorten } from '../../../shared/quote.ts';

describe('quote', () => {
  it.each([
    ['30s', 20, '"30s"'],
    ['', 20, '""'],
    ['a"b\\c', 20, '"a\\"b\\\\c"'],
    ['a\nb\tc', 20, '"a\\nb\\tc"'],
    ['\u0000\u001b\u007f\u0085', 40, '"\\u0000\\u001b\\u007f\\u0085"'],
    ['a\u202eb', 40, '"a\\u202eb"'],
    ['\ud800', 40, '"\\ud800"'],
    ['😀ä', 20, '"😀ä"'],
    ['12345678', 10, '"12345678"'],
    ['123456789', 10, '"1234567…"'],
    // Neither an escape nor a pair of surrogates is cut in two.
    ['123456\n\n', 10, '"123456…"'],
    ['123456😀😀', 10, '"123456…"'],
    ['😀'.repeat(50), 10, '"😀😀😀…"'],
  ])('shows %j within %d characters as %s', (value, room, expected) => {
    expect(quote(value, room)).toBe(expected);
    expect(expected.length).toBeLessThanOrEqual(room);
  });

  it('shows the beginning of a megabyte', () => {
    expect(shorten('x'.repeat(1_000_000), 10)).toBe('xxxxxxxxx…');
  });
});
