import { describe, expect, it } from '@jest/globals';
import { formatDuration, openProgress, renderProgress } from '../../cluster/progress.ts';

describe('renderProgress', () => {
  it.each([
    ['an unknown length', null, null, 0, '', 'Linking'],
    ['an unknown length after a while', null, null, 4_200, '', 'Linking (4 s)'],
    ['nothing to do', 0, 0, 0, '', 'Linking'],
    ['the beginning', 0, 100, 0, 'a', 'Linking [------------------------]   0 %, time left not known yet  a'],
    ['a first rate', 2, 100, 1_000, '', 'Linking [------------------------]   2 %, 49 s left'],
    ['the middle', 50, 100, 90_000, 'b', 'Linking [############------------]  50 %, 1 min 30 s left  b'],
    ['almost all', 999, 1000, 99_900, '', 'Linking [#######################-]  99 %, 0 s left'],
    ['the end', 100, 100, 61_000, '', 'Linking [########################] 100 %, took 1 min 01 s'],
    ['more than there was', 120, 100, 1_000, '', 'Linking [########################] 100 %, took 1 s'],
  ])('shows %s', (_, done, total, elapsedMs, what, expected) => {
    expect(renderProgress({ text: 'Linking', what, done, total, elapsedMs })).toBe(expected);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 s'],
    [59_400, '59 s'],
    [59_600, '1 min 00 s'],
    [125_000, '2 min 05 s'],
    [3_660_000, '1 h 01 min'],
  ])('writes %d ms as %s', (ms, expected) => {
    expect(formatDuration(ms)).toBe(expected);
  });
});

describe('openProgress', () => {
  function record(isTTY: boolean) {
    const written: string[] = [];
    const clock = { ms: 0 };
    const line = openProgress({ write: (text) => written.push(text), isTTY, columns: 40 }, () => clock.ms);
    return { written, clock, line };
  }

  it('writes a plain line at the beginning, at most every 10 s, and at the end of a step when there is no terminal', () => {
    const { written, clock, line } = record(false);
    line.step('Build');
    for (; clock.ms <= 25_000; clock.ms += 500) line.bar(clock.ms, 100_000, 'x');
    line.done('Built.');
    expect(written).toEqual([
      'Build\n',
      'Build [##----------------------]  10 %, 1 min 30 s left  x\n',
      'Build [####--------------------]  20 %, 1 min 20 s left  x\n',
      'Built.\n',
    ]);
  });

  it('draws one line again and again on a terminal, never as wide as to wrap', () => {
    const { written, clock, line } = record(true);
    line.step('Build');
    clock.ms = 50;
    line.bar(1, 2, 'too soon to be drawn');
    clock.ms = 200;
    line.bar(1, 2, 'x'.repeat(99));
    line.done('Built.');
    expect(written).toEqual([
      '\r\x1b[KBuild',
      '\r\x1b[KBuild [############------------]  50 %,',
      '\r\x1b[K',
      'Built.\n',
    ]);
  });

  it('clears an unfinished line when it is disposed of, so that an error begins on a line of its own', () => {
    const { written, line } = record(true);
    line.step('Build');
    line[Symbol.dispose]();
    line.bar(1, 2, 'late');
    expect(written).toEqual(['\r\x1b[KBuild', '\r\x1b[K']);
  });
});
