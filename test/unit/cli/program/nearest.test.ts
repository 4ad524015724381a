import { describe, expect, it } from '@jest/globals';
import { nearest } from '../../../../cli/program/nearest.ts';

describe('nearest', () => {
  it.each([
    ['pln', ['lint', 'plan'], 'plan'],
    ['PLAN', ['lint', 'plan'], 'plan'],
    ['file', ['live', 'filename'], 'filename'],
    ['planning', ['lint', 'plan'], 'plan'],
    ['', ['lint', 'plan'], 'lint'],
    ['xyz', ['abc', 'abd'], 'abc'],
    ['x'.repeat(1_000_000), ['abc'], 'abc'],
    ['x', [], ''],
  ])('finds for %.20j among %j: %s', (word, known, expected) => {
    expect(nearest(word, known)).toBe(expected);
  });
});
