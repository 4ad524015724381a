import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program that could not be found on the PATH. */
export class CommandMissing extends Error {
  override readonly name = 'CommandMissing';
}

/** A program that ended with anything but 0; the message carries the last of what it said. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process' own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each line of stdout and stderr as it comes. */
  readonly onLine?: (line: string) => void;
}

/** Enough for the error of a compiler or of apt, without the pages before it. */
const LINES_IN_AN_ERROR = 20;

/**
 * Runs a program to its end and gives back what it wrote to stdout.
 * Throws CommandMissing if there is no such program, CommandFailed if it does not end with 0.
 */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const said: string[] = [];
  const stdout: string[] = [];
  createInterface(child.stdout).on('line', (line) => {
    stdout.push(line);
    options.onLine?.(line);
  });
  createInterface(child.stderr).on('line', (line) => {
    said.push(line);
    if (said.length > LINES_IN_AN_ERROR) said.shift();
    options.onLine?.(line);
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      reject(cause.code === 'ENOENT' ? new CommandMissing(`${program} is not installed`, { cause }) : cause);
    });
    child.once('close', (code, signal) => {
      if (code === 0) {
        resolve();
        return;
      }
      const last = said.length > 0 ? said : stdout.slice(-LINES_IN_AN_ERROR);
      const command = [program, ...args].join(' ');
      reject(new CommandFailed(`${command} ended with ${signal ?? code ?? 'nothing'}:\n${last.join('\n')}`));
    });
  });
  return stdout.join('\n');
}
