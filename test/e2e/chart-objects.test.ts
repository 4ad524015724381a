import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { matrix } from '../support/chart-matrix.ts';
import type { KubernetesObject } from '../support/kubernetes-schemas.ts';
import { kubectl } from '../support/kubectl.ts';
import type { AnyCluster } from '../support/own-cluster.ts';
import { render } from '../support/rendered-chart.ts';
import { findCluster } from '../support/scene.ts';
import { uniqueName } from '../support/test-namespace.ts';

/** Of definitions that the cluster has not. */
const foreign = ['monitoring.coreos.com/v1', 'cert-manager.io/v1'];
const namespace = uniqueName();
/** What is applied is merged into what is there already. */
const unknownRelease = uniqueName();
const place = { namespace, release: unknownRelease };
/** What it does not allow is refused for a pod, and told for a Deployment or a Job. */
const restricted = ['enforce', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']);

describe('what the chart renders is taken by a real API server, without a field unknown and without a warning', () => {
  let cluster: AnyCluster;

  beforeAll(async () => {
    ({ cluster } = await findCluster());
    const labels = Object.fromEntries(restricted) as Record<string, string>;
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } };
    await kubectl(cluster, ['create', '-f', '-'], JSON.stringify(object));
  }, 900_000);
  afterAll(async () => {
    await kubectl(cluster, ['delete', 'namespace', namespace, '--wait', '--timeout=60s']);
  }, 90_000);

  /** In a dry run: admission and validation judge all of it, and nothing is kept. Resolves to warnings. */
  async function judge(objects: readonly KubernetesObject[]): Promise<string> {
    const flags = ['--server-side', '--force-conflicts', '--dry-run=server', '--validate=strict'];
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    const { stderr } = await kubectl(cluster, ['-n', namespace, 'apply', ...flags, '-f', '-'], JSON.stringify(list));
    return stderr;
  }

  it.each(matrix)(
    'with $what',
    async ({ values, release = unknownRelease }) => {
      const objects = await render(values, { namespace, release });
      const own = objects
        .filter(({ apiVersion }) => !foreign.includes(apiVersion))
        // The pod of `helm test` is made elsewhere, and held to the profile all the same.
        .map((object) => (object.kind === 'Pod' ? { ...object, metadata: { ...object.metadata, namespace } } : object));
      expect(await judge(own)).toBe('');
    },
    120_000,
  );

  it('would not be, if a container asked for more than it needs', async () => {
    const objects = await render({ 'securityContext.allowPrivilegeEscalation': null }, place);
    expect(await judge(objects.filter(({ kind }) => kind === 'Deployment'))).toMatch(/allowPrivilegeEscalation/);
  }, 120_000);

  it('would not be, if a field were misspelt', async () => {
    const objects = await render({ 'webhook.tolerations': [{ keys: 'infra' }] }, place);
    const deployments = objects.filter(({ kind }) => kind === 'Deployment');
    await expect(judge(deployments)).rejects.toThrow('keys');
  }, 120_000);
});
