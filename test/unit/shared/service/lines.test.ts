import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { readLines } from '../../../../shared/service/lines.ts';

function streamOf(chunks: readonly (string | Buffer)[], end?: Error): Readable {
  function* pieces(): Generator<Buffer> {
    for (const chunk of chunks) yield Buffer.from(chunk as string);
    if (end !== undefined) throw end;
  }
  return Readable.from(pieces());
}

async function read(chunks: readonly (string | Buffer)[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(streamOf(chunks))) lines.push(line);
  return lines;
}

describe('readLines', () => {
  it.each([
    { name: 'nothing', chunks: [], lines: [] },
    { name: 'one line', chunks: ['a\n'], lines: ['a'] },
    { name: 'several in one chunk', chunks: ['a\nb\nc\n'], lines: ['a', 'b', 'c'] },
    { name: 'one in several chunks', chunks: ['a', 'b', 'c\n'], lines: ['abc'] },
    { name: 'a cut right before the line feed', chunks: ['a', '\nb\n'], lines: ['a', 'b'] },
    { name: 'a cut right after it', chunks: ['a\n', 'b\n'], lines: ['a', 'b'] },
    { name: 'empty lines', chunks: ['\n\na\n\n'], lines: ['a'] },
    { name: 'empty chunks', chunks: ['', 'a', '', '\n'], lines: ['a'] },
    { name: 'half a line at the end', chunks: ['a\nb'], lines: ['a'] },
    {
      name: 'a character in two chunks',
      chunks: [Buffer.from([0xe2, 0x82]), Buffer.from([0xac, 0x0a])],
      lines: ['€'],
    },
  ])('$name', async ({ chunks, lines }) => {
    expect(await read(chunks)).toEqual(lines);
  });

  it('gives what came before the stream broke, then throws what it threw', async () => {
    const lines: string[] = [];
    const reading = (async () => {
      for await (const line of readLines(streamOf(['a\nb'], new Error('cut')))) lines.push(line);
    })();
    await expect(reading).rejects.toThrow('cut');
    expect(lines).toEqual(['a']);
  });

  it('reads a line of 16 MiB, and throws for a longer one without keeping it', async () => {
    const mebibyte = Buffer.alloc(1024 * 1024, 'x');
    const chunks = Array.from({ length: 16 }, () => mebibyte);
    expect((await read([...chunks, '\n']))[0]).toHaveLength(16 * 1024 * 1024);
    await expect(read([...chunks, 'x', '\n'])).rejects.toThrow('exceeds 16777216 bytes');
  });
});
