import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeBaseFiles, type Base } from './base.ts';
import type { Bundle } from './bundle.ts';
import { appFolder, imageConfig, imageLabels, reference } from './config.ts';
import { writeLayer, type Layer } from './layer.ts';
import { writeLayout, type Layout } from './layout.ts';
import { writeProjectFiles } from './project-files.ts';

/** Node and what it needs: the same layer for every version of the project. The folder, of any name, has to be there. */
export async function writeBaseLayer(folder: string, base: Base): Promise<Layer> {
  return layerOf(folder, 'base', (rootfs) => writeBaseFiles(rootfs, base));
}

/** The project itself. */
export async function writeProjectLayer(folder: string, bundle: Bundle): Promise<Layer> {
  return layerOf(folder, 'project', (rootfs) => writeProjectFiles(join(rootfs, appFolder), bundle));
}

/** Puts the image together; see writeLayout. */
export async function writeImage(folder: string, layers: readonly Layer[], source: string | null): Promise<Layout> {
  return writeLayout(folder, { layers, config: imageConfig(imageLabels(source)), references: [reference] });
}

async function layerOf(folder: string, name: string, fill: (rootfs: string) => Promise<void>): Promise<Layer> {
  const rootfs = join(folder, `${name}-files`);
  await mkdir(rootfs);
  await fill(rootfs);
  const layer = await writeLayer(join(folder, `${name}.tar.gz`), rootfs);
  await rm(rootfs, { recursive: true });
  return layer;
}
