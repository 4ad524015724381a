import { describe, expect, it } from '@jest/globals';
import { bar, lineText, wrapped, type Line } from '../../../../cli/runs/line.ts';

const line: Line = [{ text: 'one ' }, { text: 'two', paint: 'red' }, { text: ' three' }, { text: '', paint: 'bold' }];

describe('lineText', () => {
  it.each([
    [null, false, 'one two three'],
    [null, true, 'one \u001b[31mtwo\u001b[0m three'],
    [13, false, 'one two three'],
    [12, false, 'one two thr…'],
    [6, true, 'one \u001b[31mt\u001b[0m…'],
    [1, false, '…'],
  ])('fits %j columns, in colour: %j', (columns, hasColour, expected) => {
    expect(lineText(line, { columns, hasColour })).toBe(expected);
  });

  it('leaves no blanks at the end', () => {
    expect(lineText([{ text: 'a' }, { text: '  ' }], { columns: 10, hasColour: true })).toBe('a');
  });
});

describe('wrapped', () => {
  it.each([
    [null, 2, ['one two three']],
    [13, 2, ['one two three']],
    [6, 2, ['one tw', '  o th', '  ree']],
    [3, 2, ['one two three']],
  ])('parts a line at %j columns', (columns, indent, expected) => {
    const lines = wrapped(line, columns, indent).map((each) => lineText(each, { columns: null, hasColour: false }));
    expect(lines).toEqual(expected);
  });
});

describe('bar', () => {
  it.each([
    [0, 4, '░░░░'],
    [1, 4, '█░░░'],
    [399, 400, '███░'],
    [4, 4, '████'],
    [9, 4, '████'],
    [-1, 4, '░░░░'],
    [0, 0, '░░░░'],
  ])('shows %i of %i', (done, total, expected) => {
    expect(bar(done, total, 4)).toBe(expected);
  });
});
