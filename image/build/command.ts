import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { root } from './root.ts';

const execute = promisify(execFile);

/** `npm sbom` of a few hundred packages is a quarter of a megabyte. */
const mostOutputBytes = 64 * 2 ** 20;

/**
 * Runs a program in the project's folder and gives back what it wrote to stdout. Throws if it does not end with 0, or is
 * not there; the message has what it said.
 */
export async function run(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execute(program, [...args], { cwd: root, maxBuffer: mostOutputBytes });
  return stdout;
}
