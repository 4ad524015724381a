import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { baseKey, debianPackages, readBase, type Base } from './base.ts';
import { bundleProject, type Bundle } from './bundle.ts';
import { run } from './command.ts';
import { writeBaseLayer, writeImage, writeProjectLayer } from './image.ts';
import { keepLayer } from './kept-layer.ts';
import type { Layer } from './layer.ts';
import { imageSbom, type SpdxDocument } from './sbom.ts';
import type { Size } from './size.ts';
import { packTar } from './tar.ts';

export interface Archive {
  readonly file: string;
  readonly sbomFile: string;
  readonly references: readonly string[];
  /** Of the image's manifest, by which a pod may ask for it. */
  readonly digest: string;
  readonly sizes: readonly Size[];
}

export interface ArchiveOptions {
  /** Of the sources, for a label. null: not known. */
  readonly source: string | null;
  /** Folder that keeps the layer of Node for the next time. null: none does. */
  readonly cache: string | null;
  /** Goes to the SBOM alone: the image is the same at any time. */
  readonly created: Date;
}

/**
 * Makes the image as an OCI archive (a tar of a layout) and, beside it, its SBOM. Some ten seconds, nearly all of them for
 * compressing Node. Throws what keeps it from being made; nothing is left then.
 */
export async function makeArchive(file: string, { source, cache, created }: ArchiveOptions): Promise<Archive> {
  const sbomFile = `${file.replace(/(\.oci)?\.tar$/, '')}.spdx.json`;
  await mkdir(dirname(file), { recursive: true });
  const temporary = await mkdtemp(`${file}.part-`);
  try {
    const [base, bundle] = await Promise.all([readBase(), bundleProject()]);
    const layers = [await baseLayer(temporary, base, cache), await writeProjectLayer(temporary, bundle)] as const;
    const folder = join(temporary, 'layout');
    const { manifest, references } = await writeImage(folder, layers, source);
    await packTar(folder, (archive) => pipeline(archive, createWriteStream(join(temporary, 'archive'))));
    const sbom = await sbomOf(manifest.digest, base, bundle, created);
    await writeFile(join(temporary, 'sbom'), `${JSON.stringify(sbom, null, 2)}\n`);
    await rename(join(temporary, 'sbom'), sbomFile);
    await rename(join(temporary, 'archive'), file);
    const sizes = ['Node and libraries', 'restore-hooks'].flatMap((name, at) => {
      const layer = layers[at];
      return layer === undefined ? [] : { name, compressed: layer.size, unpacked: layer.unpackedSize };
    });
    return { file, sbomFile, references, digest: manifest.digest, sizes };
  } finally {
    await rm(temporary, { recursive: true });
  }
}

async function baseLayer(temporary: string, base: Base, cache: string | null): Promise<Layer> {
  if (cache === null) return writeBaseLayer(temporary, base);
  return keepLayer(join(cache, `base-${await baseKey(base)}`), (folder) => writeBaseLayer(folder, base));
}

async function sbomOf(digest: string, base: Base, bundle: Bundle, created: Date): Promise<SpdxDocument> {
  const npm = await run('npm', ['sbom', '--sbom-format=spdx']);
  return imageSbom(
    JSON.parse(npm) as SpdxDocument,
    {
      digest,
      bundled: bundle.packages,
      node: { versions: base.versions, sha256: base.nodeSha256 },
      debian: { release: base.debian, packages: debianPackages(base) },
    },
    created,
  );
}
