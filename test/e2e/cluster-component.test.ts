import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startCluster, type Cluster } from '../cluster/cluster.ts';
import { ComponentFailed, startComponent, type ComponentName } from '../cluster/component.ts';
import { componentOf } from '../cluster/components.ts';
import { readInstance } from '../cluster/instance.ts';
import { silent } from '../cluster/progress.ts';
import { kubectl, kubectlJson } from '../support/kubectl.ts';

const timeoutMs = 240_000;

interface Pod {
  readonly status: {
    readonly containerStatuses: readonly { readonly containerID: string; readonly restartCount: number }[];
  };
}

const pod = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'sleeper' },
  spec: { containers: [{ name: 'sleeper', image: 'busybox', command: ['sleep', '86400'] }] },
});

describe('a component that ends', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster({ name: `parts-${process.pid}`, owner: true, progress: silent });
    await kubectl(cluster, ['apply', '-f', '-'], pod);
    await kubectl(cluster, ['wait', '--for=condition=Ready', 'pod/sleeper', '--timeout=120s']);
  }, timeoutMs);

  afterAll(() => cluster.stop(), timeoutMs);

  async function container(): Promise<Pod['status']['containerStatuses'][number] | undefined> {
    return (await kubectlJson<Pod>(cluster, ['get', 'pod', 'sleeper'])).status.containerStatuses[0];
  }

  it.each<[ComponentName, 'SIGTERM' | 'SIGKILL']>([
    ['kubelet', 'SIGKILL'],
    ['kubelet', 'SIGTERM'],
    ['containerd', 'SIGKILL'],
    ['kube-apiserver', 'SIGKILL'],
    ['etcd', 'SIGKILL'],
    ['kube-proxy', 'SIGKILL'],
    ['kube-scheduler', 'SIGKILL'],
    ['kube-controller-manager', 'SIGKILL'],
  ])(
    '%s, by %s, and is started again finds the container it was',
    async (name, signal) => {
      const before = await container();
      await cluster.stopComponent(name, signal);
      await cluster.startComponent(name);
      // The API server's cache of objects may take a moment longer than the server to see a new etcd.
      await kubectl(cluster, ['wait', '--for=condition=Ready', 'pod/sleeper', '--timeout=60s']);
      const { stdout } = await kubectl(cluster, ['exec', 'sleeper', '--', 'echo', 'alive']);
      expect(stdout).toBe('alive\n');
      const after = await container();
      expect(after?.containerID).toBe(before?.containerID);
      expect(after?.restartCount).toBe(before?.restartCount);
    },
    120_000,
  );

  it('and is the kubelet cuts an open exec off, whose command goes on in the container', async () => {
    const command = ['exec', 'sleeper', '--', 'sh', '-c', 'echo begun; sleep 2; touch /done'];
    const open = spawn(cluster.kubectl, ['--kubeconfig', cluster.kubeconfig, ...command], { stdio: 'pipe' });
    const closed = once(open, 'close') as Promise<[number]>;
    await once(open.stdout, 'data');
    await cluster.stopComponent('kubelet', 'SIGKILL');
    const [code] = await closed;
    expect(code).not.toBe(0);
    await cluster.startComponent('kubelet');
    await kubectl(cluster, ['exec', 'sleeper', '--', 'sh', '-c', 'until [ -e /done ]; do sleep 0.1; done']);
  }, 120_000);

  it('or pauses, and is resumed, answers what it was asked in between', async () => {
    await cluster.pauseComponent('kube-apiserver');
    const asked = kubectl(cluster, ['get', 'pod', 'sleeper', '-o', 'name']);
    const first = await Promise.race([
      asked.then(() => 'answer'),
      once(AbortSignal.timeout(1_500), 'abort').then(() => 'nothing'),
    ]);
    expect(first).toBe('nothing');
    await cluster.resumeComponent('kube-apiserver');
    expect((await asked).stdout).toBe('pod/sleeper\n');
  }, 60_000);

  it('before it is ready is an error with the end of its log', async () => {
    const instance = await readInstance(cluster.name);
    if (instance === null) throw new Error('there is no instance');
    await cluster.stopComponent('kube-scheduler');
    const broken = {
      ...componentOf(instance, 'kube-scheduler'),
      command: ['sh', '-c', 'echo no such luck >&2; exit 3'],
    };
    const error = await startComponent(instance, broken).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ComponentFailed);
    const message = (error as Error).message;
    expect(message).toContain(`kube-scheduler ended. The end of ${cluster.logs}/kube-scheduler.log:\n`);
    expect(message).toMatch(/\n {2}no such luck$/);
    await cluster.startComponent('kube-scheduler');
  }, 60_000);
});
