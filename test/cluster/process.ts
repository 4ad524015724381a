import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** One process for ever: a process id is given out again, the same with the same start time is not before a reboot. */
export interface Identity {
  readonly pid: number;
  /** Field 22 of proc(5)'s stat: clock ticks between boot and the start. */
  readonly startTicks: number;
}

/** The system says nothing when a process that is not our child ends, so it is asked this often. */
const pollMs = 10;

/**
 * Reads a line of /proc/PID/stat (proc(5)). `over`: has ended and only waits for its parent to notice. A first thread that
 * has ended before the others shows as a zombie, too, while those still hold the process' ports.
 */
export function parseStat(line: string): (Identity & { readonly over: boolean }) | null {
  // The second field is the name in parentheses and may itself hold blanks and parentheses.
  const [, pid, rest] = /^(\d+) \(.*\) (.*)$/s.exec(line) ?? [];
  const fields = rest?.split(' ');
  const startTicks = Number(fields?.[19]);
  if (pid === undefined || !Number.isSafeInteger(startTicks)) return null;
  return { pid: Number(pid), startTicks, over: 'ZXx'.includes(fields?.[0] ?? '') && Number(fields?.[17]) <= 1 };
}

/** Who has this process id now. null: nobody. */
export async function identify(pid: number): Promise<Identity | null> {
  const line = await readIfThere(`/proc/${pid}/stat`);
  const found = line === null ? null : parseStat(line);
  return found === null || found.over ? null : { pid: found.pid, startTicks: found.startTicks };
}

/** Whether this very process still runs. */
export async function isAlive(identity: Identity): Promise<boolean> {
  return (await identify(identity.pid))?.startTicks === identity.startTicks;
}

/** Sends a signal to this very process; does nothing if it has ended. */
export async function send(identity: Identity, signal: NodeJS.Signals): Promise<void> {
  if (!(await isAlive(identity))) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    // It ended after it was looked for.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Resolves to whether the process ended within the time. */
export async function awaitEnd(identity: Identity, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (await isAlive(identity)) {
    if (performance.now() > deadline) return false;
    await delay(pollMs);
  }
  return true;
}

/** The text of a file; null if there is none (of a process that ends while its file is read, too). */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'ENOTDIR') return null;
    throw error;
  }
}
