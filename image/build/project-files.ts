import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Bundle } from './bundle.ts';
import { licenceNotices } from './notices.ts';
import { root } from './root.ts';

/** Writes what the image has in /app into a folder: the bundle, and the licences of what is in it. */
export async function writeProjectFiles(folder: string, { files, packages }: Bundle): Promise<void> {
  await makeFolder(folder);
  for (const { path, contents } of files) {
    await makeFolder(join(folder, dirname(path)));
    await writeFile(join(folder, path), contents);
  }
  await copyFile(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  await writeFile(join(folder, 'NOTICES'), await licenceNotices(packages.map(({ folder }) => folder)));
  // Whatever umask the builder has; a Dockerfile copies the modes.
  for (const path of [...files.map((file) => file.path), 'LICENSE', 'NOTICES']) await chmod(join(folder, path), 0o644);
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o755);
}
