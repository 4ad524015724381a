import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

const main = join(import.meta.dirname, '..', 'cluster', 'main.ts');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Resolves when it has said this, on either stream; throws if it ends without. */
  said(text: string): Promise<void>;
  readonly ended: Promise<Ended>;
}

/** Starts `npm run cluster -- ARGS…` as a process of its own. */
export function startCommand(args: readonly string[]): Running {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
      child.emit('said');
    });
  }
  const ended = once(child, 'close').then(([code, signal]): Ended => {
    return { code: code as number | null, signal: signal as NodeJS.Signals | null, ...said };
  });
  return {
    child,
    ended,
    async said(text) {
      while (!`${said.stdout}${said.stderr}`.includes(text)) {
        const over = await Promise.race([once(child, 'said').then(() => false), ended.then(() => true)]);
        if (over && !`${said.stdout}${said.stderr}`.includes(text)) {
          throw new Error(`it ended without saying "${text}":\n${said.stdout}${said.stderr}`);
        }
      }
    },
  };
}

/** Runs `npm run cluster -- ARGS…` to its end and returns its stdout. Throws if it does not end with 0. */
export async function cluster(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await startCommand(args).ended;
  if (code !== 0) throw new Error(`cluster ${args.join(' ')} ended with ${code ?? 'a signal'}:\n${stdout}${stderr}`);
  return stdout;
}
