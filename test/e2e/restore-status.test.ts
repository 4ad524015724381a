import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { countedKey, type StoredRestore } from '../../executor/restore-change.ts';
import { createRestoreStatus } from '../../executor/restore-status.ts';
import type { HookRunRestore } from '../../shared/hook-run.ts';
import type { RunSummary } from '../../shared/run-summary.ts';
import { connectCluster, loadKubeConfig, type ApiRequest, type Cluster } from '../../shared/service/cluster.ts';
import { createLogger } from '../../shared/service/logger.ts';
import { kubectl, kubectlJson } from '../support/kubectl.ts';
import type { AnyCluster } from '../support/own-cluster.ts';
import { failFailure, runSummary } from '../support/run-summaries.ts';
import { findCluster } from '../support/scene.ts';
import { installRestores, removeRestores } from '../support/velero-crds.ts';

let target: AnyCluster;
let cluster: Cluster;
beforeAll(async () => {
  target = (await findCluster()).cluster;
  cluster = connectCluster(loadKubeConfig(target.kubeconfig));
  await installRestores(target);
}, 600_000);
afterAll(async () => {
  await removeRestores(target);
}, 300_000);

const path = '/apis/velero.io/v1/namespaces/velero/restores';
const logged: string[] = [];

interface Scene {
  readonly ref: HookRunRestore & { readonly name: string };
  /** One HookRun with two exec hooks, of which one failed. */
  readonly runs: RunSummary[];
  readonly status: ReturnType<typeof createRestoreStatus>;
}

/** A Restore with this status, and what writes to it, by a client that may be another than the real one. */
async function restored(
  status: object | null,
  { client = cluster, drives = false }: { client?: Cluster; drives?: boolean } = {},
): Promise<Scene> {
  const name = `r-${randomBytes(4).toString('hex')}`;
  const ref = refOf(await create(name, status));
  const runs = [runSummary('a', { restore: ref, exec: 2, execFailed: 1 })];
  return { ref, runs, status: statusOf(runs, client, drives) };
}

function statusOf(runs: readonly RunSummary[], client = cluster, drives = false) {
  return createRestoreStatus(client, {
    runs: () => runs,
    namespaces: ['velero'],
    drives,
    active: () => true,
    log: createLogger({ name: 'executor', level: 'warn' }, { write: (line: string) => logged.push(line) }),
    nowMs: Date.now,
  });
}

function create(name: string, status: object | null): Promise<StoredRestore> {
  const object = { apiVersion: 'velero.io/v1', kind: 'Restore', metadata: { name }, spec: { backupName: 'b1' } };
  return cluster.call({ method: 'POST', path, body: { ...object, ...(status !== null && { status }) } });
}

function refOf({ metadata }: StoredRestore): Scene['ref'] {
  const { name = '', namespace = '', uid = '' } = metadata;
  return { label: name, name, namespace, uid };
}

const read = (name: string) => kubectlJson<StoredRestore>(target, ['-n', 'velero', 'get', 'restore', name]);

/** As Velero writes: by a merge patch, without a precondition. */
function veleroWrites(name: string, status: object): Promise<unknown> {
  const contentType = 'application/merge-patch+json';
  return cluster.call({ method: 'PATCH', path: `${path}/${name}`, contentType, body: { status } });
}

/** The real client, before whose writes something else happens. */
function clientWith(before: (request: ApiRequest) => Promise<unknown>): Cluster {
  return {
    ...cluster,
    call: async (request, signal) => {
      if (request.method === 'PATCH') await before(request);
      return cluster.call(request, signal);
    },
  };
}

beforeEach(() => void logged.splice(0));

describe('the status of a real Restore', () => {
  it.each([
    { phase: 'Completed', failure: null, becomes: 'Completed' },
    { phase: 'Completed', failure: failFailure, becomes: 'PartiallyFailed' },
    { phase: 'PartiallyFailed', failure: null, becomes: 'PartiallyFailed' },
    { phase: 'Failed', failure: failFailure, becomes: 'Failed' },
  ])('$phase becomes $becomes, with the counts', async ({ phase, failure, becomes }) => {
    const { ref, runs, status } = await restored({ phase, hookStatus: {}, warnings: 3 });
    runs.push(runSummary('b', { restore: ref, failure }));
    status.changed(ref);
    await status.flush();
    expect((await read(ref.name)).status).toEqual({
      phase: becomes,
      warnings: 3,
      hookStatus: { hooksAttempted: 3, hooksFailed: 1 },
    });
    expect(logged).toEqual([]);
  });

  it('follows the HookRuns, and keeps what Velero has counted, over a change of executors', async () => {
    const { ref, runs, status } = await restored({
      phase: 'PartiallyFailed',
      hookStatus: { hooksAttempted: 5, hooksFailed: 2 },
    });
    status.changed(ref);
    await status.flush();
    expect((await read(ref.name)).status?.hookStatus).toEqual({ hooksAttempted: 7, hooksFailed: 3 });
    runs.push(runSummary('b', { restore: ref }));
    const successor = statusOf(runs);
    successor.changed(ref);
    await successor.flush();
    const written = await read(ref.name);
    expect(written.status?.hookStatus).toEqual({ hooksAttempted: 8, hooksFailed: 3 });
    expect(JSON.parse(written.metadata.annotations?.[countedKey] ?? '')).toMatchObject({
      velero: { attempted: 5, failed: 2 },
      own: { runs: 2, attempted: 3, failed: 1 },
    });
    successor.changed(ref);
    await successor.flush();
    expect((await read(ref.name)).metadata.resourceVersion).toBe(written.metadata.resourceVersion);
  });

  it.each(['New', 'InProgress', 'Finalizing', 'FinalizingPartiallyFailed'])(
    'is not touched in %s, and written once it is final',
    async (phase) => {
      const { ref, status } = await restored({ phase });
      status.changed(ref);
      await status.flush();
      expect((await read(ref.name)).status).toEqual({ phase });
      await veleroWrites(ref.name, { phase: 'Completed', hookStatus: { hooksAttempted: 0 } });
      await status.flush();
      expect((await read(ref.name)).status?.hookStatus).toEqual({ hooksAttempted: 2, hooksFailed: 1 });
    },
  );

  it('loses nothing of what a concurrent writer writes', async () => {
    let writes = 0;
    const client = clientWith(async ({ path: of }) => {
      const name = /restores\/([^?]+)/.exec(of)?.[1] ?? '';
      writes += 1;
      if (writes < 4) await veleroWrites(name, { warnings: writes, hookStatus: { hooksAttempted: writes } });
    });
    const { ref, status } = await restored({ phase: 'Completed' }, { client });
    status.changed(ref);
    await status.flush();
    expect((await read(ref.name)).status).toEqual({
      phase: 'Completed',
      warnings: 3,
      hookStatus: { hooksAttempted: 5, hooksFailed: 1 },
    });
    expect(writes).toBe(4);
    expect(logged).toEqual([]);
  });

  it.each(['before it is looked at', 'between the look and the write'])(
    'is not written where the Restore is made again, with another UID, %s',
    async (when) => {
      const again = async (name: string) => {
        await kubectl(target, ['-n', 'velero', 'delete', 'restore', name]);
        await create(name, { phase: 'Completed' });
      };
      let writes = 0;
      const client = clientWith(async ({ path: of }) => {
        writes += 1;
        await again(/restores\/([^?]+)/.exec(of)?.[1] ?? '');
      });
      const isBefore = when === 'before it is looked at';
      const { ref, status } = await restored({ phase: 'Completed' }, isBefore ? {} : { client });
      if (isBefore) await again(ref.name);
      status.changed(ref);
      await status.flush();
      expect((await read(ref.name)).status).toEqual({ phase: 'Completed' });
      expect(writes).toBe(isBefore ? 0 : 1);
      expect(logged).toEqual([]);
    },
  );

  it('is given by option where nobody drives the Restore', async () => {
    const { ref, status } = await restored(null, { drives: true });
    status.changed(ref);
    await status.flush();
    expect((await read(ref.name)).status).toEqual({
      phase: 'Completed',
      completionTimestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      hookStatus: { hooksAttempted: 2, hooksFailed: 1 },
    });
  });

  it('is not given to a Restore that Velero takes between the look and the write', async () => {
    const client = clientWith(({ path: of }) =>
      veleroWrites(/restores\/([^?]+)/.exec(of)?.[1] ?? '', { phase: 'InProgress' }),
    );
    const { ref, status } = await restored(null, { client, drives: true });
    status.changed(ref);
    await status.flush();
    expect((await read(ref.name)).status).toEqual({ phase: 'InProgress' });
  });
});
