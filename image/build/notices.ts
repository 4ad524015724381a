import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './root.ts';

/**
 * The licences of packages, which most of them ask to be passed on with every copy. `folders` from the project's own:
 * `node_modules/pino`. A package without such a file is named with the licence that its package.json declares.
 */
export async function licenceNotices(folders: readonly string[]): Promise<string> {
  const texts = await Promise.all(folders.map(notice));
  return texts.join(`\n${'-'.repeat(78)}\n\n`);
}

async function notice(folder: string): Promise<string> {
  const path = join(root, folder);
  const manifest = JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as Manifest;
  const names = (await readdir(path)).filter((name) => /^(licen[cs]e|copying|notice)\b/i.test(name)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(path, name), 'utf8')));
  const title = `${manifest.name} ${manifest.version} (${manifest.license ?? 'no licence declared'})`;
  return `${[title, ...texts.map((text) => text.trim())].join('\n\n')}\n`;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}
