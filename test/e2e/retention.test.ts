import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRetention } from '../../executor/retention.ts';
import { hookRunApiVersion, hookRunKind, hookRunName, hookRunPath, type HookRun } from '../../shared/hook-run.ts';
import { summarizeRun } from '../../shared/run-summary.ts';
import { connectCluster, loadKubeConfig, type Cluster } from '../../shared/service/cluster.ts';
import { createLogger } from '../../shared/service/logger.ts';
import { kubectl, kubectlJson } from '../support/kubectl.ts';
import { installDefinitions } from '../support/own-crds.ts';
import type { AnyCluster } from '../support/own-cluster.ts';
import { findCluster, idle } from '../support/scene.ts';

const namespace = `t-${randomBytes(4).toString('hex')}`;
const logged: string[] = [];
let target: AnyCluster;
let cluster: Cluster;
beforeAll(async () => {
  target = (await findCluster()).cluster;
  cluster = connectCluster(loadKubeConfig(target.kubeconfig));
  await installDefinitions(target);
  await kubectl(target, ['create', 'namespace', namespace]);
}, 120_000);
afterAll(async () => {
  await kubectl(target, ['delete', 'namespace', namespace, '--wait', '--timeout=120s']);
}, 180_000);

/** A HookRun of a pod, which finished at this moment. */
async function create(pod: { readonly name: string; readonly uid: string }, finishedAtMs: number): Promise<HookRun> {
  const made = await cluster.call<HookRun>({
    method: 'POST',
    path: hookRunPath(namespace),
    body: {
      apiVersion: hookRunApiVersion,
      kind: hookRunKind,
      metadata: { name: hookRunName(pod), namespace },
      spec: { pod, restore: { label: 'r1' }, run: 1, init: [], exec: [] },
    },
  });
  const time = new Date(finishedAtMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const counts = { total: 0, done: 0, succeeded: 0, failed: 0, progress: '0/0' };
  return cluster.call<HookRun>({
    method: 'PATCH',
    path: `${hookRunPath(namespace, made.metadata.name)}/status`,
    contentType: 'application/merge-patch+json',
    body: { status: { phase: 'Succeeded', run: 1, ...counts, observedSince: time, finishedAt: time } },
  });
}

/** A pod that no scheduler looks at: it is there, and that is all. */
async function createPod(name: string): Promise<string> {
  const spec = { schedulerName: 'none', containers: [{ name: 'main', ...idle }] };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec };
  await kubectl(target, ['apply', '-f', '-'], JSON.stringify(pod));
  const { metadata } = await kubectlJson<{ metadata: { uid: string } }>(target, ['-n', namespace, 'get', 'pod', name]);
  return metadata.uid;
}

async function stored(): Promise<readonly HookRun[]> {
  return (await kubectlJson<{ items: HookRun[] }>(target, ['-n', namespace, 'get', 'hookruns'])).items;
}

const dayMs = 86_400_000;

describe('retention, with real HookRuns', () => {
  it('deletes those that are old and whose pod is gone, and no other', async () => {
    const nowMs = Date.now();
    const uid = await createPod('there');
    await create({ name: 'there', uid }, nowMs - 9 * dayMs);
    await create({ name: 'there', uid: 'of-a-predecessor' }, nowMs - 9 * dayMs);
    await create({ name: 'gone', uid: 'old' }, nowMs - 8 * dayMs);
    await create({ name: 'gone', uid: 'young' }, nowMs - 6 * dayMs);
    const rerun = await create({ name: 'gone', uid: 'rerun' }, nowMs - 9 * dayMs);
    const seen = (await stored()).map(summarizeRun);
    // Somebody writes to it after the watch has told of it.
    await kubectl(target, ['-n', namespace, 'label', 'hookrun', rerun.metadata.name, 'changed=yes']);
    const stop = new AbortController();
    const retention = createRetention(cluster, {
      runs: () => seen,
      isPodThere: () => false,
      keepMs: 7 * dayMs,
      active: () => true,
      log: createLogger({ name: 'executor', level: 'warn' }, { write: (line: string) => logged.push(line) }),
      nowMs: () => nowMs,
    });
    await retention.pass(stop.signal);
    const left = (await stored()).map(({ spec }) => spec.pod.uid).sort();
    expect(left).toEqual(['rerun', 'young', uid].sort());
    expect(logged).toEqual([expect.stringContaining(rerun.metadata.name)]);

    const now = (await stored()).map(summarizeRun);
    seen.splice(0, seen.length, ...now);
    await retention.pass(stop.signal);
    expect((await stored()).map(({ spec }) => spec.pod.uid).sort()).toEqual(['young', uid].sort());
  }, 60_000);
});
