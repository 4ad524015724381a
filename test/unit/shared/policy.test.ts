import { describe, expect, it } from '@jest/globals';
import type { Policy } from '../../../shared/policy.ts';
import { policiesFor, readPolicy } from '../../../shared/policy.ts';
import { planPod } from '../../../shared/plan.ts';
import type { Json } from '../../../shared/yaml-value.ts';
import { buildPod } from '../../support/pods.ts';
import { buildContext, buildPolicy, execRule, initRule, textsOf } from '../../support/rules.ts';

describe('policies count', () => {
  const all = [
    buildPolicy('b', [execRule('x')]),
    buildPolicy('a', [execRule('x')], { namespace: 'shop' }),
    buildPolicy('c', [execRule('x')], { namespace: 'shop' }),
    buildPolicy('a', [execRule('y')]),
    buildPolicy('a', [execRule('z')], { namespace: 'web' }),
    buildPolicy('B', [execRule('x')]),
  ];
  const order = (policies: readonly Policy[]) => policies.map(({ namespace, name }) => `${namespace}/${name}`);

  it('by name, the system’s before the namespace’s, and never those of another namespace', () => {
    expect(order(policiesFor('shop', 'restore-hooks', all))).toEqual([
      'restore-hooks/B',
      'restore-hooks/a',
      'shop/a',
      'restore-hooks/b',
      'shop/c',
    ]);
  });

  it('in the same order however they come', () => {
    expect(policiesFor('shop', 'restore-hooks', [...all].reverse())).toEqual(policiesFor('shop', 'restore-hooks', all));
  });

  it('once in the system’s own namespace, wherever that is', () => {
    const own = ['restore-hooks/B', 'restore-hooks/a', 'restore-hooks/b'];
    expect(order(policiesFor('restore-hooks', 'restore-hooks', all))).toEqual(own);
    expect(order(policiesFor('shop', 'web', all))).toEqual(['web/a', 'shop/a', 'shop/c']);
  });

  it('by their rules in a namespace of their own too', () => {
    const own = buildPolicy('a', [execRule('x', { excludedNamespaces: ['shop'] }), execRule('y')], {
      namespace: 'shop',
    });
    expect(planPod(buildPod(), 'r1', buildContext({ policies: [own] })).exec.map(({ rule }) => rule)).toEqual(['a/y']);
  });

  it('with a plan that names those whose hooks it has, each once', () => {
    const policies = [
      buildPolicy('p', [initRule('i'), execRule('x')]),
      buildPolicy('p', [execRule('x')], { namespace: 'shop' }),
      buildPolicy('q', [execRule('x', { includedNamespaces: ['web'] })]),
    ];
    const context = buildContext({ policies });
    const annotated = buildPod({ metadata: { annotations: { 'post.hook.restore.velero.io/command': 'x' } } });
    const [system, shop] = ['restore-hooks', 'shop'].map((namespace) => ({ namespace, name: 'p' }));
    expect(planPod(buildPod(), 'r1', context).policies).toEqual([system, shop]);
    expect(planPod(annotated, 'r1', context).policies).toEqual([system]);
  });
});

describe('a policy', () => {
  const read = (spec: Json | undefined) => {
    const policy = readPolicy({ metadata: { name: 'p', namespace: 'shop' }, ...(spec !== undefined && { spec }) });
    return {
      inherit: policy.inherit,
      gate: policy.readinessGate,
      rules: policy.rules.rules.length,
      said: textsOf(policy.rules.warnings),
    };
  };
  const spec = 'RestoreHookPolicy p spec';
  const words = 'securityContext, volumeMounts, resources';

  it.each<[string, Json | undefined, ReturnType<typeof read>]>([
    ['no spec', undefined, { inherit: null, gate: false, rules: 0, said: [] }],
    ['a spec that is null', null, { inherit: null, gate: false, rules: 0, said: [] }],
    ['null in every field', { resources: null, inherit: null }, { inherit: null, gate: false, rules: 0, said: [] }],
    ['rules', { resources: [execRule('x'), execRule('y')] }, { inherit: null, gate: false, rules: 2, said: [] }],
    ['an empty list to inherit', { inherit: [] }, { inherit: [], gate: false, rules: 0, said: [] }],
    [
      'words to inherit, in any order',
      { inherit: ['resources', 'securityContext'] },
      { inherit: ['securityContext', 'resources'], gate: false, rules: 0, said: [] },
    ],
    [
      'an unknown word to inherit',
      { inherit: ['env', 'resources'] },
      { inherit: ['resources'], gate: false, rules: 0, said: [`${spec}.inherit[0] is none of ${words}: left out`] },
    ],
    [
      'a word to inherit that is no text',
      { inherit: [5] },
      { inherit: [], gate: false, rules: 0, said: [`${spec}.inherit[0] is none of ${words}: left out`] },
    ],
    [
      'a text to inherit',
      { inherit: 'resources' },
      { inherit: null, gate: false, rules: 0, said: [`${spec}.inherit is no list: left out`] },
    ],
    [
      'a misspelt field',
      { resource: [], inherit: [] },
      { inherit: [], gate: false, rules: 0, said: [`${spec}.resource is unknown and ignored`] },
    ],
    [
      'a spec that is a list',
      [],
      { inherit: null, gate: false, rules: 0, said: [`${spec} is no map of fields: the rule is not applied`] },
    ],
    ['a readiness gate', { readinessGate: true }, { inherit: null, gate: true, rules: 0, said: [] }],
    ['a readiness gate that is null', { readinessGate: null }, { inherit: null, gate: false, rules: 0, said: [] }],
    ...['true', 1, {}].map((readinessGate): [string, Json, ReturnType<typeof read>] => [
      `the readiness gate ${JSON.stringify(readinessGate)}`,
      { readinessGate },
      { inherit: null, gate: false, rules: 0, said: [`${spec}.readinessGate is not true or false: left out`] },
    ]),
    [
      'a spec that is a text',
      'x',
      { inherit: null, gate: false, rules: 0, said: [`${spec} is no map of fields: the rule is not applied`] },
    ],
    [
      'rules that are no list',
      { resources: {} },
      { inherit: null, gate: false, rules: 0, said: [`${spec}.resources is no list: the rule is not applied`] },
    ],
  ])('with %s', (_, given, expected) => expect(read(given)).toEqual(expected));

  it('may have the own fields in its exec hooks, and its warnings name it whole', () => {
    const name = 'p'.repeat(253);
    const policy = buildPolicy(name, [
      { name: 'r', postHooks: [{ exec: { name: 'load', command: ['x'], retries: 3, onInterrupt: 1, bad: 1 } }] },
    ]);
    const plan = planPod(buildPod(), 'r1', buildContext({ policies: [policy] }));
    expect(plan.exec).toMatchObject([{ name: 'load', retries: 3, source: 'policy', rule: `${name}/r` }]);
    expect(plan.warnings.map(({ place }) => place)).toEqual([
      `RestoreHookPolicy ${name} spec.resources[0].postHooks[0].exec.bad`,
      `RestoreHookPolicy ${name} spec.resources[0].postHooks[0].exec.onInterrupt`,
    ]);
    for (const { text } of plan.warnings) expect(text).toMatch(/^RestoreHookPolicy p+….*\.postHooks\[0\]\.exec\./);
  });
});
