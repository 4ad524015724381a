import { describe, expect, it } from '@jest/globals';
import { planPods, type PlanSettings } from '../../../../cli/plan/plan-pods.ts';
import type { Pod } from '../../../../shared/pod.ts';
import type { PolicyObject } from '../../../../shared/policy.ts';
import { restoreLabelValue } from '../../../../shared/restore-label.ts';
import type { RestoreObject } from '../../../../shared/restore.ts';
import { at, buildPod } from '../../../support/pods.ts';

const longName = 'a-name-that-is-longer-than-sixty-three-characters-as-some-of-them-are';
const labels = { 'velero.io/restore-name': 'r2' };
const annotations = { 'post.hook.restore.velero.io/command': '["date"]' };
const settings: PlanSettings = {
  mode: 'standalone',
  systemNamespace: 'restore-hooks',
  scope: { labelKey: 'velero.io/restore-name', excludedNamespaces: ['kube-system', 'restore-hooks'] },
  inherit: [],
  takeoverNamespaces: null,
  target: null,
};
const execRule = (name: string, container: string) => ({
  name,
  postHooks: [{ exec: { container, command: [name], waitTimeout: '1m', onError: 'Fail' } }],
});

function restoreOf(more: Partial<RestoreObject> & { readonly namespace?: string } = {}): RestoreObject {
  const { namespace = 'velero', ...rest } = more;
  const hooks = { resources: [execRule('one', 'b'), execRule('two', 'a'), execRule('three', 'b')] };
  return { metadata: { name: 'r2', namespace, creationTimestamp: at(-60) }, spec: { hooks }, ...rest };
}

function policyOf(namespace: string, name = 'p'): PolicyObject {
  return { metadata: { name, namespace }, spec: { resources: [execRule('standing', 'a')] } };
}

interface Given {
  readonly pod?: Pod;
  readonly restores?: readonly RestoreObject[];
  readonly policies?: readonly PolicyObject[];
  readonly settings?: Partial<PlanSettings>;
}

function planned({ pod = buildPod({ metadata: { labels } }), restores = [], policies = [], ...given }: Given) {
  const [one] = planPods({ pods: [pod], restores, policies }, { ...settings, ...given.settings });
  if (one === undefined) throw new Error('no plan');
  return one;
}

const stamp = {
  op: 'add',
  path: '/metadata/annotations',
  value: { 'restorehooks.io/admitted-for': 'r2' },
};

describe('planPods', () => {
  it('gives exactly the fields of an element, in their order', () => {
    const { element } = planned({ restores: [restoreOf()] });
    expect(Object.keys(element)).toEqual(['pod', 'restored', 'restore', 'init', 'patch', 'exec', 'warnings']);
    expect(Object.keys(element.exec[0] ?? {})).toEqual([
      ...['container', 'command', 'onError', 'execTimeoutMs', 'waitTimeoutMs', 'waitForReady', 'source', 'rule'],
    ]);
  });

  it('orders hooks by container, and not by rule', () => {
    const { element } = planned({ restores: [restoreOf()] });
    expect(element.exec.map(({ container, rule }) => `${container} ${rule ?? ''}`)).toEqual([
      'b one',
      'b three',
      'a two',
    ]);
    expect(element.patch).toEqual([stamp]);
  });

  it('names the containers as they are injected, and leaves out those in place', () => {
    const own = JSON.stringify([
      { name: 'a', image: 'x' },
      { name: 'in-place', image: 'y', command: ['z'] },
    ]);
    const pod = buildPod({
      initContainers: [{ name: 'in-place', image: 'y', command: ['z'] }],
      metadata: { labels, annotations: { 'restorehooks.io/init': own } },
    });
    const { element } = planned({ pod });
    expect(element.init).toEqual([{ name: 'a-2', image: 'x' }]);
    expect(element.patch[0]).toEqual({ op: 'add', path: '/spec/initContainers/0', value: { name: 'a-2', image: 'x' } });
    expect(element.warnings).toHaveLength(1);
  });

  it.each<[string, Given, string | null]>([
    ['the Restore of its label', { restores: [restoreOf()] }, 'r2'],
    ['the label where there is no Restore', {}, 'r2'],
    [
      'the whole name of a Restore whose label is shortened',
      {
        pod: buildPod({ metadata: { labels: { 'velero.io/restore-name': restoreLabelValue(longName) } } }),
        restores: [restoreOf({ metadata: { name: longName, namespace: 'velero' } })],
      },
      longName,
    ],
    ['an empty label', { pod: buildPod({ metadata: { labels: { 'velero.io/restore-name': '' } } }) }, ''],
    ['nothing without the label', { pod: buildPod() }, null],
  ])('names %s', (_title, given, expected) => {
    expect(planned(given).element.restore).toBe(expected);
  });

  it.each<[string, Given, string[]]>([
    ['no label, without a word', { pod: buildPod({ metadata: { annotations } }) }, []],
    [
      'an excluded namespace',
      { pod: buildPod({ metadata: { labels, annotations, namespace: 'kube-system' } }) },
      ['not restored: the namespace kube-system is excluded'],
    ],
    [
      'a controller',
      { pod: buildPod({ metadata: { labels, ownerReferences: [{ controller: true, kind: 'Job', name: 'j' }] } }) },
      ['not restored: a controller (Job j) creates it, from a template that bears the label'],
    ],
    [
      'a mirror pod',
      { pod: buildPod({ metadata: { labels, annotations: { 'kubernetes.io/config.mirror': 'x' } } }) },
      ['not restored: it is the image of a static pod, which no restore can have created'],
    ],
    [
      'a pod younger than the completion',
      { restores: [restoreOf({ status: { completionTimestamp: at(-1) } })] },
      ['not restored: it was created after Restore r2 was complete'],
    ],
    [
      'a pod that is only being created, after the completion',
      {
        pod: { ...buildPod(), metadata: { name: 'db', namespace: 'shop', labels } },
        restores: [restoreOf({ status: { completionTimestamp: at(0) } })],
      },
      ['not restored: Restore r2 is complete, and the pod is only being created'],
    ],
  ])('gives nothing for %s', (_title, given, warnings) => {
    expect(planned(given).element).toEqual({
      pod: `${given.pod?.metadata.namespace ?? 'shop'}/db`,
      restored: false,
      restore: null,
      init: [],
      patch: [],
      exec: [],
      warnings,
    });
  });

  it.each<[NonNullable<Given['settings']>, readonly object[]]>([
    [{}, [{ op: 'remove', path: '/metadata/annotations/restorehooks.io~1admitted-for' }]],
    [{ mode: 'observe' }, []],
  ])('takes the stamp off a copy of a restored pod, as the webhook does: %j', (settings, patch) => {
    const stamped = { name: 'db', namespace: 'shop', labels, annotations: { 'restorehooks.io/admitted-for': 'r2' } };
    const restores = [restoreOf({ status: { completionTimestamp: at(0) } })];
    const { element } = planned({ pod: { ...buildPod(), metadata: stamped }, restores, settings });
    expect(element).toMatchObject({ restored: false, patch });
  });

  it('takes a pod that is older than the completion for a restored one', () => {
    const restores = [restoreOf({ status: { completionTimestamp: at(1) } })];
    expect(planned({ restores }).element.exec).toHaveLength(3);
  });

  it('disregards the completion for pods that are taken as restored', () => {
    const restore = restoreOf({ status: { completionTimestamp: at(-1) } });
    const target = { labelValue: 'r2', restore };
    const { element } = planned({ pod: buildPod(), restores: [restore], settings: { target } });
    expect(element).toMatchObject({ restored: true, restore: 'r2', warnings: [] });
    expect(element.exec).toHaveLength(3);
  });

  it('takes the newest of several Restores, and warns', () => {
    const restores = [
      restoreOf(),
      restoreOf({ namespace: 'b', metadata: { name: 'r2', namespace: 'b', creationTimestamp: at(-1) }, spec: {} }),
    ];
    const { element } = planned({ restores });
    expect(element.exec).toEqual([]);
    expect(element.warnings).toEqual(['Restore "r2" is there more than once: the newest, in b, is taken']);
  });

  it.each<[string, Given, string[]]>([
    ['those of the system namespace', { policies: [policyOf('restore-hooks')] }, ['p/standing']],
    ['those of its own namespace', { policies: [policyOf('shop')] }, ['p/standing']],
    ['none of another namespace', { policies: [policyOf('default')] }, []],
    [
      'those of the system namespace as named',
      { policies: [policyOf('hooks')], settings: { systemNamespace: 'hooks' } },
      ['p/standing'],
    ],
    [
      'all in the order of names',
      { policies: [policyOf('shop', 'z'), policyOf('restore-hooks', 'c')] },
      ['c/standing', 'z/standing'],
    ],
    [
      'all after the Restore',
      { restores: [restoreOf()], policies: [policyOf('shop')] },
      ['one', 'three', 'two', 'p/standing'],
    ],
  ])('uses of policies %s', (_title, given, expected) => {
    const { element } = planned(given);
    expect(element.exec.map(({ rule }) => rule)).toEqual(expected);
  });

  it.each<[string, Given, unknown]>([
    [
      'standalone, with a Velero at work',
      { restores: [restoreOf({ status: { startTimestamp: at(-1) } })] },
      { left: 'velero-at-work', exec: 0, patch: [] },
    ],
    [
      'takeover, of a Restore that holds hooks',
      { restores: [restoreOf()], settings: { mode: 'takeover' } },
      { left: 'restore-holds-hooks', exec: 0, patch: [] },
    ],
    [
      'takeover, of other namespaces',
      { settings: { mode: 'takeover', takeoverNamespaces: ['x'] } },
      { left: 'not-taken-over', exec: 0, patch: [] },
    ],
    ['observe', { restores: [restoreOf()], settings: { mode: 'observe' } }, { left: 'observed', exec: 0, patch: [] }],
    [
      'takeover, of an annotation',
      { pod: buildPod({ metadata: { labels, annotations } }), settings: { mode: 'takeover' } },
      {
        left: null,
        exec: 1,
        patch: [
          {
            op: 'move',
            from: '/metadata/annotations/post.hook.restore.velero.io~1command',
            path: '/metadata/annotations/post.hook.restorehooks.io~1command',
          },
          { op: 'add', path: '/metadata/annotations/restorehooks.io~1admitted-for', value: 'r2' },
        ],
      },
    ],
  ])('plans %s', (_title, given, expected) => {
    const { left, element } = planned(given);
    expect({ left, exec: element.exec.length, patch: element.patch }).toEqual(expected);
    expect(element.restored).toBe(true);
  });

  it('warns of the same thing once', () => {
    const pod = buildPod({ metadata: { labels, annotations: { 'post.hook.restore.velero.io/on-error': 'fail' } } });
    const { warnings } = planned({ pod }).element;
    expect(warnings.length).toBeGreaterThan(0);
    expect(new Set(warnings).size).toBe(warnings.length);
  });

  it('keeps the order of pods', () => {
    const pods = ['c', 'a', 'b'].map((name) => buildPod({ metadata: { name, labels } }));
    const all = planPods({ pods, restores: [], policies: [] }, settings);
    expect(all.map(({ element }) => element.pod)).toEqual(['shop/c', 'shop/a', 'shop/b']);
  });
});
