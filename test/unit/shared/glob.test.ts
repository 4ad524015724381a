import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isGlob, matchesGlob } from '../../../shared/glob.ts';

describe('a glob', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['shop', ['shop'], ['shops', 'sho', 'Shop', '']],
    ['', [''], ['a']],
    ['*', ['', 'a', 'shop-1'], []],
    ['**', ['', 'shop'], []],
    ['shop-*', ['shop-', 'shop-1', 'shop-a-b'], ['shop', 'my-shop-1']],
    ['shop-**', ['shop-', 'shop-1'], ['shop']],
    ['*-prod', ['-prod', 'a-prod', 'a-prod-prod'], ['prod', 'a-prod-1']],
    ['*a*b*', ['ab', 'xaxbx', 'aab'], ['ba', 'a', 'b']],
    ['a*a', ['aa', 'aba', 'aaa'], ['a', 'aab']],
    ['sho?', ['shop', 'shoe'], ['sho', 'shops']],
    ['??', ['ab'], ['a', 'abc', '']],
    ['*?', ['a', 'ab'], ['']],
    ['[abc]', ['a', 'c'], ['d', 'ab', '']],
    ['[a-c]x', ['ax', 'cx'], ['dx', '-x']],
    ['[a-c0-9]', ['b', '5'], ['d', '-']],
    ['[!a-c]', ['d', '-'], ['a', 'b', 'c', '']],
    ['[^a-c]', ['d', '-'], ['a', 'b', 'c', '']],
    ['[a^!]', ['a', '^', '!'], ['b']],
    ['[]a]', [']', 'a'], ['[', 'b']],
    ['[!]a]', ['b'], [']', 'a']],
    ['[a-]', ['a', '-'], ['b']],
    ['[-a]', ['a', '-'], ['b']],
    [String.raw`[\]x]`, [']', 'x'], ['\\']],
    [String.raw`[\a-c]`, ['a', 'b'], ['d', '\\']],
    ['[*]', ['*'], ['a']],
    ['[{,}]', ['{', ',', '}'], ['a']],
    ['a]', ['a]'], ['a']],
    ['{a,b}', ['a', 'b'], ['c', 'ab', 'a,b', '{a,b}']],
    ['{a}', ['a'], ['{a}']],
    ['{}', [''], ['{}']],
    ['x{,y}', ['x', 'xy'], ['y']],
    ['{a,b}-{c,d}', ['a-c', 'b-d'], ['a-b', 'c-d']],
    ['{a,{b,c}d}', ['a', 'bd', 'cd'], ['b', 'ad', 'bcd']],
    ['{{a,b},{c}}', ['a', 'b', 'c'], ['d']],
    ['{shop,team-*}-[0-9]', ['shop-1', 'team-a-2'], ['shop-a', 'team-1']],
    ['{[,],x}', [',', 'x'], ['[', ']']],
    ['a,b', ['a,b'], ['a', 'b']],
    [String.raw`\*`, ['*'], ['a', '']],
    [String.raw`a\?`, ['a?'], ['ab']],
    [String.raw`\{a,b\}`, ['{a,b}'], ['a']],
    [String.raw`{a\,b,c}`, ['a,b', 'c'], ['a', 'b']],
    [String.raw`\\`, ['\\'], ['']],
    [String.raw`\a`, ['a'], ['\\a']],
    ['constructor', ['constructor'], ['']],
  ])('%j matches %j and not %j', (pattern, fitting, strange) => {
    expect(isGlob(pattern)).toBe(true);
    expect(fitting.filter((text) => !matchesGlob(pattern, text))).toEqual([]);
    expect(strange.filter((text) => matchesGlob(pattern, text))).toEqual([]);
  });

  it.each([
    ['an open class', '[abc'],
    ['an empty class', '[]'],
    ['an empty negated class', '[!]'],
    ['a class whose bracket is escaped', String.raw`[a\]`],
    ['a range that ends before it begins', '[z-a]'],
    ['a negated range that ends before it begins', '[!z-a]'],
    ['an open brace', '{a,b'],
    ['an open brace within braces', '{a,{b}'],
    ['a brace too many', '{a}}'],
    ['a closing brace', 'a}'],
    ['an escape of nothing', 'shop\\'],
    ['an escape of nothing in braces', '{a,b\\'],
    ['more than 1,024 characters', 'a'.repeat(1_025) + '*'],
    ['braces that stand for more than 64 patterns', '{a,b}'.repeat(7)],
    ['braces that stand for very many', '{a,b}'.repeat(20)],
    ['a brace with more than 64 parts', `{${','.repeat(64)}}`],
    ['64 long patterns', `${'{a,b}'.repeat(6)}${'a'.repeat(200)}`],
  ])('with %s is none, and matches nothing', (_, pattern) => {
    expect(isGlob(pattern)).toBe(false);
    for (const text of ['', 'a', 'b', 'shop', 'z', 'm', pattern]) expect(matchesGlob(pattern, text)).toBe(false);
  });

  it.each([
    ['64 patterns by braces in a row', '{a,b}'.repeat(6), 'ababab'],
    ['a brace with 64 parts', `{${'x,'.repeat(63)}a}`, 'a'],
    ['as many as a policy may have', `${'{a,b}'.repeat(6)}${'c'.repeat(98)}`, `aaaaaa${'c'.repeat(98)}`],
    ['1,024 characters', `${'a'.repeat(1_023)}*`, 'a'.repeat(1_023)],
  ])('may have %s', (_, pattern, text) => {
    expect(isGlob(pattern)).toBe(true);
    expect(matchesGlob(pattern, text)).toBe(true);
  });

  // Each of these takes years where a star, a brace or a bracket is tried in every way: to return at all is to pass.
  it.each([
    ['stars', `${'*a'.repeat(500)}b`],
    ['question marks and stars', `${'*?'.repeat(500)}b`],
    ['stars in braces', `{${'*a'.repeat(240)},${'*b'.repeat(240)}}`],
    ['braces', '{a,b}'.repeat(200)],
    ['nested braces', `${'{a,'.repeat(250)}b${'}'.repeat(250)}`],
    ['open braces', '{'.repeat(1_024)],
    ['open classes after braces', `${'{a,b}'.repeat(6)}${'['.repeat(990)}`],
    ['classes', `${'[a-z]*'.repeat(170)}b`],
    ['escapes', '\\'.repeat(1_024)],
  ])('of a thousand characters returns for %s', (_, pattern) => {
    expect(matchesGlob(pattern, `${'a'.repeat(2_000)}c`)).toBe(false);
  });

  it('is what its meaning says, for literals, * and ?', () => {
    const patterns = fc.array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 8 });
    const texts = fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 });
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        expect(matchesGlob(pattern.join(''), text.join(''))).toBe(means(pattern, text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('with braces is each of what they stand for', () => {
    const parts = fc.array(fc.array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 3 }), {
      minLength: 1,
      maxLength: 3,
    });
    const texts = fc.array(fc.constantFrom('a', 'b'), { maxLength: 6 });
    fc.assert(
      fc.property(parts, parts, texts, (first, second, text) => {
        const braces = (of: readonly string[][]) => `{${of.map((part) => part.join('')).join(',')}}`;
        const any = first.some((one) => second.some((other) => means([...one, 'b', ...other], text)));
        expect(matchesGlob(`${braces(first)}b${braces(second)}`, text.join(''))).toBe(any);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** The meaning by its definition: a star takes nothing, or one character and goes on. */
function means([first, ...others]: readonly string[], text: readonly string[]): boolean {
  if (first === undefined) return text.length === 0;
  if (first === '*') return means(others, text) || (text.length > 0 && means(['*', ...others], text.slice(1)));
  return text.length > 0 && (first === '?' || first === text[0]) && means(others, text.slice(1));
}
