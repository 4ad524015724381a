import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bodyMisshape } from '../../../webhook/body-shape.ts';

const padding = ' '.repeat(131_072);
const fields = (count: number) => `{${Array.from({ length: count }, (_, index) => `"k${index}":1`).join(',')}}`;
const elements = (count: number) => JSON.stringify(Array(count).fill(1));
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
/** Of a body that is weighed, since it is large. */
const misshape = (text: string) => bodyMisshape(Buffer.from(`${padding}${text}`));

describe('a body of JSON', () => {
  it.each([
    { what: 'as many fields as there may be', text: fields(65_536), says: null },
    { what: 'one field more', text: fields(65_537), says: 'has more than 65536 fields' },
    { what: 'as many elements as there may be', text: elements(262_144), says: null },
    { what: 'two elements more', text: elements(262_146), says: 'has more than 262144 elements' },
    { what: 'as many levels as there may be', text: nested(512), says: null },
    { what: 'one level more', text: nested(513), says: 'nests deeper than 512 levels' },
    { what: 'many lists that end', text: `[${Array(1_000).fill(nested(400)).join(',')}]`, says: null },
    { what: 'all of it in a text', text: JSON.stringify('{"a":[1,2,{'.repeat(100_000)), says: null },
    { what: 'all of it in a text with escapes', text: JSON.stringify('\\"{[:,'.repeat(100_000)), says: null },
    { what: 'all of it behind a text', text: `["\\\\",${nested(513)}]`, says: 'nests deeper than 512 levels' },
    { what: 'a text that never ends', text: `"${'['.repeat(1_000)}`, says: null },
    { what: 'a text that ends in an escape', text: '"\\', says: null },
  ])('with $what: $says', ({ text, says }) => expect(misshape(text)).toBe(says));

  it('that is small is not weighed', () => {
    expect(bodyMisshape(Buffer.from(nested(65_536)))).toBeNull();
  });

  it('is as it should be whatever a pod’s texts are', () => {
    const values = fc.jsonValue({ maxDepth: 5, stringUnit: 'grapheme' });
    fc.assert(fc.property(values, (value) => expect(misshape(JSON.stringify(value))).toBeNull()));
  });
});
