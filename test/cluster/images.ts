import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cacheFolder, ensureFolder } from './cache.ts';
import { busybox } from './images/busybox.ts';
import { readLayout, writeLayout } from './images/layout.ts';
import { pause } from './images/pause.ts';
import { postgres } from './images/postgres.ts';
import type { Recipe } from './images/recipe.ts';
import { formatDuration, type Progress } from './progress.ts';

const recipes = { pause, busybox, postgres } satisfies Record<string, Recipe>;

export type ImageName = keyof typeof recipes;

export interface Image {
  readonly name: ImageName;
  /** What pods may call it, in full: `docker.io/library/busybox:1.35`. */
  readonly references: readonly string[];
  /** Its OCI image layout. */
  readonly folder: string;
}

/** Where the layouts of all images are: what the registry serves. */
export function imagesFolder(env: NodeJS.ProcessEnv): string {
  return join(cacheFolder(env), 'images');
}

/**
 * Sees to it that images exist, building those that do not: a second each, postgres half a minute to two minutes.
 * A registry that is running serves them from then on. Needs what ensurePackages installs, Go for pause, and root for
 * postgres. Throws CommandFailed with the words of the program that failed.
 */
export async function ensureImages(progress: Progress, names: readonly ImageName[]): Promise<readonly Image[]> {
  const images: Image[] = [];
  for (const name of names) images.push(await ensureImage(progress, name));
  return images;
}

async function ensureImage(progress: Progress, name: ImageName): Promise<Image> {
  const recipe = recipes[name];
  const folder = join(imagesFolder(process.env), `${name}-${await hash(recipe)}`);
  await ensureFolder(folder, progress, async (temporary) => {
    const began = performance.now();
    progress.step(`Building the image ${name}`);
    const rootfs = join(temporary, 'rootfs');
    await mkdir(rootfs);
    await recipe.build(rootfs, progress);
    progress.bar(0, 0, 'writing its layer');
    await writeLayout(temporary, rootfs, recipe.config, recipe.references);
    await rm(rootfs, { recursive: true });
    progress.done(`Built the image ${name} in ${formatDuration(performance.now() - began)}.`);
  });
  // Of several recipes of one image, the registry serves the one asked for last.
  const now = new Date();
  await utimes(folder, now, now);
  return { name, references: (await readLayout(folder)).references, folder };
}

async function hash(recipe: Recipe): Promise<string> {
  const sum = createHash('sha256').update(JSON.stringify([recipe.references, recipe.config, process.arch]));
  for (const source of recipe.sources) sum.update(basename(source)).update(await readFile(source));
  return sum.digest('hex').slice(0, 12);
}
