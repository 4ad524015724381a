import { describe, expect, it } from '@jest/globals';
import { isJsonList, isJsonMap, tame } from '../../../shared/json-value.ts';
import type { Json } from '../../../shared/yaml-value.ts';

describe('a JSON value', () => {
  it.each<[Json | undefined, 'list' | 'map' | null]>([
    [undefined, null],
    [null, null],
    ['[]', null],
    [0, null],
    [false, null],
    [[], 'list'],
    [{}, 'map'],
    [{ length: 0 }, 'map'],
  ])('%j is a %s', (value, is) => {
    expect(isJsonList(value)).toBe(is === 'list');
    expect(isJsonMap(value)).toBe(is === 'map');
  });
});

describe('a tame value', () => {
  it.each<[Json]>([[null], [true], [1.5], ['text'], [[]], [{}], [{ a: [{ b: null }, 'c'], d: { e: {} } }]])(
    'is the same if it was tame: %j',
    (value) => expect(tame(value)).toEqual(value),
  );

  it('has no half of a surrogate pair, in texts nor keys', () => {
    expect(tame({ '\ud800': ['a\udc00b', '😀'] })).toEqual({ '\ufffd': ['a\ufffdb', '😀'] });
  });

  it('keeps what is called as in a prototype', () => {
    const value = JSON.parse('{"__proto__":{"a":1},"constructor":2}') as Json;
    expect(JSON.stringify(tame(value))).toBe('{"__proto__":{"a":1},"constructor":2}');
    expect(Object.getPrototypeOf(tame(value))).toBe(Object.prototype);
  });

  it.each([
    [31, 31],
    [32, 32],
    [33, 32],
    [100_000, 32],
  ])('of %i lists within each other has %i', (depth, kept) => {
    const text = JSON.stringify(tame(JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) as Json));
    expect(text.split('[')).toHaveLength(kept + 1);
    expect(text.includes('null')).toBe(depth > kept);
  });
});
