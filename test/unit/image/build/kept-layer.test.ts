import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keepLayer } from '../../../../image/build/kept-layer.ts';
import type { Layer } from '../../../../image/build/layer.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'restore-hooks-layer-'));
});
afterEach(() => rm(parent, { recursive: true }));

/** Makes a layer of this content, and counts how often. */
function maker(content: string) {
  const made = { times: 0 };
  const make = async (folder: string): Promise<Layer> => {
    made.times += 1;
    const file = join(folder, 'base.tar.gz');
    await writeFile(file, content);
    return { file, mediaType: 'm', digest: 'sha256:d', size: content.length, diffId: 'sha256:u', unpackedSize: 9 };
  };
  return { made, make };
}

describe('keepLayer', () => {
  it('makes a layer once, and gives the same the next time', async () => {
    const { made, make } = maker('bytes');
    const folder = join(parent, 'cache', 'base-1');
    const first = await keepLayer(folder, make);
    expect(first).toMatchObject({ digest: 'sha256:d', size: 5, diffId: 'sha256:u', unpackedSize: 9 });
    expect(await readFile(first.file, 'utf8')).toBe('bytes');
    expect(await keepLayer(folder, make)).toEqual(first);
    expect(made.times).toBe(1);
  });

  it('gives all who are at it at once one and the same', async () => {
    const folder = join(parent, 'base-1');
    const layers = await Promise.all(['one', 'two', 'six'].map((text) => keepLayer(folder, maker(text).make)));
    expect(new Set(layers.map(({ file }) => file)).size).toBe(1);
    expect(await readFile(layers[0]?.file ?? '', 'utf8')).toMatch(/^(one|two|six)$/);
    expect(await readdir(parent)).toEqual(['base-1']);
  });

  it('leaves nothing of one that failed, and tries again', async () => {
    const folder = join(parent, 'base-1');
    await expect(keepLayer(folder, () => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full');
    expect(await readdir(parent)).toEqual([]);
    expect(await keepLayer(folder, maker('bytes').make)).toMatchObject({ size: 5 });
  });
});
