import { createHash } from 'node:crypto';
import { glob, mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { reference } from '../../image/build/config.ts';
import { root } from '../../image/build/root.ts';
import { cacheFolder, ensureFolder, withLock } from '../cluster/cache.ts';
import { run } from '../cluster/command.ts';
import { kubeconfigOf, listInstances, recordsOf, type Instance } from '../cluster/instance.ts';
import { within } from '../cluster/node.ts';
import { silent, type Progress } from '../cluster/progress.ts';
import type { AnyCluster } from './own-cluster.ts';

/** What the image is a function of, besides this machine's libraries. */
const sources = ['{shared,webhook,executor,certs,image}/**/*.{ts,txt}', 'package.json', 'package-lock.json', 'LICENSE'];
/** What changed there may have changed a library. */
const installedPackages = '/var/lib/dpkg/status';
/** Of each some 50 MB; several checkouts, or states of one, may be in use at once. */
const keptArchives = 5;
const pollMs = 50;

/**
 * Sees to it that pods of an embedded cluster can run this checkout: builds its image, once for each state of the sources, and
 * imports it into the cluster's containerd if another image is there under its name. Some 15 s the first time, 2 to 5 s after
 * a change, a fraction of a second after none; several processes may ask at once. Pods need `imagePullPolicy` IfNotPresent.
 * Throws on any other cluster: its owner has to load the archive of `npm run image`.
 *
 * @returns what pods call it, `docker.io/library/restore-hooks:VERSION`
 */
export async function ensureOwnImage(cluster: Pick<AnyCluster, 'kubeconfig'>, progress = silent): Promise<string> {
  const instance = (await listInstances()).find((each) => kubeconfigOf(each) === resolve(cluster.kubeconfig));
  if (instance === undefined)
    throw new Error(`${cluster.kubeconfig} is of no embedded cluster: only those can be given the image`);
  const archive = await ensureArchive(progress);
  await withLock(join(recordsOf(instance.name), 'own-image.lock'), progress, () => importImage(instance, archive));
  return reference;
}

/** The archive that `npm run image` makes of the sources as they are. */
export async function ensureArchive(progress: Progress): Promise<string> {
  const cache = join(cacheFolder(process.env), 'own-image');
  const folder = join(cache, `state-${await stateOfSources()}`);
  await mkdir(cache, { recursive: true });
  await ensureFolder(folder, progress, async (temporary) => {
    progress.step('Making the image of the project');
    const program = join(root, 'image', 'build', 'main.ts');
    // In a process of its own: the bundler does not run within Jest's environment.
    await run(process.execPath, [program, '--out', join(temporary, archiveName), '--cache', cache], { cwd: root });
    await dropOldest(cache);
  });
  const now = new Date();
  await utimes(folder, now, now);
  return join(folder, archiveName);
}

const archiveName = 'restore-hooks.oci.tar';

async function stateOfSources(): Promise<string> {
  const sum = createHash('sha256').update(JSON.stringify([process.version, process.arch]));
  const paths: string[] = [];
  for await (const path of glob(sources, { cwd: root })) paths.push(path);
  for (const path of paths.sort()) sum.update(`\0${path}\0`).update(await readFile(join(root, path)));
  return sum
    .update(await readFile(installedPackages))
    .digest('hex')
    .slice(0, 12);
}

/** Leaves room for the one in the making. */
async function dropOldest(cache: string): Promise<void> {
  const names = (await readdir(cache)).filter((name) => /^state-[0-9a-f]+$/.test(name));
  const folders = names.map((name) => join(cache, name));
  const used = await Promise.all(folders.map(async (folder) => ({ folder, at: (await stat(folder)).mtimeMs })));
  const old = used.sort((a, b) => b.at - a.at).slice(keptArchives - 1);
  for (const { folder } of old) await rm(folder, { recursive: true, force: true });
}

async function importImage(instance: Instance, archive: string): Promise<void> {
  const index = JSON.parse(await run('tar', ['--extract', '--to-stdout', '--file', archive, './index.json'])) as Index;
  const digest = index.manifests[0]?.digest ?? '';
  if (await isPresent(instance, digest)) return;
  // The kubelet has it unpacked by whichever snapshotter the node has.
  await ctr(instance, ['images', 'import', '--no-unpack', archive]);
  while (!(await isPresent(instance, digest))) await delay(pollMs);
}

interface Index {
  readonly manifests: readonly { readonly digest: string }[];
}

/** Whether the name is this image's, and the kubelet's side of containerd knows of it, which learns of it by an event. */
async function isPresent(instance: Instance, digest: string): Promise<boolean> {
  const filter = `name==${reference},target.digest==${digest},labels."io.cri-containerd.image"==managed`;
  const listed = await ctr(instance, ['images', 'list', '--quiet', filter]);
  return listed.trim() === reference;
}

async function ctr(instance: Instance, args: readonly string[]): Promise<string> {
  const [program, ...rest] = await within(instance, ['ctr', '--namespace', 'k8s.io', ...args]);
  return run(program, rest);
}
