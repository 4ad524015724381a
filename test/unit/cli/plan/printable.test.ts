import { describe, expect, it } from '@jest/globals';
import { commandLine, cut, duration, printable, widthOf } from '../../../../cli/plan/printable.ts';

describe('printable', () => {
  it.each([
    ['plain "text" with \\', 'plain "text" with \\'],
    ['two\nlines\tand a tab', 'two\\nlines\\tand a tab'],
    ['\u001b[31mred\u0007\u009b', '\\u001b[31mred\\u0007\\u009b'],
    ['turned \u202e round', 'turned \\u202e round'],
    ['half \ud83d and whole 😀', 'half \\ud83d and whole 😀'],
  ])('shows %j as %j', (text, expected) => {
    expect(printable(text)).toBe(expected);
  });
});

describe('cut', () => {
  it.each([
    ['exactly', 7, 'exactly'],
    ['too long', 7, 'too lo…'],
    ['\n\n\n\n', 7, '\\n\\n\\n…'],
    ['\n\n', 7, '\\n\\n'],
    ['😀😀😀', 3, '😀😀😀'],
    ['😀😀😀😀', 3, '😀😀…'],
    ['x'.repeat(1_000_000), 3, 'xx…'],
    ['', 3, ''],
  ])('cuts %.20j to %d: %j', (text, room, expected) => {
    expect(cut(text, room)).toBe(expected);
  });
});

describe('commandLine', () => {
  it.each([
    [['/bin/bash', '-c', 'psql < /backup.sql'], "/bin/bash -c 'psql < /backup.sql'"],
    [['echo', ''], "echo ''"],
    [['echo', "it's"], `echo "it's"`],
    [['echo', `it's "$x"`], `echo 'it'\\''s "$x"'`],
    [['a=b', '--x,y', '50%'], 'a=b --x,y 50%'],
    [['sh', '-c', 'a\nb'], "sh -c 'a\\nb'"],
  ])('writes %j as %s', (words, expected) => {
    expect(commandLine(words, 60)).toBe(expected);
  });

  it('cuts what is too long', () => {
    expect(widthOf(commandLine(['sh', '-c', 'x'.repeat(1000)], 60))).toBe(60);
  });
});

describe('duration', () => {
  it.each([
    [0, '0s'],
    [250, '250ms'],
    [30_000, '30s'],
    [60_000, '1m'],
    [90_500, '1m30s500ms'],
    [3_600_000, '1h'],
    [90_061_000, '25h1m1s'],
  ])('writes %d ms as %s', (ms, expected) => {
    expect(duration(ms)).toBe(expected);
  });
});
