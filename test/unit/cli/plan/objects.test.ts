import { describe, expect, it } from '@jest/globals';
import { readDocuments } from '../../../../cli/documents.ts';
import { readObjects } from '../../../../cli/plan/objects.ts';
import { positionOf } from '../../../../cli/plan/position.ts';
import type { Json } from '../../../../shared/yaml-value.ts';

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'db' }, spec: { containers: [{ name: 'a' }] } };
const template = { metadata: { labels: { app: 'web' }, annotations: { x: 'y' }, name: 'no' }, spec: pod.spec };
const restore = { apiVersion: 'velero.io/v1', kind: 'Restore', metadata: { name: 'r2', namespace: 'velero' } };
const policy = { apiVersion: 'restorehooks.io/v1alpha1', kind: 'RestoreHookPolicy', metadata: { name: 'p' }, spec: {} };

function workload(apiVersion: string, kind: string, spec: Json = { template }): Json {
  return { apiVersion, kind, metadata: { name: 'web', namespace: 'shop' }, spec };
}

/** What was read, in short: kinds and names; or the flaws. */
function told(value: Json): unknown {
  const { objects, flaws } = readObjects(value, 'default');
  if (flaws.length > 0) return flaws.map(({ object, path, says }) => `${object}: ${path.join('.')} ${says}`);
  const { pods, restores, policies, others } = objects;
  return [
    ...pods.map(({ metadata }) => `pod ${metadata.namespace ?? ''}/${metadata.name ?? ''}`),
    ...restores.map(({ metadata }) => `restore ${metadata.namespace ?? ''}/${metadata.name ?? ''}`),
    ...policies.map(({ metadata }) => `policy ${metadata.namespace ?? ''}/${metadata.name ?? ''}`),
    ...(others === 0 ? [] : [`others ${others}`]),
  ];
}

describe('readObjects', () => {
  it.each<[string, Json, string[]]>([
    ['a pod, in the namespace given', pod, ['pod default/db']],
    ['a pod in its own namespace', { ...pod, metadata: { name: 'db', namespace: 'shop' } }, ['pod shop/db']],
    ['a pod in an empty namespace', { ...pod, metadata: { name: 'db', namespace: '' } }, ['pod default/db']],
    ['a Restore', restore, ['restore velero/r2']],
    ['a policy', policy, ['policy default/p']],
    ['a Deployment', workload('apps/v1', 'Deployment'), ['pod shop/web']],
    ['a StatefulSet', workload('apps/v1', 'StatefulSet'), ['pod shop/web']],
    ['a DaemonSet', workload('apps/v1', 'DaemonSet'), ['pod shop/web']],
    ['a ReplicaSet', workload('apps/v1', 'ReplicaSet'), ['pod shop/web']],
    ['a ReplicationController', workload('v1', 'ReplicationController'), ['pod shop/web']],
    ['a Job', workload('batch/v1', 'Job'), ['pod shop/web']],
    ['a CronJob', workload('batch/v1', 'CronJob', { jobTemplate: { spec: { template } } }), ['pod shop/web']],
    [
      'a PodTemplate',
      { apiVersion: 'v1', kind: 'PodTemplate', metadata: { name: 'web' }, template },
      ['pod default/web'],
    ],
    [
      'a List of all kinds',
      { apiVersion: 'v1', kind: 'List', items: [pod, restore, workload('apps/v1', 'Deployment'), policy] },
      ['pod default/db', 'pod shop/web', 'restore velero/r2', 'policy default/p'],
    ],
    [
      'a List in a List',
      { apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'List', items: [pod] }] },
      ['pod default/db'],
    ],
    [
      'a PodList, whose items do not say what they are',
      { apiVersion: 'v1', kind: 'PodList', items: [{ metadata: pod.metadata, spec: pod.spec }] },
      ['pod default/db'],
    ],
    [
      'a RestoreList',
      { apiVersion: 'velero.io/v1', kind: 'RestoreList', items: [{ metadata: restore.metadata }] },
      ['restore velero/r2'],
    ],
    ['a List without items', { apiVersion: 'v1', kind: 'List', items: null }, []],
    ['nothing of other kinds', { apiVersion: 'v1', kind: 'Service', metadata: 1 }, ['others 1']],
    ['nothing of a kind of another group', workload('example.org/v1', 'Deployment'), ['others 1']],
    ['nothing of a Pod of another group', { ...pod, apiVersion: 'example.org/v1' }, ['others 1']],
  ])('reads %s', (_title, value, expected) => {
    expect(told(value)).toEqual(expected);
  });

  it.each<[string, Json, string]>([
    ['what is no object', 'text', 'object:  is no Kubernetes object'],
    ['an object without kind', { apiVersion: 'v1' }, 'object: kind is missing'],
    ['an object without apiVersion', { kind: 'Pod' }, 'object: apiVersion is missing'],
    ['items that are no list', { apiVersion: 'v1', kind: 'List', items: {} }, 'List: items is no list'],
    [
      'an item that is no object',
      { apiVersion: 'v1', kind: 'List', items: [pod, 1] },
      'object: items.1 is no Kubernetes object',
    ],
    ['a pod without metadata', { ...pod, metadata: null }, 'Pod: metadata is missing'],
    ['a pod without a name', { ...pod, metadata: {} }, 'Pod: metadata.name is missing'],
    ['a pod whose name is a number', { ...pod, metadata: { name: 1 } }, 'Pod: metadata.name is a number, not text'],
    ['a pod without spec', { ...pod, spec: null }, 'Pod db: spec is missing'],
    ['a pod without containers', { ...pod, spec: {} }, 'Pod db: spec.containers is missing'],
    ['a pod with no containers', { ...pod, spec: { containers: [] } }, 'Pod db: spec.containers is empty'],
    [
      'containers that are no list',
      { ...pod, spec: { containers: { name: 'a' } } },
      'Pod db: spec.containers is a map, not a list',
    ],
    [
      'a container without a name',
      { ...pod, spec: { containers: [{ name: 'a' }, {}] } },
      'Pod db: spec.containers.1.name is missing',
    ],
    [
      'a container that is text',
      { ...pod, spec: { containers: ['a'] } },
      'Pod db: spec.containers.0 is text, not a map',
    ],
    [
      'a command that is text',
      { ...pod, spec: { containers: [{ name: 'a', command: 'date' }] } },
      'Pod db: spec.containers.0.command is text, not a list',
    ],
    [
      'an argument that is a number',
      { ...pod, spec: { ...pod.spec, initContainers: [{ name: 'a', args: [1] }] } },
      'Pod db: spec.initContainers.0.args.0 is a number, not text',
    ],
    [
      'an annotation that is true',
      { ...pod, metadata: { name: 'db', annotations: { 'a/b': true } } },
      'Pod db: metadata.annotations.a/b is true or false, not text',
    ],
    [
      'labels that are a list',
      { ...pod, metadata: { name: 'db', namespace: 'shop', labels: [] } },
      'Pod shop/db: metadata.labels is a list, not a map',
    ],
    [
      'a label that is null',
      { ...pod, metadata: { name: 'db', labels: { a: null } } },
      'Pod db: metadata.labels.a is null, not text',
    ],
    [
      'a Deployment without a template',
      workload('apps/v1', 'Deployment', {}),
      'Deployment shop/web: spec.template is missing',
    ],
    [
      'a template that is a list',
      workload('apps/v1', 'Deployment', { template: [] }),
      'Deployment shop/web: spec.template is no map',
    ],
    [
      'a template without containers',
      workload('batch/v1', 'CronJob', { jobTemplate: { spec: { template: { spec: {} } } } }),
      'CronJob shop/web: spec.jobTemplate.spec.template.spec.containers is missing',
    ],
    ['a Restore without a name', { ...restore, metadata: {} }, 'Restore: metadata.name is missing'],
    [
      'a Restore with a strange mapping',
      { ...restore, spec: { namespaceMapping: { a: 1 } } },
      'Restore velero/r2: spec.namespaceMapping.a is a number, not text',
    ],
    ['a policy without spec', { ...policy, spec: null }, 'RestoreHookPolicy p: spec is missing'],
  ])('finds the flaw of %s', (_title, value, expected) => {
    expect(told(value)).toEqual([expected]);
  });

  it('gives a pod of a template the name, namespace and controller of its workload', () => {
    const { pods } = readObjects(workload('apps/v1', 'Deployment'), 'default').objects;
    expect(pods).toEqual([
      {
        metadata: {
          name: 'web',
          namespace: 'shop',
          labels: { app: 'web' },
          annotations: { x: 'y' },
          ownerReferences: [{ controller: true, kind: 'Deployment', name: 'web' }],
        },
        spec: pod.spec,
      },
    ]);
  });

  it('reads amounts that are numbers as the API server stores them, and drops what is null', () => {
    const resources = { limits: { cpu: 1, memory: '1Gi' }, requests: { cpu: 0.5 } };
    const spec = {
      containers: [{ name: 'a', image: null, resources }],
      volumes: null,
      resources: { limits: { cpu: 2 } },
    };
    expect(readObjects({ ...pod, metadata: { name: 'db', labels: null }, spec }, 'x').objects.pods).toEqual([
      {
        ...pod,
        metadata: { name: 'db', namespace: 'x' },
        spec: {
          containers: [{ name: 'a', resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '0.5' } } }],
          resources: { limits: { cpu: '2' } },
        },
      },
    ]);
  });
});

describe('positionOf', () => {
  const text = 'kind: X\nspec:\n  containers:\n  - name: a\n  - {name: b, image: }\n  other: &o {x: 1}\n  again: *o\n';
  it.each<[(string | number)[], string]>([
    [['kind'], '1:7'],
    [['spec', 'containers', 0, 'name'], '4:11'],
    [['spec', 'containers', 1], '5:5'],
    [['spec', 'containers', 1, 'image'], '5:15'],
    [['spec', 'containers', 1, 'command'], '5:5'],
    [['spec', 'containers', 9], '4:3'],
    [['spec', 'volumes'], '3:3'],
    [['metadata', 'name'], '1:1'],
    [['spec', 'again', 'x'], '7:10'],
  ])('finds %j at %s', (path, expected) => {
    const [source] = readDocuments({ name: 'f', text }).documents;
    const place = source === undefined ? null : positionOf(source, path);
    expect(`${place?.line ?? 0}:${place?.column ?? 0}`).toBe(expected);
  });
});
