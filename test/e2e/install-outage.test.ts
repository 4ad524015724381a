import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Cluster } from '../cluster/cluster.ts';
import { componentNames } from '../cluster/component.ts';
import { blackHole } from '../support/black-hole.ts';
import { emptyCluster, uninstall } from '../support/installed.ts';
import { kubectl, kubectlJson } from '../support/kubectl.ts';
import { startOtherWebhook } from '../support/other-webhook.ts';
import { Release } from '../support/release.ts';
import { execHook, idle, TestNamespace } from '../support/test-namespace.ts';

const initHook = {
  'init.hook.restore.velero.io/container-name': 'restore-hook',
  'init.hook.restore.velero.io/container-image': idle.image,
  'init.hook.restore.velero.io/command': '["/bin/sh", "-c", "true"]',
};
const timeoutSeconds = 3;

interface Lease {
  readonly spec: { readonly holderIdentity: string; readonly renewTime: string };
}

describe('an installation among other webhooks, with its own webhook lost, and after a cold start', () => {
  let cluster: Cluster;
  let release: Release;
  let app: TestNamespace;
  beforeAll(async () => {
    cluster = await emptyCluster();
    release = await Release.install(cluster, { values: { 'webhook.timeoutSeconds': timeoutSeconds } });
  }, 600_000);
  afterAll(async () => {
    await uninstall(release);
  }, 600_000);
  beforeEach(async () => {
    app = await TestNamespace.make(cluster);
  });
  afterEach(async () => {
    await app.remove();
  }, 180_000);

  function readLease(): Promise<Lease> {
    return kubectlJson<Lease>(cluster, ['-n', release.namespace, 'get', 'lease', 'restore-hooks-executor']);
  }

  /** Of the executor that leads. */
  async function metric(name: string): Promise<number> {
    const { holderIdentity } = (await readLease()).spec;
    const pod = (await release.pods('executor')).find(({ metadata }) => holderIdentity.startsWith(`${metadata.name}-`));
    const text = await release.kubectl(
      ...['get', '--raw', `/api/v1/namespaces/${release.namespace}/pods/${pod?.metadata.name}:8080/proxy/metrics`],
    );
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  }

  it.each([
    { where: 'before', name: 'aa-mesh' },
    { where: 'after', name: 'zz-mesh' },
  ])(
    'puts one init container in, and leaves the user’s alone, where another webhook comes $where it',
    async ({ name }) => {
      const container = { name: 'mesh', image: idle.image, command: ['/bin/sh', '-c', 'true'] };
      const other = await startOtherWebhook(cluster, { name, namespace: app.namespace, container });
      try {
        const user = { name: 'setup', command: ['/bin/sh', '-c', 'echo mine'], env: [{ name: 'A', value: 'b' }] };
        const wait = { name: 'restore-wait', command: ['/bin/sh', '-c', 'true'] };
        // The registration counts a moment after it was made.
        while (other.asked() === 0)
          await app.create({ name: 'probe', spec: { schedulingGates: [{ name: 'a.example/b' }] } });
        await app.restore({ name: 'plain', annotations: initHook, initContainers: [user] });
        await app.restore({ name: 'waiting', annotations: initHook, initContainers: [wait, user] });
        const orderOf = async (pod: string) => (await app.pod(pod)).spec.initContainers?.map((each) => each.name);
        expect(await orderOf('plain')).toEqual(
          name === 'aa-mesh' ? ['restore-hook', 'mesh', 'setup'] : ['mesh', 'restore-hook', 'setup'],
        );
        expect(await orderOf('waiting')).toEqual(['mesh', 'restore-wait', 'restore-hook', 'setup']);
        const setup = (await app.pod('plain')).spec.initContainers?.find((each) => each.name === 'setup');
        expect(setup).toMatchObject({ ...user, image: idle.image });
        await app.ready('plain');
      } finally {
        await other.stop();
      }
    },
    240_000,
  );

  it('delays pods by no more than its timeout when nothing answers, and tells of the hooks they missed', async () => {
    await app.restore({ name: 'met', annotations: execHook(['/bin/true']) });
    await app.kubectl('wait', '--for=condition=restorehooks.io/hooks', 'pod/met', '--timeout=120s');
    const before = { missed: await metric('restore_hooks_executor_pods_missed_total'), lease: await readLease() };
    const light = await blackHole(cluster.name, 8443);
    try {
      const began = performance.now();
      await app.restore({ name: 'missed', annotations: { ...initHook, ...execHook(['/bin/true']) } });
      const seconds = (performance.now() - began) / 1000;
      // It was asked, waited for, and given up. The API server's own default would be 10 s; what is more than the time-out is this machine's.
      expect(seconds).toBeGreaterThan(timeoutSeconds);
      expect(seconds).toBeLessThan(timeoutSeconds + 4);
      await app.create({ name: 'unlabelled' });
      await Promise.all([app.ready('missed'), app.ready('unlabelled')]);
      expect(await app.eventsWith('missed', 'HooksMissed')).toContainEqual(
        expect.objectContaining({ type: 'Warning', reason: 'HooksMissed' }),
      );
      expect(await metric('restore_hooks_executor_pods_missed_total')).toBe(before.missed + 1);
      const { spec } = await readLease();
      expect(spec.holderIdentity).toBe(before.lease.spec.holderIdentity);
      expect(Date.parse(spec.renewTime)).toBeGreaterThan(Date.parse(before.lease.spec.renewTime));
    } finally {
      await light();
    }
    expect((await app.pod('missed')).spec.initContainers ?? []).toEqual([]);
  }, 240_000);

  it('is in nobody’s way at a cold start, though it may refuse pods: nothing asks it before it is there', async () => {
    await release.upgrade({ 'webhook.failurePolicy': 'Fail' });
    const system = new TestNamespace(cluster, 'kube-system');
    const deployment = (name: string, labels: object) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name, ...labels } },
          spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', ...idle }] },
        },
      },
    });
    const restored = { 'velero.io/restore-name': 'nightly' };
    const plain = deployment('plain', {});
    const dns = deployment('cold-start-dns', restored);
    await kubectl(cluster, ['-n', app.namespace, 'apply', '-f', '-'], JSON.stringify(plain));
    await kubectl(cluster, ['-n', 'kube-system', 'apply', '-f', '-'], JSON.stringify(dns));
    const rolledOut = (namespace: string, name: string) =>
      kubectl(cluster, ['-n', namespace, 'rollout', 'status', `deployment/${name}`, '--timeout=180s']);
    await Promise.all([rolledOut(app.namespace, 'plain'), rolledOut('kube-system', 'cold-start-dns')]);
    await release.kubectl('scale', 'deployment', 'restore-hooks-webhook', '--replicas=0');
    await release.kubectl('wait', '--for=delete', 'pod', '-l', 'app.kubernetes.io/component=webhook', '--timeout=120s');
    try {
      for (const name of [...componentNames].reverse()) await cluster.stopComponent(name, 'SIGKILL');
      for (const name of componentNames) await cluster.startComponent(name);
      // Pods that a node's restart has ended are made anew.
      await Promise.all([
        release.kubectl('delete', 'pods', '-l', 'app.kubernetes.io/component=executor', '--grace-period=1'),
        app.kubectl('delete', 'pods', '--all', '--wait'),
        system.kubectl('delete', 'pods', '-l', 'app=cold-start-dns', '--wait'),
      ]);
      await Promise.all([
        rolledOut(app.namespace, 'plain'),
        rolledOut('kube-system', 'cold-start-dns'),
        rolledOut(release.namespace, 'restore-hooks-executor'),
      ]);
      // What is restored meanwhile is refused, as was asked for: the one call that there is.
      const refused = app.restore({ name: 'restored', annotations: initHook });
      await expect(refused).rejects.toThrow('pods.restorehooks.io');
      expect(await callsSinceStart()).toBe(1);
      await release.kubectl('scale', 'deployment', 'restore-hooks-webhook', '--replicas=2');
      await rolledOut(release.namespace, 'restore-hooks-webhook');
      await app.restore({ name: 'restored', annotations: initHook });
      expect((await app.pod('restored')).spec.initContainers).toHaveLength(1);
    } finally {
      await system.kubectl('delete', 'deployment', 'cold-start-dns');
    }
  }, 600_000);

  /** Of the pods' webhook, successful or not, by the API server's own count, which begins anew with it. */
  async function callsSinceStart(): Promise<number> {
    const { stdout } = await kubectl(cluster, ['get', '--raw', '/metrics']);
    const counts = stdout.matchAll(
      /^apiserver_admission_webhook_admission_duration_seconds_count\{name="pods\.restorehooks\.io".*\} (\d+)$/gm,
    );
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  }
});
