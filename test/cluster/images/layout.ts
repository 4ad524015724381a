import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from '../command.ts';

/** The part of an image's configuration a container starts from (OCI image-spec, config.md; its spelling). */
export interface ImageConfig {
  readonly User?: string;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly WorkingDir?: string;
  readonly StopSignal?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
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

const REFERENCE = 'org.opencontainers.image.ref.name';
const architectures: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64' };

/**
 * Writes the files below `rootfs` as an image of one layer to an OCI image layout (image-spec, image-layout.md) in
 * `folder`. The same files and configuration give the same digests: times are left out, names sorted. `references` are
 * full, `docker.io/library/busybox:1.35`. Throws CommandFailed if tar cannot read the files.
 */
export async function writeLayout(
  folder: string,
  rootfs: string,
  config: ImageConfig,
  references: readonly string[],
): Promise<Layout> {
  const blobs = join(folder, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const layer = await writeLayer(blobs, rootfs);
  const image = {
    architecture: architectures[process.arch] ?? process.arch,
    os: 'linux',
    config,
    // Of the uncompressed tar, which the layer is.
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  };
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = await writeJson(blobs, mediaType, {
    schemaVersion: 2,
    mediaType,
    config: await writeJson(blobs, 'application/vnd.oci.image.config.v1+json', image),
    layers: [layer],
  });
  const manifests = references.map((reference) => ({ ...manifest, annotations: { [REFERENCE]: reference } }));
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  return { folder, references, manifest };
}

/** All finished layouts below a folder, the one asked for last (by its folder's time) first. None if there is no folder. */
export async function readLayouts(folder: string): Promise<readonly Layout[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  // A dot stands for one in the making, or a lock.
  const folders = names.filter((name) => !name.includes('.')).map((name) => join(folder, name));
  const layouts = await Promise.all(
    folders.map(async (each) => ({ layout: await readLayout(each), usedAt: (await stat(each)).mtimeMs })),
  );
  return layouts.sort((a, b) => b.usedAt - a.usedAt).map(({ layout }) => layout);
}

/** Reads what writeLayout wrote. Throws if the folder is no layout. */
export async function readLayout(folder: string): Promise<Layout> {
  const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as { manifests: Descriptor[] };
  const [first] = index.manifests;
  if (first === undefined) throw new Error(`${folder}/index.json names no image`);
  const references = index.manifests.flatMap((manifest) => manifest.annotations?.[REFERENCE] ?? []);
  const { mediaType, digest, size } = first;
  return { folder, references, manifest: { mediaType, digest, size } };
}

async function writeLayer(blobs: string, rootfs: string): Promise<Descriptor> {
  const part = join(blobs, 'layer');
  // As anybody but root, all files belong to whoever builds; in the image they are root's.
  const owner = process.getuid?.() === 0 ? [] : ['--owner=0', '--group=0'];
  const same = ['--format=gnu', '--sort=name', '--mtime=@0', '--numeric-owner', ...owner];
  await run('tar', [...same, '--directory', rootfs, '--create', '--file', part, '.'], { env: { LC_ALL: 'C' } });
  const hash = createHash('sha256');
  await pipeline(createReadStream(part), hash);
  const hex = hash.digest('hex');
  const { size } = await stat(part);
  await rename(part, join(blobs, hex));
  return { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: `sha256:${hex}`, size };
}

async function writeJson(blobs: string, mediaType: string, value: object): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(value));
  const hex = createHash('sha256').update(bytes).digest('hex');
  await writeFile(join(blobs, hex), bytes);
  return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
}
