import { spawn, spawnSync, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** Longer than a process takes that does as it is told. */
const endTimeoutMs = 10_000;

/** Processors for the servers and for the load, or null where processes cannot be bound to them: no taskset, or one alone. */
export type Pinning = { readonly servers: number; readonly load: number } | null;

/** Finds out which processors this process may use, and whether processes can be bound to them. */
export function findPinning(): Pinning {
  const [servers, load] = allowedProcessors();
  if (servers === undefined || load === undefined) return null;
  const tried = spawnSync('taskset', ['-c', String(servers), 'true']);
  return tried.status === 0 ? { servers, load } : null;
}

/** Starts a program, bound to a processor where that can be done. */
export function start(
  command: readonly string[],
  options: {
    readonly processor: number | undefined;
    readonly env?: Readonly<Record<string, string>>;
    readonly stdio: StdioOptions;
  },
): ChildProcess {
  const { processor, env = {}, stdio } = options;
  const bound = processor === undefined ? command : ['taskset', '-c', String(processor), ...command];
  const [program = '', ...rest] = bound;
  return spawn(program, rest, { env: { PATH: process.env.PATH ?? '', ...env }, stdio });
}

/** Resolves when the process has ended, by SIGTERM or else by force. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), endTimeoutMs);
  await ended;
  clearTimeout(force);
}

/** Throws, with what it was that ended, as soon as the process has. */
export async function failsWhenEnded(child: ChildProcess, what: string): Promise<never> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  throw new Error(`${what} ended with ${code ?? signal ?? 'nothing'}`);
}

/** As the kernel lists them, such as `0-1,4`. */
function allowedProcessors(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
