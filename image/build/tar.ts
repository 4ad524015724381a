import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** The same files give the same bytes: times are left out, names sorted. Everything is root's, and nobody else may write. */
const options = [
  '--format=gnu',
  '--sort=name',
  '--mtime=@0',
  '--numeric-owner',
  '--owner=0',
  '--group=0',
  '--mode=u=rwX,go=rX',
];

/**
 * Packs what is below a folder. Give `consume` the archive as it comes; resolves when both have ended. Throws if tar cannot
 * read the files, with its words.
 */
export async function packTar(folder: string, consume: (archive: Readable) => Promise<void>): Promise<void> {
  const child = spawn('tar', [...options, '--directory', folder, '--create', '--file', '-', '.'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'close') as Promise<[number | null]>;
  const [[code]] = await Promise.all([ended, consume(child.stdout)]);
  if (code !== 0) throw new Error(`tar ended with ${code ?? 'a signal'}: ${said}`);
}
