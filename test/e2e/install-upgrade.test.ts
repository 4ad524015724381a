import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cluster } from '../cluster/cluster.ts';
import { emptyCluster } from '../support/installed.ts';
import { kubectl, kubectlJson } from '../support/kubectl.ts';
import { newerField, packageOlderChart } from '../support/older-chart.ts';
import { installDefinitions, removeDefinitions } from '../support/own-crds.ts';
import { Release } from '../support/release.ts';
import { execHook, TestNamespace } from '../support/test-namespace.ts';

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const definitions = ['hookruns.restorehooks.io', 'restorehookpolicies.restorehooks.io'];

describe('a release that grows older', () => {
  let cluster: Cluster;
  let app: TestNamespace;
  let older: Awaited<ReturnType<typeof packageOlderChart>>;
  beforeAll(async () => {
    cluster = await emptyCluster();
    older = await packageOlderChart(cluster);
    app = await TestNamespace.make(cluster);
  }, 600_000);
  afterAll(async () => {
    await app.remove();
    await older.remove();
    await removeDefinitions(cluster);
    await installDefinitions(cluster);
  }, 300_000);

  async function knowsField(): Promise<boolean> {
    const crd = await kubectl(cluster, [
      ...['get', 'crd', 'hookruns.restorehooks.io', '-o'],
      `jsonpath={.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.${newerField}.type}`,
    ]);
    return crd.stdout !== '';
  }

  async function runsHookIn(pod: string): Promise<void> {
    await app.restore({ name: pod, annotations: execHook(['/bin/sh', '-c', 'echo ran >> /tmp/ran']) });
    await app.kubectl('wait', '--for=condition=restorehooks.io/hooks', `pod/${pod}`, '--timeout=180s');
    expect(await app.sh(pod, 'cat /tmp/ran')).toBe('ran\n');
  }

  /** Of every kind that the API server has, in every namespace, what bears the release's label. */
  async function leftOf(release: string): Promise<readonly string[]> {
    const kinds = await kubectl(cluster, ['api-resources', '--verbs=list', '-o', 'name']);
    const names = kinds.stdout
      .trim()
      .split('\n')
      .filter((kind) => !/^(events|componentstatuses)/.test(kind));
    const { items } = await kubectlJson<{ readonly items: readonly Named[] }>(cluster, [
      ...['get', names.join(','), '--all-namespaces', '-l', `app.kubernetes.io/instance=${release}`],
    ]);
    return items.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
  }

  /** Expects that no more is left of a release that was uninstalled, with its namespace still there; what owned objects leave goes with them. */
  async function expectLeft(release: Release, expected: readonly string[]): Promise<void> {
    const deadline = performance.now() + 60_000;
    const left = async () => [
      ...(await leftOf(release.name)),
      ...(await release.kubectl('get', 'secrets,leases,jobs,pods', '-o', 'name')).trim().split('\n').filter(Boolean),
    ];
    let found = await left();
    while (found.length > expected.length && performance.now() < deadline) found = await left();
    expect(found).toEqual(expected);
  }

  it('is upgraded with its definitions, rolled back and uninstalled, and leaves what it should and nothing else', async () => {
    const release = await Release.install(cluster, { chart: older.archive });
    expect(await knowsField()).toBe(false);
    await runsHookIn('before');

    await release.upgrade({});
    expect(await knowsField()).toBe(true);
    await runsHookIn('upgraded');

    await release.helm('rollback', '1', '--wait', '--timeout=5m');
    expect(await knowsField()).toBe(false);
    await runsHookIn('rolled-back');
    const records = async () => (await app.kubectl('get', 'hookruns', '-o', 'name')).stdout.trim().split('\n').length;
    expect(await records()).toBe(3);

    await release.uninstall();
    const kept = definitions.map((name) => `CustomResourceDefinition ${name}`);
    await expectLeft(release, kept);
    await release.removeNamespace();
    expect(await records()).toBe(3);
    // As if there had never been one: no pod waits for a webhook that is gone.
    await app.restore({ name: 'afterwards', annotations: execHook(['/bin/true']) });
    await app.ready('afterwards');
    expect(await app.mark('afterwards')).toBe('none');
  }, 900_000);

  it('works under the longest names there can be, over definitions that were kept, and takes those with it if told so', async () => {
    const name = `restores-of-${'a'.repeat(41)}`;
    const namespace = `system-of-${'b'.repeat(53)}`;
    const release = await Release.install(cluster, {
      name,
      namespace,
      values: { 'crds.keep': false },
      flags: ['--take-ownership'],
    });
    expect(await release.helm('test')).toMatch(/Phase: +Succeeded/);
    await runsHookIn('long');
    await release.uninstall();
    await expectLeft(release, []);
    await release.removeNamespace();
    const { stdout } = await kubectl(cluster, ['get', 'crd', '-o', 'name']);
    expect(stdout).not.toContain('restorehooks.io');
  }, 900_000);
});
