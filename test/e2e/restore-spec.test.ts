import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silent } from '../cluster/progress.ts';
import { ensureImages } from '../cluster/images.ts';
import { kubectl, kubectlJson } from '../support/kubectl.ts';
import { findCluster, Scene } from '../support/scene.ts';
import { installRestores, removeRestores } from '../support/velero-crds.ts';

function example(name: string): Promise<string> {
  return readFile(fileURLToPath(new URL(`../../examples/restore-spec/${name}`, import.meta.url)), 'utf8');
}

interface StoredRestore {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly hooks?: unknown };
}

beforeAll(async () => {
  await ensureImages(silent, ['postgres']);
  await installRestores((await findCluster()).cluster);
}, 600_000);
afterAll(async () => {
  await removeRestores((await findCluster()).cluster);
}, 300_000);

describe.each(['takeover', 'standalone'])('the page’s Restores, in mode %s', (mode) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open({ namespace: 'app', env: { RESTORE_HOOKS_MODE: mode } });
    await kubectl(scene.cluster, [
      'create',
      'configmap',
      'db-backup',
      '-n',
      'app',
      `--from-literal=backup.sql=${dump}`,
    ]);
  }, 120_000);
  afterAll(async () => {
    await scene.close();
  }, 300_000);

  /** Both in one request, as close to one another as a restore tool can be. */
  async function create(restore: string, pod: string): Promise<StoredRestore> {
    await kubectl(scene.cluster, ['delete', 'restore', '-n', 'velero', 'r2', '--ignore-not-found']);
    await kubectl(scene.cluster, ['create', '-f', '-'], `${await example(restore)}\n---\n${await example(pod)}`);
    return kubectlJson<StoredRestore>(scene.cluster, ['-n', 'velero', 'get', 'restore', 'r2']);
  }

  it('puts two init containers, with their volumes, into every pod of the namespace', async () => {
    const restore = await create('restore-init.yaml', 'pod-init.yaml');
    expect(restore.spec.hooks).toEqual(
      mode === 'takeover' ? {} : expect.objectContaining({ resources: expect.any(Array) }),
    );
    expect(restore.metadata.annotations?.['restorehooks.io/hooks'] !== undefined).toBe(mode === 'takeover');
    const { spec } = await scene.pod('files');
    expect(spec.initContainers).toMatchObject([
      { name: 'restore-hook-init1', image: 'alpine:latest', volumeMounts: [{ mountPath: '/restores/pvc1-vm' }, {}] },
      { name: 'restore-hook-init2', image: 'alpine:latest', volumeMounts: [{ mountPath: '/restores/pvc2-vm' }, {}] },
    ]);
    await scene.ready('files');
    expect(await scene.sh('files', 'cat /one/foobarbaz; echo; cat /two/deadfeed', 'files')).toBe('FOOBARBAZ\nDEADFEED');
    await scene.told('hooks finished', 'files');
    expect(await scene.mark('files')).toBe('True Succeeded');
  }, 180_000);

  it('runs psql after pg_isready, and the sidecar’s command last', async () => {
    await create('restore-exec.yaml', 'pod-exec.yaml');
    await scene.told('hooks finished', 'db');
    const started = scene.system.executor.lines.filter(({ msg, pod }) => msg === 'hook started' && pod === 'db');
    expect(started.map(({ container, hook, source }) => ({ container, hook, source }))).toEqual([
      { container: 'postgres', hook: 1, source: 'restore' },
      { container: 'postgres', hook: 2, source: 'restore' },
      { container: 'sidecar', hook: 3, source: 'restore' },
    ]);
    const ended = scene.system.executor.lines.filter(({ msg, pod }) => msg === 'hook ended' && pod === 'db');
    expect(ended.map(({ state, reason }) => ({ state, reason }))).toEqual(
      Array(3).fill({ state: 'Succeeded', reason: null }),
    );
    const script = 'psql -h 127.0.0.1 -At -c "SELECT name FROM ledger ORDER BY name"';
    expect(await scene.sh('db', script, 'postgres')).toBe('Ada\nGrace\n');
    expect(await scene.sh('db', 'cat /start', 'sidecar')).toMatch(/\d{4}/);
    expect(await scene.mark('db')).toBe('True Succeeded');
  }, 240_000);
});

const dump = `
CREATE TABLE ledger (name text);
INSERT INTO ledger VALUES ('Ada'), ('Grace');
`;
