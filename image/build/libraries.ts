import { access, realpath } from 'node:fs/promises';
import { run } from './command.ts';

/** A file that a program loads before it starts. */
export interface Library {
  /** Where the loader looks for it, in the image too. */
  readonly path: string;
  readonly package: DebianPackage;
}

/** As dpkg has it. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** The source package, under which Debian publishes security advisories. */
  readonly source: string;
}

/**
 * What a program needs at run time of the machine, by path, with the packages that brought it: its loader and the shared
 * libraries, and theirs. Throws where there is no dpkg: the image would hold files of which nobody knows the version.
 */
export async function librariesOf(program: string): Promise<readonly Library[]> {
  const paths = parseLdd(await run('ldd', [program]));
  const libraries = paths.map(async (path) => ({ path, package: await packageOf(path) }));
  return (await Promise.all(libraries)).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Reads `libc.so.6 => /lib/…/libc.so.6 (0x…)` and `/lib64/ld-linux-x86-64.so.2 (0x…)`. Throws if something is missing. */
export function parseLdd(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.flatMap((line) => {
    if (line.includes('not found')) throw new Error(`a library is missing on this machine: ${line.trim()}`);
    const path = /(?:^|=> )\s*(\/\S+) \(0x[0-9a-f]+\)$/.exec(line)?.[1];
    if (path !== undefined) return path;
    // The kernel's own; it is in no file.
    if (/^\s*linux-(vdso|gate)\.so/.test(line)) return [];
    throw new Error(`ldd says what is not understood here: ${line.trim()}`);
  });
}

async function packageOf(path: string): Promise<DebianPackage> {
  const owner = await ownerOf(path);
  const format = ['Package', 'Version', 'Architecture', 'source:Package'].map((field) => `\${${field}}`).join('\\t');
  const fields = (await run('dpkg-query', ['--show', `--showformat=${format}`, owner])).split('\t');
  const [name = '', version = '', architecture = '', source = ''] = fields;
  return { name, version, architecture, source };
}

/** dpkg knows a file by the path its package has; since /lib is a link to /usr/lib, that may be either. */
async function ownerOf(path: string): Promise<string> {
  await access(path);
  const real = await realpath(path);
  const candidates = [path, `/usr${path}`, real, real.replace(/^\/usr\//, '/')];
  const found = await Promise.allSettled(candidates.map((each) => run('dpkg-query', ['--search', each])));
  for (const each of found) {
    const owner = each.status === 'fulfilled' ? /^(\S+): \//m.exec(each.value)?.[1] : undefined;
    if (owner !== undefined) return owner;
  }
  const reasons = found.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  throw new AggregateError(reasons, `no Debian package is known to have brought ${path}`, { cause: reasons[0] });
}
