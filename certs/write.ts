import { randomBytes } from 'node:crypto';
import { mkdir, open, readlink, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { CertificatePair } from './pair.ts';

/** The files, called as in a Secret of type kubernetes.io/tls. */
export const certificateFiles = ['tls.crt', 'tls.key', 'ca.crt'] as const;

/**
 * Writes a serving certificate, its key (mode 0600) and the authority's certificate into a folder, over what is there. It is
 * laid out as a kubelet lays out a Secret's volume: the files point through `..data` into a folder of this version, and
 * `..data` is swapped in one step, so that a reader of `..data` never finds the certificate of one version and the key of
 * another.
 *
 * @returns the paths of the three files.
 * @throws what the file system throws; the version that was there before is then still in place.
 */
export async function writeCertificates(folder: string, serving: CertificatePair, caCert: string): Promise<string[]> {
  const unique = randomBytes(6).toString('hex');
  const version = `..${unique}`;
  await mkdir(join(folder, version), { recursive: true, mode: 0o700 });
  await writeDurably(join(folder, version, 'tls.crt'), serving.cert, 0o644);
  await writeDurably(join(folder, version, 'tls.key'), serving.key, 0o600);
  await writeDurably(join(folder, version, 'ca.crt'), caCert, 0o644);

  const previous = await readLinkIfThere(join(folder, '..data'));
  await link(version, folder, '..data', unique);
  for (const name of certificateFiles) await link(join('..data', name), folder, name, unique);
  if (previous !== null) await rm(join(folder, previous), { recursive: true, force: true });
  return certificateFiles.map((name) => join(folder, name));
}

/** null: nothing is there, or what is there is no link. */
async function readLinkIfThere(path: string): Promise<string | null> {
  try {
    return await readlink(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EINVAL') return null;
    throw error;
  }
}

/** Replaces in one step whatever bears the name, a plain file of an earlier layout included. */
async function link(target: string, folder: string, name: string, unique: string): Promise<void> {
  const temporary = join(folder, `..tmp-${unique}`);
  await symlink(target, temporary);
  await rename(temporary, join(folder, name));
}

async function writeDurably(path: string, text: string, mode: number): Promise<void> {
  await using file = await open(path, 'wx', mode);
  await file.writeFile(text);
  await file.sync();
}
