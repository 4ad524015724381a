import { describe, expect, it } from '@jest/globals';
import { readPatterns, redactAll } from '../../../shared/redact.ts';

function redact(lines: string, text: string): string {
  const reading = readPatterns(lines);
  if (!reading.ok) throw new Error(reading.problem);
  return redactAll(reading.patterns, text);
}

describe('readPatterns', () => {
  it.each([
    ['nothing', '', 0],
    ['blank lines', '\n  \n\r\n', 0],
    ['one on each line', 'a+\r\nb+\n', 2],
  ])('takes %s', (_, lines, count) => {
    expect(readPatterns(lines)).toMatchObject({ ok: true, patterns: { length: count } });
  });

  it.each([
    ['no regular expression', 'a\n(b', 'line 2 is no regular expression'],
    ['what matches nothing at all', 'a*', 'line 1 matches the empty text'],
  ])('refuses %s, and names the line', (_, lines, problem) => {
    expect(readPatterns(lines)).toEqual({ ok: false, problem });
  });
});

describe('redactAll', () => {
  it.each([
    ['every match', 'hunter\\d', 'hunter1 and hunter2', '[redacted] and [redacted]'],
    ['what stands behind a word', '(?<=password=)\\S+', 'password=x user=y', 'password=[redacted] user=y'],
    [
      'a key of many lines',
      '-----BEGIN [^-]+-----[^-]+-----END [^-]+-----',
      'a\n-----BEGIN K-----\nx\n-----END K-----\nb',
      'a\n[redacted]\nb',
    ],
    ['by several patterns, in their order', 'a\nb', 'a b c', '[redacted] [redacted] c'],
    ['whatever the case, where the pattern says so', '(?i:token)=\\w+', 'TOKEN=x', '[redacted]'],
    ['nothing where nothing matches', 'x', 'abc', 'abc'],
    ['nothing for a match of nothing', '\\bx?', 'ab x', 'ab [redacted]'],
  ])('takes out %s', (_, lines, text, told) => {
    expect(redact(lines, text)).toBe(told);
  });
});
