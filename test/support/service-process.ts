import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { LogLines, type LogLine } from './log-lines.ts';

/** The webhook or the executor as a process of its own, as it runs in a cluster, and its log as it comes. */
export interface ServiceProcess {
  readonly pid: number;
  readonly lines: readonly LogLine[];
  /** Resolves to the first line, past or future, that fits; rejects if the process ends before. */
  line(fits: (line: LogLine) => boolean): Promise<LogLine>;
  /** Calls for every line, past ones first. */
  each(listener: (line: LogLine) => void): void;
  kill(signal: NodeJS.Signals): void;
  /** Sends SIGTERM and resolves to the exit code when the process has ended. null: it was killed. */
  stop(): Promise<number | null>;
  /** Resolves to the exit code when the process has ended. null: it was killed. */
  readonly ended: Promise<number | null>;
}

/**
 * Starts `webhook/main.ts` or `executor/main.ts` with this environment. What it writes to standard error, and what is no
 * JSON, is an Error of `line` if it ends.
 */
export function startService(name: 'webhook' | 'executor', env: Readonly<Record<string, string>>): ServiceProcess {
  const main = fileURLToPath(new URL(`../../${name}/main.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = new LogLines();
  let strange = '';
  let rest = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (strange += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) take(part);
  });
  const ended = exitOf(child);

  function take(text: string): void {
    let parsed: LogLine;
    try {
      parsed = JSON.parse(text) as LogLine;
    } catch (error) {
      strange += `${text}\n(${String(error)})\n`;
      return;
    }
    lines.add(parsed);
  }

  return {
    pid: child.pid ?? 0,
    lines: lines.all,
    ended,
    each: (listener) => lines.each(listener),
    line: (fits) =>
      Promise.race([
        lines.first(fits),
        ended.then((code) => {
          const last = lines.all.slice(-5).map((line) => JSON.stringify(line));
          throw new Error(`the ${name} ended with ${code ?? 'a signal'}: ${strange}\n${last.join('\n')}`);
        }),
      ]),
    kill: (signal) => void child.kill(signal),
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}
