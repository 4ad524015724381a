import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asRestored } from '../../../../cli/plan/as-restored.ts';
import { readObjects } from '../../../../cli/plan/objects.ts';
import { planPods, type PlanSettings } from '../../../../cli/plan/plan-pods.ts';
import { renderTable } from '../../../../cli/plan/table.ts';
import { isJsonList, isJsonMap } from '../../../../shared/json-value.ts';
import type { Json } from '../../../../shared/yaml-value.ts';

/** Objects that use all that is looked at. */
const whole: Json = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'db',
        namespace: 'shop',
        labels: { 'velero.io/restore-name': 'r2', app: 'db' },
        annotations: {
          'init.hook.restore.velero.io/container-image': 'alpine',
          'restorehooks.io/init': '[{"image": "alpine", "volumeMounts": [{"name": "data", "mountPath": "/d"}]}]',
          'restorehooks.io/inherit': 'securityContext,volumeMounts,resources',
        },
        creationTimestamp: '2026-03-01T10:00:00Z',
        ownerReferences: [{ kind: 'X', name: 'x', controller: false }],
      },
      spec: {
        containers: [
          {
            name: 'a',
            image: 'b',
            command: ['c'],
            args: ['d'],
            securityContext: { runAsUser: 1 },
            volumeMounts: [{ name: 'data', mountPath: '/d', mountPropagation: 'None', subPathExpr: '' }],
            volumeDevices: [{ name: 'data', devicePath: '/dev/x' }],
            resources: { limits: { cpu: 1, memory: '1Gi' }, requests: { cpu: '500m' } },
          },
        ],
        initContainers: [{ name: 'restore-wait', restartPolicy: 'Always' }],
        ephemeralContainers: [{ name: 'debug' }],
        volumes: [{ name: 'data', persistentVolumeClaim: {} }],
        resourceClaims: [{ name: 'x' }],
        resources: { requests: { cpu: '2' } },
        hostUsers: false,
        os: { name: 'linux' },
      },
    },
    {
      apiVersion: 'velero.io/v1',
      kind: 'Restore',
      metadata: {
        name: 'r2',
        annotations: { 'restorehooks.io/hooks': '{}' },
        creationTimestamp: '2026-03-01T09:00:00Z',
      },
      spec: {
        backupName: 'b2',
        namespaceMapping: { shop: 'shop-2' },
        hooks: { resources: [{ name: 'one', postHooks: [{ exec: { command: ['x'] } }] }] },
      },
      status: { phase: 'New', completionTimestamp: '2026-03-01T11:00:00Z' },
    },
    {
      apiVersion: 'restorehooks.io/v1alpha1',
      kind: 'RestoreHookPolicy',
      metadata: { name: 'p', namespace: 'restore-hooks' },
      spec: { inherit: ['resources'], resources: [{ postHooks: [{ init: { initContainers: [{ name: 'i' }] } }] }] },
    },
  ],
};

const settings: PlanSettings = {
  mode: 'standalone',
  systemNamespace: 'restore-hooks',
  scope: { labelKey: 'velero.io/restore-name', excludedNamespaces: [] },
  inherit: ['securityContext', 'volumeMounts', 'resources'],
  takeoverNamespaces: null,
  target: null,
};

/** Every place of a value, by the keys that lead there. */
function placesOf(value: Json, path: readonly (string | number)[] = []): (string | number)[][] {
  const inside = isJsonList(value) ? [...value.entries()] : isJsonMap(value) ? Object.entries(value) : [];
  return [[...path], ...inside.flatMap(([key, element]) => placesOf(element, [...path, key]))];
}

function replaced(value: Json, [key, ...rest]: readonly (string | number)[], by: Json): Json {
  if (key === undefined) return by;
  if (isJsonList(value)) return value.map((element, index) => (index === key ? replaced(element, rest, by) : element));
  if (!isJsonMap(value)) return value;
  return { ...value, [key]: replaced(value[key] ?? null, rest, by) };
}

const places = placesOf(whole);
const mutations = fc.array(
  fc.record({
    path: fc.nat(places.length - 1).map((index) => places[index] ?? []),
    by: fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
  }),
  { minLength: 1, maxLength: 2 },
);

describe('readObjects and planPods', () => {
  it('take the whole objects, so that each mutation is one of something', () => {
    const { objects, flaws } = readObjects(whole, 'default');
    expect(flaws).toEqual([]);
    const [planned] = planPods(objects, settings);
    expect(planned?.element).toMatchObject({ restored: true, restore: 'r2' });
    expect(planned?.element.init).toHaveLength(2);
  });

  it('give flaws or plans, and never throw, whatever stands anywhere', () => {
    fc.assert(
      fc.property(mutations, (changes) => {
        const value = changes.reduce<Json>((before, { path, by }) => replaced(before, path, by), whole);
        const { objects, flaws } = readObjects(value, 'default');
        for (const { path, says } of flaws) expect(`${path.join('.')} ${says}`).not.toBe(' ');
        const target = { labelValue: 'r2', restore: objects.restores[0] ?? null };
        for (const each of [settings, { ...settings, target }]) {
          const planned = planPods(objects, each);
          expect(planned).toHaveLength(objects.pods.length);
          expect(renderTable(planned, 'x')).not.toMatch(/[^\n\P{Cc}]/u);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('give the same plan for a pod taken as restored once or twice', () => {
    const { objects } = readObjects(whole, 'default');
    const target = { labelValue: 'r2', restore: null };
    const once = objects.pods.map((pod) => asRestored(pod, target, settings.scope.labelKey));
    expect(planPods({ ...objects, pods: once }, { ...settings, target })).toEqual(
      planPods(objects, { ...settings, target }),
    );
  });
});
