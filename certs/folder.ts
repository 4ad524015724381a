import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { readPair } from './content.ts';
import type { SeenFolder } from './situation.ts';

/**
 * Reads what the webhook serves from, of one version, as it does itself.
 *
 * @throws what the file system throws, but for a file that is not there.
 */
export async function readFolder(folder: string): Promise<SeenFolder> {
  const version = await realpath(join(folder, '..data')).catch(() => folder);
  const [cert, key, bundle] = await Promise.all(
    ['tls.crt', 'tls.key', 'ca.crt'].map((name) => readIfThere(join(version, name))),
  );
  return { leaf: readPair(cert ?? '', key ?? ''), bundle: bundle ?? '' };
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
