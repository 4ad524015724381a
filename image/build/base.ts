import { access, chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createHash } from 'node:crypto';
import { run } from './command.ts';
import { nodePath, user } from './config.ts';
import { librariesOf, type DebianPackage, type Library } from './libraries.ts';
import { root } from './root.ts';

/** What the lower layer is made of: Node, and what it needs of the machine. */
export interface Base {
  /** The binary. */
  readonly node: string;
  readonly nodeSha256: string;
  /** File with its licence and those of what is built into it. */
  readonly nodeLicence: string;
  /** Of Node and of what is built into it, by `process.versions`. */
  readonly versions: Readonly<Record<string, string>> & { readonly node: string };
  readonly libraries: readonly Library[];
  /** Of the release the libraries are from, `12` for Debian 12. */
  readonly debian: string;
}

const osRelease = '/etc/os-release';
const bundledNode = join(root, 'node_modules/node/bin/node');

/** Node logs in nobody, and looks up the home of whoever runs it. */
const passwd = `root:x:0:0:root:/root:/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin
nonroot:x:${user.uid}:${user.gid}:nonroot:/nonexistent:/sbin/nologin
`;
const group = `root:x:0:
nogroup:x:65534:
nonroot:x:${user.gid}:
`;

/** Looks at what there is: the binary of the npm package `node`, and its libraries. Throws where they are not. */
export async function readBase(node = bundledNode): Promise<Base> {
  const [bytes, versions, libraries, release] = await Promise.all([
    readFile(node),
    run(node, ['--print', 'JSON.stringify(process.versions)']),
    librariesOf(node),
    readFile(osRelease, 'utf8'),
  ]);
  const parsed = JSON.parse(versions) as Base['versions'];
  return {
    node,
    nodeSha256: createHash('sha256').update(bytes).digest('hex'),
    nodeLicence: await licenceOf(parsed.node),
    versions: parsed,
    libraries,
    debian: /^VERSION_ID="?([^"\n]+)/m.exec(release)?.[1] ?? 'unknown',
  };
}

/** The npm package leaves it out when it is installed, so the checkout has it. */
async function licenceOf(version: string): Promise<string> {
  const file = join(import.meta.dirname, 'licences', `node-${version}.txt`);
  try {
    await access(file);
  } catch (cause) {
    throw new Error(`${file} is not there: it is the file LICENSE of Node's release`, { cause });
  }
  return file;
}

/** The packages the libraries are from, each once, by name. */
export function debianPackages({ libraries }: Base): readonly DebianPackage[] {
  const packages = new Map(libraries.map((library) => [library.package.name, library.package]));
  return [...packages.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Changes with anything that could make another layer. */
export async function baseKey(base: Base): Promise<string> {
  const { nodeSha256, nodeLicence, libraries } = base;
  // With the versions of the packages, of which dpkg's records in the layer are.
  const sum = createHash('sha256').update(JSON.stringify([nodeSha256, libraries]));
  for (const file of [...libraries.map(({ path }) => path), nodeLicence, osRelease, import.meta.filename])
    sum.update(await readFile(file));
  return sum.digest('hex').slice(0, 12);
}

/**
 * Fills an empty folder with the lower layer's files: Node, its libraries, the user, and what tells a scanner what these are
 * (os-release and dpkg's records, where distroless images have them) and their users under which licences. No shell, no
 * package manager; no CA certificates and no time zones, since Node has its own.
 */
export async function writeBaseFiles(rootfs: string, base: Base): Promise<void> {
  const write = async (path: string, text: string) => writeFile(await place(rootfs, path), text);
  await copyFile(base.node, await place(rootfs, nodePath));
  await copyFile(base.nodeLicence, await place(rootfs, '/nodejs/LICENSE'));
  for (const { path } of base.libraries) await copyFile(path, await place(rootfs, path));
  await write('/etc/passwd', passwd);
  await write('/etc/group', group);
  await write('/etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n');
  await copyFile(osRelease, await place(rootfs, osRelease));
  for (const { name, architecture } of debianPackages(base)) {
    await write(`/var/lib/dpkg/status.d/${name}`, await run('dpkg-query', ['--status', `${name}:${architecture}`]));
    const copyright = `/usr/share/doc/${name}/copyright`;
    await copyFile(copyright, await place(rootfs, copyright));
  }
  const programs = [nodePath, ...base.libraries.map(({ path }) => path).filter((path) => /\/ld[^/]*$/.test(path))];
  for (const path of programs) await chmod(join(rootfs, path), 0o755);
}

async function place(rootfs: string, path: string): Promise<string> {
  const file = join(rootfs, path);
  await mkdir(dirname(file), { recursive: true });
  return file;
}
