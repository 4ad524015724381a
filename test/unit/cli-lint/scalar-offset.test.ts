import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseDocument, stringify, type Scalar } from 'yaml';
import { mapScalar } from '../../../cli/lint/scalar-offset.ts';

const styles = ['BLOCK_FOLDED', 'BLOCK_LITERAL', 'PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE'] as const;

/** Letters, and what is folded, escaped, or makes a scalar of another style. */
const units = [
  'a',
  'b',
  'é',
  '\n',
  ' ',
  '"',
  "'",
  '\\',
  '#',
  ':',
  '-',
  '\t',
  '[',
  '{',
  ',',
  '\u{1F600}',
  '\x07',
  '\x85',
];

describe('mapScalar', () => {
  it.each([
    ['x', 'x', 0, 'x'],
    ['ab cd', 'ab cd', 3, 'cd'],
    ['ab\n   cd', 'ab cd', 3, 'cd'],
    ["'it''s'", "it's", 2, "''s'"],
    ["'it''s'", "it's", 3, "s'"],
    ['"a\\"b"', 'a"b', 1, '\\"b"'],
    ['"\\x41\\u0042\\U00000043d"', 'ABCd', 2, '\\U00000043d"'],
    ['"\\U0001F600x"', '\u{1F600}x', 2, 'x"'],
    ['"a\\\n  b"', 'ab', 1, 'b"'],
    ['"a\\n\\tb"', 'a\n\tb', 3, 'b"'],
    ['"\\a\\_\\N\\Lb"', '\x07\xa0\x85\u2028b', 4, 'b"'],
    ['|- # note\n  a\n\n   b\n', 'a\n\n b', 4, 'b\n'],
    ['|\r\n  a\r\n  b\r\n', 'a\nb\n', 2, 'b\r\n'],
    ['>2\n   a\n  b\n  c\n', ' a\nb c\n', 5, 'c\n'],
    ['|\n  a\n', 'a\n', 2, 'a\n'],
  ])('finds in %j, which means %j, the character %i', (source, value, at, rest) => {
    const offset = mapScalar(source, value)(at);
    expect(offset === null ? null : source.slice(offset)).toBe(rest);
  });

  it('finds nothing in the source of another value', () => {
    expect(mapScalar('abc', 'abd')(2)).toBeNull();
  });

  it('finds every character of any text, in every style of scalar', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...units), maxLength: 40 }),
        fc.constantFrom(...styles),
        fc.constantFrom(20, 80),
        (text, defaultStringType, lineWidth) => {
          const written = stringify({ key: text }, { defaultStringType, defaultKeyType: 'PLAIN', lineWidth });
          const { value, range } = parseDocument(written).get('key', true) as Scalar<string>;
          const [start, end] = range ?? [0, 0];
          const find = mapScalar(written.slice(start, end), value);
          for (const { 0: letter, index } of value.matchAll(/[abé]/g)) {
            expect(written.charAt(start + (find(index) ?? -1))).toBe(letter);
          }
        },
      ),
    );
  });
});
