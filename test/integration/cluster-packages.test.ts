import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePackages, withoutServices } from '../cluster/packages.ts';
import { silent } from '../cluster/progress.ts';

const module = join(import.meta.dirname, '..', 'cluster', 'packages.ts');
const REFUSED = 101;

describe('withoutServices', () => {
  let folder: string;
  let policy: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'policy-'));
    policy = join(folder, 'policy-rc.d');
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function writePolicy(status: number): Promise<void> {
    await writeFile(policy, `#!/bin/sh\nexit ${status}\n`);
    await chmod(policy, 0o755);
  }
  const ask = (): number | null => spawnSync(policy, ['etcd', 'start']).status;

  it('refuses the start of services during the work, and leaves nothing afterwards', async () => {
    await withoutServices(policy, () => {
      expect(ask()).toBe(REFUSED);
      return Promise.resolve();
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it("puts the machine's own policy back, even when the work fails", async () => {
    await writePolicy(7);
    const failing = withoutServices(policy, () => {
      expect(ask()).toBe(REFUSED);
      return Promise.reject(new Error('apt failed'));
    });
    await expect(failing).rejects.toThrow('apt failed');
    expect(await readdir(folder)).toEqual(['policy-rc.d']);
    expect(ask()).toBe(7);
  });

  it.each([
    ['nothing', null, 0, []],
    ["the machine's policy", 7, 7, ['policy-rc.d']],
  ])('leaves %s in force when it is killed, and the next call clears up', async (_, own, status, left) => {
    if (own !== null) await writePolicy(own);
    const script = `
      import { withoutServices } from ${JSON.stringify(module)};
      await withoutServices(${JSON.stringify(policy)}, () => {
        console.log('working');
        return new Promise((resolve) => setTimeout(resolve, 60_000));
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(ask()).toBe(REFUSED);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(ask()).toBe(status);
    expect(await readFile(policy, 'utf8')).toContain('restore-hooks');

    await withoutServices(policy, () => Promise.resolve());
    expect(await readdir(folder)).toEqual(left);
  });
});

describe('ensurePackages', () => {
  it('does nothing when all are installed', async () => {
    await expect(ensurePackages(silent, ['dpkg'])).resolves.toBeUndefined();
  });
});
