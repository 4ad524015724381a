import { describe, expect, it } from '@jest/globals';
import { createSlots } from '../../../executor/slots.ts';

function make(limit: number) {
  const woken: string[] = [];
  return { slots: createSlots(limit, (key) => woken.push(key)), woken };
}

describe('slots', () => {
  it('are given up to the limit, and then there is a line', () => {
    const { slots, woken } = make(2);
    expect(['a', 'b', 'c', 'd'].map((key) => slots.take(key))).toEqual([true, true, false, false]);
    expect(slots.taken()).toBe(2);
    expect(woken).toEqual([]);
  });

  it('wake the one that has waited longest, whoever asks again meanwhile', () => {
    const { slots, woken } = make(1);
    for (const key of ['a', 'b', 'c', 'b']) slots.take(key);
    slots.free('a');
    expect(woken).toEqual(['b']);
    expect(slots.take('a')).toBe(false);
    expect(slots.take('c')).toBe(false);
    expect(slots.take('b')).toBe(true);
    slots.free('b');
    expect(woken).toEqual(['b', 'c']);
  });

  it('pass on the turn of one that wants none any more', () => {
    const { slots, woken } = make(1);
    for (const key of ['a', 'b', 'c']) slots.take(key);
    slots.free('a');
    slots.leave('b');
    expect(woken).toEqual(['b', 'c']);
    expect(slots.take('c')).toBe(true);
  });

  it('wake one after the other when several became free at once', () => {
    const { slots, woken } = make(2);
    for (const key of ['a', 'b', 'c', 'd']) slots.take(key);
    slots.free('a');
    slots.free('b');
    expect(slots.take('c')).toBe(true);
    expect(woken).toContain('d');
    expect(slots.take('d')).toBe(true);
  });

  it('forget one that leaves before its turn', () => {
    const { slots, woken } = make(1);
    for (const key of ['a', 'b', 'c']) slots.take(key);
    slots.leave('b');
    slots.leave('nobody');
    slots.free('a');
    expect(woken).toEqual(['c']);
  });
});
