import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { run } from '../cluster/command.ts';

/** A file or folder of an image. */
export interface Entry {
  /** From the root, `/app/main.mjs`. */
  readonly path: string;
  /** As ls writes it, `-rw-r--r--`. */
  readonly mode: string;
  /** `0/0` */
  readonly owner: string;
}

export interface UnpackedImage {
  readonly references: readonly string[];
  readonly digest: string;
  readonly manifest: { readonly annotations: Readonly<Record<string, string>> };
  readonly config: {
    readonly created?: string;
    readonly config: unknown;
    readonly rootfs: { readonly diff_ids: readonly string[] };
  };
  /** The digest of each layer before it was compressed. */
  readonly diffIds: readonly string[];
  /** Of all layers, the lowest first. */
  readonly entries: readonly Entry[];
  /** Folder with the files of all layers. */
  readonly rootfs: string;
}

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string }[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** Unpacks an OCI archive into an empty folder. Throws if a blob is not what its name says. */
export async function unpackImage(archive: string, folder: string): Promise<UnpackedImage> {
  const layout = join(folder, 'layout');
  const rootfs = join(folder, 'rootfs');
  for (const each of [layout, rootfs]) await mkdir(each, { recursive: true });
  await run('tar', ['--extract', '--file', archive, '--directory', layout]);
  const blobs = join(layout, 'blobs', 'sha256');
  const blobOf = (digest: string): string => join(blobs, digest.replace('sha256:', ''));
  for (const name of await readdir(blobs)) {
    const sum = createHash('sha256');
    await pipeline(createReadStream(join(blobs, name)), sum);
    if (sum.digest('hex') !== name) throw new Error(`the blob ${name} is another`);
  }
  const index = await readJson<{
    readonly manifests: readonly { readonly digest: string; readonly annotations: Readonly<Record<string, string>> }[];
  }>(join(layout, 'index.json'));
  const digest = index.manifests[0]?.digest ?? '';
  const manifest = await readJson<Manifest>(blobOf(digest));
  const entries: Entry[] = [];
  const diffIds: string[] = [];
  for (const layer of manifest.layers) {
    const file = blobOf(layer.digest);
    await run('tar', ['--extract', '--gzip', '--file', file, '--directory', rootfs, '--no-same-owner']);
    entries.push(...parseList(await run('tar', ['--list', '--verbose', '--numeric-owner', '--gzip', '--file', file])));
    const sum = createHash('sha256');
    await pipeline(createReadStream(file), createGunzip(), sum);
    diffIds.push(`sha256:${sum.digest('hex')}`);
  }
  return {
    references: index.manifests.map(({ annotations }) => annotations['org.opencontainers.image.ref.name'] ?? ''),
    digest,
    manifest,
    config: await readJson(blobOf(manifest.config.digest)),
    diffIds,
    entries,
    rootfs,
  };
}

/** Lines such as `-rw-r--r-- 0/0  1840 1970-01-01 00:00 ./app/main.mjs`. */
function parseList(text: string): readonly Entry[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [, mode = '', owner = '', path = ''] = /^(\S+) (\S+) +\S+ \S+ \S+ \.(.*)$/.exec(line) ?? [];
    if (mode === '') throw new Error(`tar says what is not understood here: ${line}`);
    return { path, mode, owner };
  });
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T;
}
