import { describe, expect, it } from '@jest/globals';
import { openScreen } from '../../../../cli/runs/screen.ts';

describe('openScreen', () => {
  it('draws over what it drew before, in one write each', () => {
    const written: string[] = [];
    const screen = openScreen((text) => written.push(text));
    screen.draw(['a', 'b']);
    screen.draw(['c']);
    screen.draw([]);
    expect(written).toEqual([
      '\u001b[?7la\u001b[K\nb\u001b[K\n\u001b[J\u001b[?7h',
      '\u001b[2A\u001b[?7lc\u001b[K\n\u001b[J\u001b[?7h',
      '\u001b[1A\u001b[?7l\u001b[J\u001b[?7h',
    ]);
  });
});
