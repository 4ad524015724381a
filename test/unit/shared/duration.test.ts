import { describe, expect, it } from '@jest/globals';
import { parseDuration } from '../../../shared/duration.ts';

// Each row was given to Go 1.26's time.ParseDuration; its nanoseconds are divided by a million here.
const good: readonly [string, number][] = [
  ['0', 0],
  ['+0', 0],
  ['-0', 0],
  ['0s', 0],
  ['30s', 30_000],
  ['+30s', 30_000],
  ['-30s', -30_000],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['300ms', 300],
  ['1us', 0.001],
  ['1\u00b5s', 0.001],
  ['1\u03bcs', 0.001],
  ['1ns', 0.000001],
  ['1h2m3.5s', 3_723_500],
  ['1m1m', 120_000],
  ['1.s', 1_000],
  ['.5s', 500],
  ['39h9m14.425s', 140_954_425],
  ['0.0000000001s', 0],
  ['0.3333333333333333333h', 1_200_000],
  ['0.9223372036854775808s', 922.337203],
  ['0.100000000000000000000h', 360_000],
  ['00000000000000000000000030s', 30_000],
  ['9223372036854775807ns', 9_223_372_036_854.775],
  ['-9223372036854775808ns', -9_223_372_036_854.775],
  ['2562047h47m16.854775807s', 9_223_372_036_854.775],
];

const bad: readonly string[] = [
  '',
  '+',
  '-',
  '30',
  '1.',
  '.',
  '.s',
  '-.s',
  '- 30s',
  ' 30s',
  '30s ',
  '1m 30s',
  '5 minutes',
  '1d',
  '1S',
  '1H',
  '3e2s',
  '1h-2m',
  '1h1',
  '1.1.1s',
  '0x1s',
  '1_000s',
  '--1s',
  '+-1s',
  '\u0663s',
  'constructor',
  '1constructor',
  '9223372036854775808ns',
  '-9223372036854775809ns',
  '2562047h47m16.854775808s',
  '2562048h',
];

describe('parseDuration', () => {
  it.each(good)('reads %j as %d milliseconds, as Go does', (text, ms) => {
    expect(parseDuration(text)).toBeCloseTo(ms, 6);
  });

  it.each(bad)('finds no duration in %j, as Go finds none', (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  it.each([
    ['digits', `${'0'.repeat(262_144)}1s`, 1_000],
    ['digits after the point', `1.${'0'.repeat(262_144)}s`, 1_000],
    ['parts', '0h'.repeat(131_072), 0],
    ['a unit', `1${'s'.repeat(262_144)}`, null],
  ])('reads 256 KiB of %s', (_, text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
});
