import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Layer } from './layer.ts';

/**
 * Makes a layer once and keeps it in a folder that no other layer has, since compressing Node takes nearly all the time an image
 * takes. Several processes may be at it: each makes one, and all get one and the same. Throws what `make` throws.
 *
 * @param make writes the layer's file into the folder it is given, which is there
 */
export async function keepLayer(folder: string, make: (folder: string) => Promise<Layer>): Promise<Layer> {
  const kept = await readLayer(folder);
  if (kept !== null) return kept;
  await mkdir(dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}.part-`);
  try {
    const { file, ...layer } = await make(temporary);
    await rename(file, join(temporary, layerFile));
    await writeFile(join(temporary, recordFile), JSON.stringify(layer));
    await takeName(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  const made = await readLayer(folder);
  if (made === null) throw new Error(`${folder} was removed while the image was made`);
  return made;
}

const layerFile = 'layer';
const recordFile = 'layer.json';

async function readLayer(folder: string): Promise<Layer | null> {
  try {
    const record = JSON.parse(await readFile(join(folder, recordFile), 'utf8')) as Omit<Layer, 'file'>;
    return { ...record, file: join(folder, layerFile) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** All of the folder at once, unless another process was first. */
async function takeName(temporary: string, folder: string): Promise<void> {
  try {
    await rename(temporary, folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}
