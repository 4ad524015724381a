import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A process that was killed leaves its cgroup when the kernel gets to it. */
const emptyTimeoutMs = 10_000;
const pollMs = 20;

const kubeletControllers = ['cpu', 'cpuset', 'hugetlb', 'memory', 'pids'];

/** Roots of the cgroup hierarchies in the text of /proc/mounts: several of version 1, one of version 2, or both. */
export function hierarchiesIn(mounts: string): readonly string[] {
  const found = mounts.split('\n').map((line) => line.split(' '));
  return found.flatMap(([, path = '', type = '']) => (type === 'cgroup' || type === 'cgroup2' ? [path] : []));
}

/**
 * Makes a group in every hierarchy, for the kubelet to keep its pods in: two kubelets in the same group would each end the
 * pods of the other as unknown.
 */
export async function makeCgroup(name: string): Promise<void> {
  const roots = await hierarchies();
  const [only, ...more] = roots;
  // Beside hierarchies of version 1, which have the controllers, that of version 2 only counts processes.
  if (only !== undefined && more.length === 0) await handDown(only);
  for (const root of roots) {
    const group = join(root, name);
    await mkdir(group, { recursive: true });
    // In version 1 nothing can be put into a cpuset that says nothing.
    for (const setting of ['cpuset.cpus', 'cpuset.mems']) {
      const inherited = join(root, setting);
      if (existsSync(inherited)) await writeFile(join(group, setting), await readFile(inherited));
    }
  }
}

/**
 * The kubelet wants every controller it knows that the machine has, and in version 2 a group has those its parent hands down.
 * Throws where they cannot be: in a container whose processes are in the root of what it sees.
 */
async function handDown(root: string): Promise<void> {
  const available = (await readFile(join(root, 'cgroup.controllers'), 'utf8')).trim().split(' ');
  const wanted = kubeletControllers.filter((controller) => available.includes(controller));
  try {
    await writeFile(join(root, 'cgroup.subtree_control'), wanted.map((controller) => `+${controller}`).join(' '));
  } catch (cause) {
    throw new Error(`${root} cannot hand ${wanted.join(', ')} down to the cluster's control group`, { cause });
  }
}

/** Removes a group with all below it from every hierarchy. Throws if a process stays in it for 10 s. */
export async function removeCgroup(name: string): Promise<void> {
  const deadline = performance.now() + emptyTimeoutMs;
  for (const root of await hierarchies()) {
    while (!(await removeTree(join(root, name)))) {
      if (performance.now() > deadline) throw new Error(`the control group ${join(root, name)} does not get empty`);
      await delay(pollMs);
    }
  }
}

async function hierarchies(): Promise<readonly string[]> {
  return hierarchiesIn(await readFile('/proc/mounts', 'utf8'));
}

/** The files of a group cannot be removed, and go with it. false: there still is a process in it. */
async function removeTree(group: string): Promise<boolean> {
  try {
    const entries = await readdir(group, { withFileTypes: true });
    for (const entry of entries) {
      if (entry.isDirectory() && !(await removeTree(join(group, entry.name)))) return false;
    }
    await rmdir(group);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return true;
    if (code === 'EBUSY') return false;
    throw error;
  }
}
