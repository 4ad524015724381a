import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliSurroundings {
  /** A path; process.execPath unless given. */
  readonly node?: string;
  readonly stdin?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The command line program as it is delivered, built anew from the sources. */
export interface CliBundle {
  /** The script that package.json calls its bin. */
  readonly script: string;
  /** Runs one command line to its end. */
  run(words: readonly string[], surroundings?: CliSurroundings): Promise<CliResult>;
  remove(): Promise<void>;
}

/** Bundles the program into a folder of its own. */
export async function buildCli(): Promise<CliBundle> {
  const folder = mkdtempSync(join(tmpdir(), 'restore-hooks-cli-'));
  const build = fileURLToPath(new URL('../../cli/build.js', import.meta.url));
  await promisify(execFile)(process.execPath, [build, folder]);
  const script = join(folder, 'restore-hooks.js');
  return {
    script,
    run: (words, surroundings = {}) => runScript(script, words, surroundings),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** This Node, and the first one on the PATH whose version is another: people run the program on theirs. */
export function everyNode(): { readonly version: string; readonly node: string }[] {
  const paths = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'node'));
  const others = paths.filter(existsSync).map((node) => ({ node, version: versionOf(node) }));
  const other = others.find(({ version }) => version !== process.version);
  return [{ version: process.version, node: process.execPath }, ...(other === undefined ? [] : [other])];
}

function versionOf(node: string): string {
  return execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
}

async function runScript(
  script: string,
  words: readonly string[],
  { node = process.execPath, stdin, cwd, env }: CliSurroundings,
): Promise<CliResult> {
  const child = spawn(node, [script, ...words], {
    stdio: 'pipe',
    env: { PATH: process.env.PATH ?? '', ...env },
    ...(cwd !== undefined && { cwd }),
  });
  child.stdin.end(stdin ?? '');
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}
