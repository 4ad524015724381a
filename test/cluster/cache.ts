import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Progress } from './progress.ts';

/** Where everything built is kept, outside the checkout so that a fresh clone does not build again. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const base = env.XDG_CACHE_HOME;
  // The XDG base directory specification wants a relative or empty value ignored.
  return join(base?.startsWith('/') === true ? base : join(homedir(), '.cache'), 'restore-hooks');
}

/**
 * Sees to it that `folder` exists, having `make` fill a temporary one that then takes its name: whoever sees the folder
 * sees all of it, whenever a process is killed. Of several processes at once, one makes it and the others wait.
 * Throws what `make` throws.
 */
export async function ensureFolder(
  folder: string,
  progress: Progress,
  make: (temporary: string) => Promise<void>,
): Promise<void> {
  if (existsSync(folder)) return;
  await withLock(`${folder}.lock`, progress, async () => {
    if (existsSync(folder)) return;
    await inTemporary(folder, async (temporary) => {
      await make(temporary);
      await rename(temporary, folder);
    });
  });
}

/**
 * Gives `work` a folder beside `path` (so that a rename from one to the other is atomic) and removes it afterwards,
 * together with what killed processes left. To be called with the lock of `path` held.
 */
export async function inTemporary(path: string, work: (temporary: string) => Promise<void>): Promise<void> {
  const prefix = `${basename(path)}.part-`;
  const beside = dirname(path);
  for (const left of await readdir(beside)) {
    if (left.startsWith(prefix)) await rm(join(beside, left), { recursive: true, force: true });
  }
  const temporary = await mkdtemp(join(beside, prefix));
  try {
    // mkdtemp makes it private; mmdebstrap has apt's own user look into it.
    await chmod(temporary, 0o755);
    await work(temporary);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** sysexits.h: "temporary failure; the user is invited to retry". Tells a held lock from any failure of flock itself. */
const EX_TEMPFAIL = 75;

/**
 * Runs `work` while no other process holds the lock of this file, waiting for it if need be.
 * The kernel frees the lock with the process, however that ends: there are no locks left behind to be recognised.
 * Throws what `work` throws, and an Error if there is no flock(1), which util-linux brings.
 */
export async function withLock<T>(file: string, progress: Progress, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  let holder = await hold(file, true);
  if (holder === null) {
    progress.step(`Waiting for another process that is at the same work (${basename(file)})`);
    holder = await hold(file, false);
  }
  try {
    return await work();
  } finally {
    await holder?.release();
  }
}

/**
 * Node has no flock(2) of its own, so a child holds the lock. It lives until its stdin closes, which the kernel does
 * when this process ends, even by SIGKILL. null: held by another process, and `impatient`.
 */
async function hold(file: string, impatient: boolean): Promise<{ release(): Promise<void> } | null> {
  const mode = impatient ? ['--nonblock', '--conflict-exit-code', String(EX_TEMPFAIL)] : [];
  // A process group of its own: Ctrl-C is not to free the lock before the work has stopped.
  const child = spawn('flock', ['--no-fork', ...mode, file, 'sh', '-c', 'echo locked; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause) => reject(new Error('flock (of util-linux) cannot be run', { cause })));
    child.once('close', resolve);
  });
  const code = await Promise.race([once(child.stdout, 'data').then(() => 'locked' as const), closed]);
  if (code === 'locked') {
    return {
      release: async () => {
        child.stdin.end();
        await closed;
      },
    };
  }
  if (impatient && code === EX_TEMPFAIL) return null;
  throw new Error(`flock could not lock ${file}: it ended with ${code ?? 'a signal'}`);
}
