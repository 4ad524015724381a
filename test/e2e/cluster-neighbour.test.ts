import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { attachCluster, type Cluster } from '../cluster/cluster.ts';
import { cluster } from '../support/cluster-command.ts';
import { kubectl, kubectlJson } from '../support/kubectl.ts';

const timeoutMs = 240_000;
const names = [`left-${process.pid}`, `right-${process.pid}`];

/** A pod that says who it is, a Service before it, and a pod to ask from. */
function objectsOf(answer: string): string {
  const pod = (name: string, image: string, command: readonly string[]): unknown => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name } },
    // Without imagePullPolicy, so that alpine:latest is asked for in the registry whatever is there.
    spec: { terminationGracePeriodSeconds: 0, containers: [{ name, image, command }] },
  });
  const serve = `mkdir /www && echo ${answer} >/www/index.html && exec httpd -f -p 80 -h /www`;
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  };
  return [pod('web', 'alpine:latest', ['sh', '-c', serve]), pod('asker', 'busybox', ['sleep', '86400']), service]
    .map((object) => JSON.stringify(object))
    .join('\n');
}

async function addressOf(one: Cluster, path: string, kind: string): Promise<string> {
  const { stdout } = await kubectl(one, ['get', kind, 'web', '-o', `jsonpath={${path}}`]);
  return stdout;
}

/** kube-proxy hears of a new Service some time after kubectl does; until then its address leads nowhere. */
const retry = 'for i in $(seq 100); do "$@" 2>/dev/null && exit; sleep 0.1; done; exec "$@"';

describe('two clusters started at the same time', () => {
  let clusters: readonly Cluster[] = [];

  beforeAll(async () => {
    await Promise.all(names.map((name) => cluster('up', '--name', name)));
    clusters = await Promise.all(names.map((name) => attachCluster(name)));
    for (const one of clusters) {
      await kubectl(one, ['apply', '-f', '-'], objectsOf(one.name));
      await kubectl(one, ['wait', '--for=condition=Ready', 'pod', '--all', '--timeout=120s']);
    }
  }, timeoutMs);

  afterAll(async () => {
    await Promise.all(names.map((name) => cluster('down', '--name', name)));
  }, timeoutMs);

  it('have addresses of their own', () => {
    expect(new Set(clusters.map(({ hostAddress }) => hostAddress)).size).toBe(2);
  });

  it('reach their own pods by Services and pod addresses, from pods and from the host', async () => {
    for (const one of clusters) {
      const service = await addressOf(one, '.spec.clusterIP', 'service');
      const pod = await addressOf(one, '.status.podIP', 'pod');
      for (const address of [service, pod]) {
        const url = `http://${address}/`;
        for (const asker of ['asker', 'web']) {
          const ask = ['exec', asker, '--', 'sh', '-c', retry, 'sh', 'wget', '-q', '-O', '-', url];
          expect((await kubectl(one, ask)).stdout.trim()).toBe(one.name);
        }
        expect((await (await fetch(url)).text()).trim()).toBe(one.name);
      }
    }
  }, 120_000);

  it('reach a server on the host, which sees the pods by their own addresses', async () => {
    for (const one of clusters) {
      const server = createServer((request, response) => response.end(request.socket.remoteAddress));
      server.listen(0, one.hostAddress);
      await once(server, 'listening');
      const address = server.address();
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
      const url = `http://${one.hostAddress}:${port}/`;
      try {
        const { stdout } = await kubectl(one, ['exec', 'web', '--', 'wget', '-q', '-O', '-', url]);
        expect(stdout).toBe(await addressOf(one, '.status.podIP', 'pod'));
      } finally {
        server.close();
      }
    }
  }, 60_000);

  it('know each their own node only, and pull an image of the tag latest every time', async () => {
    for (const one of clusters) {
      const nodes = await kubectlJson<{ items: readonly { metadata: { name: string } }[] }>(one, ['get', 'nodes']);
      expect(nodes.items.map(({ metadata }) => metadata.name)).toEqual([one.nodeName]);
      const web = await kubectlJson<{ spec: { containers: readonly { imagePullPolicy: string }[] } }>(one, [
        ...['get', 'pod', 'web'],
      ]);
      expect(web.spec.containers[0]?.imagePullPolicy).toBe('Always');
    }
  }, 60_000);
});
