import { describe, expect, it } from '@jest/globals';
import { storedBytes } from '../../../shared/stored-bytes.ts';

describe('what a value takes as it is stored', () => {
  it.each([
    ['plain', 7],
    ['"\\', 6],
    ['ä€', 7],
    ['<>&', 20],
    ['\u2028\u2029', 14],
    ['\n', 4],
    [{ 'a<': ['>'] }, 22],
    [null, 4],
  ])('%j: %i', (value, bytes) => expect(storedBytes(value)).toBe(bytes));
});
