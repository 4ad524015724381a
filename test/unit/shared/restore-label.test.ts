import { describe, expect, it } from '@jest/globals';
import { mayBeShortened, restoreLabelValue } from '../../../shared/restore-label.ts';
import { restoresOf } from '../../../shared/restore.ts';

const shop = 'shop-2026-03-01-nightly-of-the-whole-cluster-with-every-namespace';

describe('the restore label of a name', () => {
  it.each([
    ['one character', 'r', 'r'],
    ['62 characters', 'a'.repeat(62), 'a'.repeat(62)],
    ['63 characters', 'a'.repeat(63), 'a'.repeat(63)],
    ['no character', '', ''],
  ])('of %s is the name', (_, name, label) => expect(restoreLabelValue(name)).toBe(label));

  // The digits are those of sha256sum: ffe054fe7ae0…, 5ea270cbe7b3…, 1329e1bd71a6…
  it.each([
    ['64 characters', 'a'.repeat(64), `${'a'.repeat(57)}ffe054`],
    ['65 characters', shop, 'shop-2026-03-01-nightly-of-the-whole-cluster-with-every-n5ea270'],
    ['253 characters', 'x'.repeat(253), `${'x'.repeat(57)}1329e1`],
  ])('of %s is 57 of them and six digits of its hash', (_, name, label) => {
    expect(restoreLabelValue(name)).toBe(label);
    expect(label).toHaveLength(63);
  });

  it('tells long names apart that begin alike', () => {
    expect(restoreLabelValue(`${shop}-a`)).not.toBe(restoreLabelValue(`${shop}-b`));
  });

  it('may be that of a longer name only at its full length', () => {
    expect(mayBeShortened(restoreLabelValue(shop))).toBe(true);
    expect(mayBeShortened('a'.repeat(62))).toBe(false);
    expect(mayBeShortened('')).toBe(false);
  });
});

describe('the Restores of a label', () => {
  const named = (...names: string[]) => names.map((name) => ({ name }));

  it('are found by the rule, and never by the beginning of a name', () => {
    const all = named('r1', 'r10', shop, `${shop}-2`, shop.slice(0, 57));
    expect(restoresOf('r1', all)).toEqual(named('r1'));
    expect(restoresOf(restoreLabelValue(shop), all)).toEqual(named(shop));
    expect(restoresOf(shop.slice(0, 57), all)).toEqual(named(shop.slice(0, 57)));
  });

  it('are several if several have the name, or one is the label of another', () => {
    const label = restoreLabelValue(shop);
    expect(restoresOf(label, named(shop, label, 'r1', shop))).toEqual(named(shop, label, shop));
  });

  it('are none of an empty label, whatever is there', () => {
    expect(restoresOf('', named('', 'r1'))).toEqual([]);
  });
});
