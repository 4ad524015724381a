import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureFolder, withLock } from '../cluster/cache.ts';
import { silent, type Progress } from '../cluster/progress.ts';

const cache = join(import.meta.dirname, '..', 'cluster', 'cache.ts');
const progress = join(import.meta.dirname, '..', 'cluster', 'progress.ts');

describe('the cache of the embedded cluster', () => {
  let folder: string;
  const children: ChildProcessWithoutNullStreams[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cache-'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  /** Another process that makes the folder, says so, and is at it until it is killed or told to go on. */
  async function makeElsewhere(made: string): Promise<ChildProcessWithoutNullStreams> {
    const script = `
      import { writeFile } from 'node:fs/promises';
      import { once } from 'node:events';
      import { ensureFolder } from ${JSON.stringify(cache)};
      import { silent } from ${JSON.stringify(progress)};
      await ensureFolder(${JSON.stringify(made)}, silent, async (temporary) => {
        await writeFile(temporary + '/half', 'elsewhere');
        console.log('making');
        await once(process.stdin, 'data');
        process.stdin.destroy();
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
    children.push(child);
    await once(child.stdout, 'data');
    return child;
  }
  /** A Progress that tells when somebody else's lock is waited for. */
  function waiting(): { progress: Progress; said: Promise<string> } {
    const { promise, resolve } = Promise.withResolvers<string>();
    return { progress: { ...silent, step: resolve }, said: promise };
  }

  it('makes a folder once for two that want it at the same time, and says that it waits', async () => {
    const made = join(folder, 'thing');
    const child = await makeElsewhere(made);
    const { progress, said } = waiting();
    const here = ensureFolder(made, progress, () => Promise.reject(new Error('made twice')));
    expect(await said).toContain('thing.lock');
    child.stdin.write('go on');
    await here;
    expect(await readFile(join(made, 'half'), 'utf8')).toBe('elsewhere');
  });

  it('shows nothing of a folder whose maker was killed, frees its lock, and clears up after it', async () => {
    const made = join(folder, 'thing');
    const child = await makeElsewhere(made);
    const { progress, said } = waiting();
    const here = ensureFolder(made, progress, (temporary) => writeFile(join(temporary, 'whole'), 'here'));
    await said;
    child.kill('SIGKILL');
    await here;
    expect(await readdir(made)).toEqual(['whole']);
    expect((await readdir(folder)).sort()).toEqual(['thing', 'thing.lock']);
  });

  it('leaves nothing behind when the making fails, so that the next one tries again', async () => {
    const made = join(folder, 'thing');
    const failing = ensureFolder(made, silent, async (temporary) => {
      await writeFile(join(temporary, 'half'), '');
      throw new Error('no space left');
    });
    await expect(failing).rejects.toThrow('no space left');
    expect(existsSync(made)).toBe(false);
    await ensureFolder(made, silent, () => Promise.resolve());
    expect((await readdir(folder)).sort()).toEqual(['thing', 'thing.lock']);
  });

  it('runs the work of one lock one after the other', async () => {
    const order: string[] = [];
    const file = join(folder, 'lock');
    await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        withLock(file, silent, async () => {
          order.push(`${name} in`);
          await new Promise(setImmediate);
          order.push(`${name} out`);
        }),
      ),
    );
    for (let at = 0; at < order.length; at += 2) {
      expect(order[at + 1]).toBe(order[at]?.replace('in', 'out'));
    }
    expect(order).toHaveLength(6);
  });
});
