import { describe, expect, it } from '@jest/globals';
import { bytesText, lastLines, outputLines } from '../../../../cli/runs/output.ts';

describe('outputLines', () => {
  it.each([
    ['', []],
    ['a\nb\n', ['a', 'b']],
    ['a\r\nb', ['a', 'b']],
    ['a\n\nb\n\n', ['a', '', 'b', '']],
    ['\ta\tb', ['        a       b']],
    ['10%\r50%\r100%\n', ['100%']],
    ['\u001b[2J\u0007\u009b1m', ['\\u001b[2J\\u0007\\u009b1m']],
    ['\u202eevil\u2028', ['\\u202eevil\\u2028']],
    ['ünïcödé 😀 \ufffd', ['ünïcödé 😀 \ufffd']],
  ])('makes %j harmless', (text, expected) => {
    expect(outputLines(text)).toEqual(expected);
  });
});

describe('lastLines', () => {
  it.each([
    ['1\n2\n3\n4', 2, ['3', '4']],
    ['1\n2\n\n\n', 2, ['1', '2']],
    ['', 2, []],
  ])('of %j', (text, most, expected) => {
    expect(lastLines({ text, droppedBytes: 0 }, most)).toEqual(expected);
  });

  it.each([null, undefined])('are none of %j', (output) => {
    expect(lastLines(output, 5)).toEqual([]);
  });
});

describe('bytesText', () => {
  it.each([
    [1, '1 byte'],
    [1200, '1200 bytes'],
  ])('names %i', (bytes, expected) => {
    expect(bytesText(bytes)).toBe(expected);
  });
});
