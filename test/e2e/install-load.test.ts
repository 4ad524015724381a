import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { HookRun } from '../../shared/hook-run.ts';
import type { Pod } from '../../shared/pod.ts';
import type { Cluster as Api } from '../../shared/service/api-client.ts';
import { openCluster } from '../../shared/service/open-cluster.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { emptyCluster, uninstall } from '../support/installed.ts';
import { kubectlJson } from '../support/kubectl.ts';
import { Release } from '../support/release.ts';
import { execHook, idle, TestNamespace } from '../support/test-namespace.ts';

const day = 24 * 60 * 60;

describe('an installation that is changed under load', () => {
  let cluster: Cluster;
  let api: Api;
  let release: Release;
  let app: TestNamespace;
  beforeAll(async () => {
    cluster = await emptyCluster();
    api = await openCluster(cluster.kubeconfig, {});
    release = await Release.install(cluster);
  }, 600_000);
  afterAll(async () => {
    await uninstall(release);
  }, 600_000);
  beforeEach(async () => {
    app = await TestNamespace.make(cluster);
  });
  afterEach(async () => {
    await app.kubectl('delete', 'pods', '--all', '--force', '--grace-period=0', '--wait=false');
    await app.remove();
  }, 300_000);

  /** Creates a restored pod, in a dry run unless it is to stay unscheduled, and resolves to how many init containers it got. */
  async function create(name: string, isGated: boolean): Promise<number> {
    const pod = await api.call<Pod>(
      {
        method: 'POST',
        path: `/api/v1/namespaces/${app.namespace}/pods${isGated ? '' : '?dryRun=All'}`,
        body: {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: {
            name,
            labels: { 'velero.io/restore-name': 'load' },
            annotations: {
              'init.hook.restore.velero.io/container-image': idle.image,
              'init.hook.restore.velero.io/command': '["/bin/true"]',
            },
          },
          spec: {
            containers: [{ name: 'main', ...idle }],
            ...(isGated && { schedulingGates: [{ name: 'test.io/never' }] }),
          },
        },
      },
      AbortSignal.timeout(60_000),
    );
    return pod.spec.initContainers?.length ?? 0;
  }

  /** Creates such pods, so many a second, until `until` has settled, but `gated` at least. */
  async function load(until: Promise<unknown>, perSecond: number, gated: number | null = null) {
    const told = { made: 0, injected: 0, failures: [] as string[] };
    const state = { over: false };
    const end = until.finally(() => (state.over = true));
    const pending: Promise<void>[] = [];
    for (let index = 0; !state.over || index < (gated ?? 0); index += 1) {
      pending.push(
        create(`p-${index}`, gated !== null).then(
          (count) => {
            told.made += 1;
            told.injected += count;
          },
          (error: unknown) => void told.failures.push(String(error)),
        ),
      );
      await delay(1000 / perSecond);
    }
    await Promise.all(pending);
    await end;
    return told;
  }

  it('runs every hook at most once, and loses none, when the executor that leads is killed in the middle', async () => {
    const pods = Array.from({ length: 30 }, (_, index) => `load-${index}`);
    const command = ['/bin/sh', '-c', 'echo ran >> /tmp/ran; sleep 1'];
    await Promise.all(pods.map((name) => app.restore({ name, annotations: execHook(command) })));
    const runs = () =>
      kubectlJson<{ readonly items: readonly HookRun[] }>(cluster, ['-n', app.namespace, 'get', 'hookruns']);
    const statesOf = async () => (await runs()).items.map(({ status }) => status?.exec?.[0]?.state ?? 'none');
    // In the middle: some have run, and some have not.
    while (!(await statesOf()).includes('Succeeded'));
    await killLeader();
    const finished = async () => (await runs()).items.filter(({ status }) => status?.finishedAt != null).length;
    // Its condition does not say so: that of a pod with an interrupted hook never becomes True.
    while ((await finished()) < pods.length);
    const { items } = await runs();
    expect(items).toHaveLength(pods.length);
    const found = await Promise.all(
      items.map(async ({ spec, status }) => {
        const count = Number((await app.sh(spec.pod.name, 'cat /tmp/ran 2>/dev/null | wc -l')).trim());
        return { state: status?.exec?.[0]?.state, reason: status?.exec?.[0]?.reason ?? null, count };
      }),
    );
    expect(found.filter(({ count }) => count > 1)).toEqual([]);
    // What ran when it was killed is known to have begun, and not how it ended.
    expect(found.filter(({ state, count }) => state === 'Succeeded' && count !== 1)).toEqual([]);
    expect(found.filter(({ state }) => state !== 'Succeeded' && state !== 'Interrupted')).toEqual([]);
    expect(found.filter(({ state }) => state === 'Succeeded').length).toBeGreaterThan(0);
  }, 600_000);

  /** Kills the process itself, with no time for a word. */
  async function killLeader(): Promise<void> {
    const lease = await kubectlJson<{ readonly spec: { readonly holderIdentity: string } }>(cluster, [
      ...['-n', release.namespace, 'get', 'lease', 'restore-hooks-executor'],
    ]);
    const leader = (await release.pods('executor')).find(({ metadata }) =>
      lease.spec.holderIdentity.startsWith(`${metadata.name}-`),
    );
    const pids = await processesOf(leader?.metadata.uid ?? 'none');
    expect(pids).toHaveLength(1);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
  }

  it('misses none of 1,000 pods and more that are created during `helm upgrade` and a rollout restart', async () => {
    async function change(): Promise<void> {
      await release.upgrade({ 'webhook.podAnnotations': { changed: 'once' } });
      await release.kubectl('rollout', 'restart', 'deployment/restore-hooks-webhook');
      await release.kubectl('rollout', 'status', 'deployment/restore-hooks-webhook', '--timeout=300s');
    }
    const told = await load(change(), 25, 1_000);
    expect(told.failures).toEqual([]);
    expect(told.made).toBeGreaterThanOrEqual(1_000);
    expect(told.injected).toBe(told.made);
  }, 900_000);

  // The last one: certificates of seconds stay for as long.
  it('has no TLS error while leaf and authority are renewed under it, with three replicas that may refuse pods', async () => {
    await release.upgrade({
      'webhook.replicas': 3,
      'webhook.failurePolicy': 'Fail',
      'certificates.authorityDays': 90 / day,
      'certificates.servingDays': 45 / day,
      'certificates.checkSeconds': 1,
    });
    const first = await readCertificates();
    const seen = { leaves: new Set([first.leaf]), authorities: new Set([first.authority]) };
    async function watch(): Promise<void> {
      while (seen.leaves.size < 4 || seen.authorities.size < 3) {
        const { leaf, authority } = await readCertificates();
        seen.leaves.add(leaf);
        seen.authorities.add(authority);
        await delay(250);
      }
    }
    const told = await load(watch(), 20);
    expect(told.failures).toEqual([]);
    expect(told.injected).toBe(told.made);
    // Which of the three the API server keeps connections to is its own affair; the first answers came from those that they replaced.
    const answered = await Promise.all(
      (await release.pods('webhook')).map(({ metadata }) => patchedBy(metadata.name ?? '')),
    );
    expect(answered).toHaveLength(3);
    expect(answered.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(500);
    expect(told.made).toBeGreaterThan(500);
  }, 900_000);

  /** Reviews that this pod of the webhook answered with a patch. */
  async function patchedBy(pod: string): Promise<number> {
    const path = `/api/v1/namespaces/${release.namespace}/pods/${pod}:8080/proxy/metrics`;
    const text = await release.kubectl('get', '--raw', path);
    return Number(/^restore_hooks_webhook_requests_total\{outcome="patched"\} (\d+)$/m.exec(text)?.[1] ?? 0);
  }

  async function readCertificates(): Promise<{ readonly leaf: string; readonly authority: string }> {
    const secret = await kubectlJson<{ readonly data: Readonly<Record<string, string>> }>(cluster, [
      ...['-n', release.namespace, 'get', 'secret', 'restore-hooks-webhook-tls'],
    ]);
    return { leaf: secret.data['tls.crt'] ?? '', authority: secret.data['ca.crt'] ?? '' };
  }
});

/** The processes of a pod that run Node; its pause container has another program. */
async function processesOf(uid: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const read = (file: string) => readFile(`/proc/${entry}/${file}`, 'utf8').catch(() => '');
    if ((await read('cgroup')).includes(uid) && (await read('cmdline')).startsWith('/nodejs/bin/node'))
      found.push(Number(entry));
  }
  return found;
}
