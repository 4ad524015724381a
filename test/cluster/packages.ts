import { chmod, copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, withLock } from './cache.ts';
import { CommandFailed, CommandMissing, run } from './command.ts';
import type { Progress } from './progress.ts';

/** What the node and the images are made of; mount and util-linux (flock, nsenter) are missing from few machines. */
export const packages: readonly string[] = [
  'busybox-static',
  'conntrack',
  'containerd',
  'containernetworking-plugins',
  'etcd-server',
  'iproute2',
  'iptables',
  'mmdebstrap',
  'mount',
  'nftables',
  'runc',
  'util-linux',
];

/** Somebody else's apt may be at work: unattended upgrades on a fresh machine. */
const APT_LOCK_TIMEOUT_S = 300;

/**
 * Sees to it that the Debian packages the embedded cluster runs on are installed, without starting their services.
 * Throws a two-line error that names the packages where they cannot be installed, CommandFailed if apt-get fails.
 */
export async function ensurePackages(progress: Progress, wanted: readonly string[] = packages): Promise<void> {
  if ((await missingOf(wanted)).length === 0) return;
  if (process.getuid?.() !== 0) throw byHand(await missingOf(wanted), 'only root can install them');
  await withLock(join(cacheFolder(process.env), 'packages.lock'), progress, async () => {
    const missing = await missingOf(wanted);
    if (missing.length > 0) await withoutServices('/usr/sbin/policy-rc.d', () => install(progress, missing));
  });
}

async function missingOf(wanted: readonly string[]): Promise<readonly string[]> {
  const listed = await run('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n']).catch((error: unknown) => {
    throw error instanceof CommandMissing ? byHand(wanted, 'there is no dpkg-query, so this is no Debian') : error;
  });
  const installed = new Set(listed.split('\n').filter((line) => line.endsWith(' installed')));
  return wanted.filter((name) => !installed.has(`${name} installed`));
}

async function install(progress: Progress, missing: readonly string[]): Promise<void> {
  const began = performance.now();
  const env = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  const patience = ['-o', `DPkg::Lock::Timeout=${APT_LOCK_TIMEOUT_S}`];
  progress.step('Reading the package lists (apt-get update)');
  await run('apt-get', [...patience, 'update'], { env }).catch((error: unknown) => {
    throw error instanceof CommandMissing ? byHand(missing, 'there is no apt-get') : error;
  });
  progress.step(`Installing ${missing.length} Debian packages`);
  const args = ['install', '--yes', '--no-install-recommends', '-o', 'APT::Status-Fd=1', ...missing];
  await run('apt-get', [...patience, ...args], {
    env,
    onLine: (line) => {
      const status = parseStatus(line);
      if (status !== null) progress.bar(status.percent, 100, status.what);
    },
  });
  progress.done(
    `Installed ${missing.join(' ')} in ${Math.round((performance.now() - began) / 1000)} s, services not started.`,
  );
}

/** Of APT::Status-Fd (apt's README.progress-reporting): `dlstatus:1:20.5:…` while downloading, then `pmstatus:PACKAGE:40:…`. */
export function parseStatus(line: string): { percent: number; what: string } | null {
  const [, kind, , percent, what] = /^(dl|pm)status:([^:]*):([0-9.]+):(.*)$/.exec(line) ?? [];
  if (percent === undefined || what === undefined) return null;
  // apt counts twice to 100; what it does second takes about as long.
  return { percent: Number(percent) / 2 + (kind === 'pm' ? 50 : 0), what };
}

const MARK = '# Written by restore-hooks while it installs packages; without effect once that is over.';

/**
 * Debian starts what it installs unless policy-rc.d says no; its etcd and containerd would take ports and a socket.
 * The script forbids nothing once this process is gone, so that even a SIGKILL leaves no machine without services.
 */
export async function withoutServices(policy: string, work: () => Promise<void>): Promise<void> {
  const before = `${policy}.before-restore-hooks`;
  await putBack(policy, before);
  if (existsSync(policy)) await copyFile(policy, before);
  const otherwise = existsSync(before) ? `exec '${before}' "$@"` : 'exit 0';
  const script = ['#!/bin/sh', MARK, `if kill -0 ${process.pid} 2>/dev/null; then exit 101; fi`, otherwise, ''];
  await writeFile(`${policy}.new`, script.join('\n'));
  await chmod(`${policy}.new`, 0o755);
  try {
    await rename(`${policy}.new`, policy);
    await work();
  } finally {
    await putBack(policy, before);
  }
}

/** Also what a killed process left. A policy without our mark is somebody else's, whatever lies beside it. */
async function putBack(policy: string, before: string): Promise<void> {
  const ours = existsSync(policy) && (await readFile(policy, 'utf8')).includes(MARK);
  if (ours && existsSync(before)) await rename(before, policy);
  else if (ours) await rm(policy);
  else await rm(before, { force: true });
}

function byHand(missing: readonly string[], why: string): Error {
  return new CommandFailed(
    `The embedded cluster needs Debian packages that are not installed, and ${why}.\n` +
      `Install them as root: apt-get install --no-install-recommends ${missing.join(' ')}`,
  );
}
