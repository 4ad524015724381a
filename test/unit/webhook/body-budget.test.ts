import { describe, expect, it } from '@jest/globals';
import { createBodyBudget } from '../../../webhook/body-budget.ts';

/** A budget of 10 bytes, shares of it by name, and whose room was given to another. */
function scene() {
  const budget = createBodyBudget(10);
  const evicted: string[] = [];
  const open = (name: string, bytes = 0) => {
    const share = budget.open(() => void evicted.push(name));
    expect(share.take(bytes)).toBe(true);
    return share;
  };
  return { budget, evicted, open };
}

describe('createBodyBudget', () => {
  it('counts what was taken until it is given back, once', () => {
    const { budget, open } = scene();
    const [one, other] = [open('one', 4), open('other', 6)];
    expect(budget.usedBytes()).toBe(10);
    one.close();
    one.close();
    expect(budget.usedBytes()).toBe(6);
    other.close();
    expect(budget.usedBytes()).toBe(0);
  });

  it('gives the room of the largest body that is still arriving to a smaller one', () => {
    const { budget, evicted, open } = scene();
    open('small', 3);
    open('large', 6);
    expect(open('new').take(5)).toBe(true);
    expect(evicted).toEqual(['large']);
    expect(budget.usedBytes()).toBe(8);
  });

  it('refuses one that is the largest itself, with all that it took before', () => {
    const { budget, evicted, open } = scene();
    open('one', 4);
    const large = open('large', 4);
    expect(large.take(3)).toBe(false);
    expect(evicted).toEqual([]);
    expect(budget.usedBytes()).toBe(4);
  });

  it('takes no room from a body that is there whole', () => {
    const { evicted, open } = scene();
    open('whole', 9).arrived();
    expect(open('small').take(2)).toBe(false);
    expect(evicted).toEqual([]);
  });

  it('lets several go where one is not enough', () => {
    const { budget, evicted, open } = scene();
    open('first', 4);
    open('second', 4);
    expect(open('arrived whole', 2).take(0)).toBe(true);
    expect(open('new').take(3)).toBe(true);
    expect(evicted).toEqual(['first']);
    expect(budget.usedBytes()).toBe(9);
  });
});
