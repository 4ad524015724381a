import { beforeAll, describe, expect, it } from '@jest/globals';
import manifest from '../../package.json' with { type: 'json' };
import { matrix } from '../support/chart-matrix.ts';
import { DefinitionSchemas } from '../support/definition-schemas.ts';
import { KubernetesSchemas, type KubernetesObject } from '../support/kubernetes-schemas.ts';
import { labelsOf, podsOf, render, rulesOf, selectorsOf } from '../support/rendered-chart.ts';

/** The oldest that the chart takes, and that of the embedded cluster. */
const versions = ['v1.30.14', 'v1.36.3'] as const;
const foreign = ['monitoring.coreos.com/v1', 'cert-manager.io/v1'];
/** The longest name of a Service; the others are held to it as well. */
const longestName = 63;

const schemas = new Map<string, KubernetesSchemas>();
let definitions: DefinitionSchemas;

function schemasOf(version: string): KubernetesSchemas {
  const found = schemas.get(version);
  if (found === undefined) throw new Error(`the schemas of ${version} have not been read`);
  return found;
}

beforeAll(async () => {
  for (const version of versions) schemas.set(version, await KubernetesSchemas.of(version));
  definitions = await DefinitionSchemas.load();
}, 900_000);

describe.each(matrix)(
  'the chart, with $what',
  ({ values, namespace = 'restore-hooks', release = 'restore-hooks', what }) => {
    let objects: readonly KubernetesObject[];
    beforeAll(async () => {
      objects = await render(values, { namespace, release });
    }, 120_000);

    it.each(versions)(
      'is what the API of Kubernetes %s takes, field by field',
      async (version) => {
        const own = objects.filter(({ apiVersion }) => !foreign.includes(apiVersion));
        const complaints = await Promise.all(own.map((object) => schemasOf(version).complaintsOf(object)));
        expect(complaints.flat()).toEqual([]);
        expect(own.length).toBeGreaterThan(5);
      },
      120_000,
    );

    it('is what cert-manager and the Prometheus operator take', () => {
      const others = objects.filter(({ apiVersion }) => foreign.includes(apiVersion));
      expect(others.flatMap((object) => definitions.complaintsOf(object))).toEqual([]);
      expect(others.length > 0).toBe(/cert-manager|issuer|metrics|Monitor/.test(what));
    });

    it('asks for no right by a wildcard, and for Secrets and registrations by their names', () => {
      const rules = objects.flatMap(rulesOf);
      expect(rules.filter((rule) => [...rule.apiGroups, ...rule.resources, ...rule.verbs].includes('*'))).toEqual([]);
      const delicate = rules.filter(({ resources }) => resources.some((each) => /^(secrets|mutatingweb)/.test(each)));
      const unnamed = delicate.filter((rule) => rule.resourceNames === undefined).flatMap(({ verbs }) => verbs);
      expect(unnamed.filter((verb) => verb !== 'create')).toEqual([]);
      expect(rules.length).toBeGreaterThan(5);
    });

    it('has nothing outside the release’s namespace but what belongs to the cluster, and the pod of its test', () => {
      const elsewhere = objects.filter((object) => ![undefined, namespace].includes(object.metadata.namespace));
      const isTested = values['tests.enabled'] !== false && values.mode !== 'observe';
      expect(elsewhere.map(({ kind }) => kind)).toEqual(isTested ? ['Pod'] : []);
    });

    it('has names of its own that are short enough, and each once', () => {
      const named = objects.filter(
        ({ kind, metadata }) => kind !== 'CustomResourceDefinition' && metadata.name !== 'more',
      );
      const prefix = /^(?:restore-hooks|hooks-restore-hooks|re{32,}-[0-9a-f]{8})(?:-|$)/;
      expect(named.map(({ metadata }) => metadata.name).filter((name) => !prefix.test(name))).toEqual([]);
      expect(named.map(({ metadata }) => metadata.name).filter((name) => name.length > longestName)).toEqual([]);
      const keys = objects.map(({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.name}`);
      expect(new Set(keys).size).toBe(keys.length);
    });

    it('says of each object which release it belongs to, within what a label may hold', () => {
      for (const { metadata } of objects.filter(({ metadata }) => metadata.name !== 'more')) {
        expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/instance': release });
        expect(Object.values(metadata.labels ?? {}).filter((value) => value.length > 63)).toEqual([]);
      }
    });

    it('selects pods that there are', () => {
      const pods = objects.flatMap(podsOf).map(labelsOf);
      const selectors = objects.flatMap(selectorsOf);
      expect(selectors.length).toBeGreaterThan(2);
      for (const { of, matchLabels } of selectors) {
        const selected = pods.filter((labels) =>
          Object.entries(matchLabels).every(([key, value]) => labels[key] === value),
        );
        expect({ of, selected: selected.length }).toEqual({ of, selected: 1 });
      }
    });

    it('runs all pods as PodSecurity restricted wants them, from one image', () => {
      const pods = objects.flatMap(podsOf);
      expect(pods.length).toBeGreaterThan(1);
      for (const { spec } of pods) {
        expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
        for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
          expect(container.securityContext).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          });
          const digest = values['image.digest'];
          const end = digest === undefined ? '' : `@${digest as string}`;
          expect(container.image).toBe(`restore-hooks:${manifest.version}${end}`);
        }
      }
    });
  },
);

describe('the check itself', () => {
  it('finds a field that is misspelt, deep within', async () => {
    const objects = await render({ 'webhook.tolerations': [{ keys: 'infra' }] });
    const complaints = await Promise.all(objects.map((object) => schemasOf(versions[0]).complaintsOf(object)));
    expect(complaints.flat()).toEqual([
      'Deployment restore-hooks-webhook/spec/template/spec/tolerations/0 must NOT have additional properties {"additionalProperty":"keys"}',
    ]);
  }, 120_000);

  it('finds one in an object of others', async () => {
    const objects = await render({ 'metrics.podMonitor': { enabled: true, relabelings: [{ actions: 'keep' }] } });
    const monitors = objects.filter(({ kind }) => kind === 'PodMonitor');
    expect(monitors.flatMap((object) => definitions.complaintsOf(object))).toContainEqual(
      expect.stringContaining('{"additionalProperty":"actions"}'),
    );
  }, 120_000);
});
