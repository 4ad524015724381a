import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Tail } from '../../../executor/tail.ts';

function read(limit: number, chunks: (string | Buffer)[]) {
  const tail = new Tail(limit);
  for (const chunk of chunks) tail.append(Buffer.from(chunk as string));
  return tail.read();
}

describe('the tail of an output', () => {
  it.each([
    { name: 'nothing', limit: 4, chunks: [], text: '', droppedBytes: 0 },
    { name: 'less than the limit', limit: 4, chunks: ['ab'], text: 'ab', droppedBytes: 0 },
    { name: 'exactly the limit', limit: 4, chunks: ['ab', 'cd'], text: 'abcd', droppedBytes: 0 },
    { name: 'one byte more', limit: 4, chunks: ['abcd', 'e'], text: 'bcde', droppedBytes: 1 },
    { name: 'one chunk over the limit', limit: 4, chunks: ['ab', 'cdefgh'], text: 'efgh', droppedBytes: 4 },
    { name: 'a limit of nothing', limit: 0, chunks: ['abc'], text: '', droppedBytes: 3 },
    { name: 'a character cut through', limit: 4, chunks: ['xüüé'], text: 'üé', droppedBytes: 3 },
    {
      name: 'a character that arrives in two pieces',
      limit: 9,
      chunks: [Buffer.from([0xc3]), Buffer.from([0xbc])],
      text: 'ü',
      droppedBytes: 0,
    },
  ])('$name', ({ limit, chunks, text, droppedBytes }) => {
    expect(read(limit, chunks)).toEqual({ text, droppedBytes });
  });

  it('drops the rest of a character whose beginning is gone, and counts it', () => {
    expect(read(3, ['aü€b'])).toEqual({ text: 'b', droppedBytes: 6 });
  });

  it('is the same however the output comes in', () => {
    const chunks = fc.array(fc.string({ maxLength: 3_000 }), { maxLength: 40 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000 }), chunks, (limit, texts) => {
        expect(read(limit, texts)).toEqual(read(limit, [texts.join('')]));
      }),
    );
  });

  it('holds on to no more than its limit of a large chunk', () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const tail = new Tail(16);
    tail.append(chunk);
    chunk.fill('y');
    expect(tail.read().text).toBe('x'.repeat(16));
  });
});

describe('the tail of an output of which something is not to be told', () => {
  const redact = (text: string) => text.replaceAll('s3cret', '[redacted]');
  const told = (limit: number, ...chunks: string[]) => {
    const tail = new Tail(limit, redact);
    for (const chunk of chunks) tail.append(Buffer.from(chunk));
    return tail.read();
  };

  it.each([
    { name: 'takes it out', limit: 100, chunks: ['a s3cret b'], text: 'a [redacted] b', droppedBytes: 0 },
    {
      name: 'takes it out where it came in pieces',
      limit: 100,
      chunks: ['a s3', 'cret'],
      text: 'a [redacted]',
      droppedBytes: 0,
    },
    {
      name: 'knows it where the cut goes through it',
      limit: 9,
      chunks: ['xx s3cret b'],
      text: 'dacted] b',
      droppedBytes: 6,
    },
    { name: 'keeps to the limit', limit: 3, chunks: ['abcdef'], text: 'def', droppedBytes: 3 },
    { name: 'cuts no character through', limit: 4, chunks: ['xüüé'], text: 'üé', droppedBytes: 3 },
    { name: 'keeps nothing at a limit of nothing', limit: 0, chunks: ['abc'], text: '', droppedBytes: 3 },
  ])('$name', ({ limit, chunks, text, droppedBytes }) => {
    expect(told(limit, ...chunks)).toEqual({ text, droppedBytes });
  });

  it('tells no end of one whose beginning was never kept', () => {
    const { text } = told(10, `s3cret${'s3cret'.repeat(2_000)}end of it`);
    expect(text).toBe(']end of it');
    const cut = told(5_000, `s3${'cret'.repeat(1)}${'x'.repeat(9_096 - 4)}`);
    expect(cut.text).toBe('x'.repeat(5_000));
  });
});
