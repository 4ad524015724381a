import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hierarchiesIn } from '../cluster/cgroup.ts';
import { run } from '../cluster/command.ts';
import { readIfThere } from '../cluster/process.ts';

/** What a cluster can leave on a machine, each piece as a line a person can make sense of. */
export async function tracesOf(name: string, device: string | null): Promise<readonly string[]> {
  const mounts = await readFile('/proc/mounts', 'utf8');
  const mounted = mounts.split('\n').filter((line) => line.includes(name));
  const groups = await Promise.all(hierarchiesIn(mounts).map((root) => cgroupsBelow(root, name)));
  const links = (await run('ip', ['-brief', 'link']))
    .split('\n')
    .filter((line) => device !== null && line.startsWith(`${device}@`));
  return [
    ...(await processesOf(name)),
    ...mounted.map((line) => `mount ${line}`),
    ...groups.flat().map((path) => `cgroup ${path}`),
    ...links.map((line) => `link ${line}`),
  ];
}

/**
 * What must not change by clusters that come and go: the machine's packet filter tables, named network namespaces and mounts.
 * Anything else on the machine that changes them meanwhile shows, too.
 */
export async function readMachine(): Promise<{
  readonly tables: string;
  readonly namespaces: string;
  readonly mounts: string;
}> {
  return {
    tables: await run('nft', ['list', 'tables']),
    namespaces: await run('ip', ['netns']),
    mounts: await readFile('/proc/mounts', 'utf8'),
  };
}

/**
 * Processes that have to do with an instance by their command line, their environment, their cgroup, or by the mounts they
 * see, which for all that is in the node, its pods included, hold folders of the instance.
 */
async function processesOf(name: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    if (Number(pid) === process.pid) continue;
    const texts = await Promise.all(
      ['cmdline', 'environ', 'cgroup', 'mountinfo'].map((file) => readProcessFile(pid, file)),
    );
    if (texts.some((text) => text.includes(name)))
      found.push(`process ${pid} ${texts[0]?.replaceAll('\0', ' ') ?? ''}`);
  }
  return found;
}

async function readProcessFile(pid: string, file: string): Promise<string> {
  try {
    return (await readIfThere(join('/proc', pid, file))) ?? '';
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // One that has ended has no mounts to be read, and some do not let even root see what they are made of.
    if (code === 'EINVAL' || code === 'EACCES') return '';
    throw error;
  }
}

async function cgroupsBelow(root: string, name: string): Promise<readonly string[]> {
  const entries = await readdir(root);
  const named = entries.filter((entry) => entry.includes(name)).map((entry) => join(root, entry));
  const folders = await Promise.all(named.map(async (path) => ((await stat(path)).isDirectory() ? [path] : [])));
  return folders.flat();
}
