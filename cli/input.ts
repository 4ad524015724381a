import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceFile } from './documents.ts';
import { manifestExtensions } from './program/options.ts';

export interface InputReading {
  readonly files: readonly SourceFile[];
  /** A sentence for each that could not be read, which begins with its name. */
  readonly problems: readonly string[];
}

/** How standard input is called in messages. */
export const standardInput = '<stdin>';

/** More than kubectl prints of a large cluster's pods. */
const mostBytes = 256 * 1024 * 1024;

/**
 * Reads what `-f` names: files, folders (the manifests right in them, by name), and `-` for standard input. Never throws for
 * what is in the file system.
 */
export async function readInput(names: readonly string[], stdin: AsyncIterable<Uint8Array>): Promise<InputReading> {
  const files: SourceFile[] = [];
  const problems: string[] = [];

  async function attempt(name: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      problems.push(`${name}: ${whyUnreadable(error)}`);
    }
  }

  for (const name of names) {
    if (name === '-') {
      await attempt(standardInput, async () => {
        if (files.some((file) => file.name === standardInput)) throw new Unreadable('can be read only once');
        files.push({ name: standardInput, text: decode(await readAll(stdin)) });
      });
      continue;
    }
    await attempt(name, async () => {
      for (const path of await filesOf(name)) {
        await attempt(path, async () => {
          files.push({ name: path, text: decode(await readBounded(path)) });
        });
      }
    });
  }
  return { files, problems };
}

class Unreadable extends Error {}

async function filesOf(name: string): Promise<string[]> {
  if (!(await stat(name)).isDirectory()) return [name];
  const endings = manifestExtensions.map((extension) => `.${extension}`);
  const entries = await readdir(name, { withFileTypes: true });
  const found = entries.filter(
    (entry) => !entry.isDirectory() && endings.some((ending) => entry.name.endsWith(ending)),
  );
  if (found.length === 0) throw new Unreadable(`there is no ${endings.map((ending) => `*${ending}`).join(', ')} in it`);
  return found.map((entry) => join(name, entry.name)).sort();
}

async function readBounded(path: string): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size > mostBytes) throw new Unreadable(`is larger than ${mostBytes} bytes`);
  return await readFile(path);
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Unreadable(`is larger than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** UTF-8; or UTF-16, with its mark, as PowerShell writes what it redirects into a file. */
function decode(bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Unreadable(`is no ${isUtf16 ? 'UTF-16' : 'UTF-8'} text`, { cause });
  }
}

function whyUnreadable(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file or folder',
    EACCES: 'permission denied',
  };
  return known[code] ?? message;
}
