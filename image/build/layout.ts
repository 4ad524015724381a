import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Layer } from './layer.ts';

/** The part of an image's configuration a container starts from (OCI image-spec, config.md; its spelling). */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly WorkingDir: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** OCI image-spec, descriptor.md. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An OCI image layout on disk: one image under all of its references. */
export interface Layout {
  readonly folder: string;
  readonly references: readonly string[];
  readonly manifest: Descriptor;
}

export interface ImageParts {
  /** The lowest first. */
  readonly layers: readonly Layer[];
  readonly config: ImageConfig;
  /** In full: `docker.io/library/busybox:1.35`. */
  readonly references: readonly string[];
}

/** What an index calls an image; containerd and Docker look under its own name first. */
const referenceAnnotation = 'org.opencontainers.image.ref.name';
const containerdAnnotation = 'io.containerd.image.name';

const architectures: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64' };

/**
 * Writes an image to an OCI image layout (image-spec, image-layout.md) in `folder`; its labels are annotations of its manifest,
 * too. The same parts give the same digests. Throws what the file system throws.
 */
export async function writeLayout(folder: string, { layers, config, references }: ImageParts): Promise<Layout> {
  const blobs = join(folder, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  for (const layer of layers) await placeFile(layer.file, join(blobs, layer.digest.replace('sha256:', '')));
  const image = {
    architecture: architectures[process.arch] ?? process.arch,
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
  };
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = await writeJson(blobs, mediaType, {
    schemaVersion: 2,
    mediaType,
    config: await writeJson(blobs, 'application/vnd.oci.image.config.v1+json', image),
    layers: layers.map((layer) => ({ mediaType: layer.mediaType, digest: layer.digest, size: layer.size })),
    annotations: config.Labels,
  });
  const manifests = references.map((reference) => ({
    ...manifest,
    annotations: { [referenceAnnotation]: reference, [containerdAnnotation]: reference },
  }));
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  return { folder, references, manifest };
}

/** Without a second copy on the disk where the file system can. */
async function placeFile(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EXDEV' && code !== 'EPERM') throw error;
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  }
}

async function writeJson(blobs: string, mediaType: string, value: object): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(value));
  const hex = createHash('sha256').update(bytes).digest('hex');
  await writeFile(join(blobs, hex), bytes);
  return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
}
