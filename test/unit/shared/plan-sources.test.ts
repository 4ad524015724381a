import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { PlanContext } from '../../../shared/plan-context.ts';
import { planPod } from '../../../shared/plan.ts';
import type { RestoreObject } from '../../../shared/restore.ts';
import { pageExecRestore, pageInitRestore } from '../../support/page-restores.ts';
import { buildHook, buildPod } from '../../support/pods.ts';
import { buildContext, buildPolicy, execRule, found, initRule, textsOf, withRules } from '../../support/rules.ts';

const init = 'init.hook.restore.velero.io/container-image';
const exec = 'post.hook.restore.velero.io/command';
const ownInit = 'restorehooks.io/init';
const ownExec = 'restorehooks.io/exec';
const named = { 'init.hook.restore.velero.io/container-name': 'hook' };
const oneOwn = { [ownInit]: '[{name: own, image: alpine}]', [ownExec]: '[{command: own}]' };

const restore = withRules(initRule('ri'), execRule('re'));
const policy = buildPolicy('p', [initRule('pi'), execRule('pe')]);
const everything = buildContext({ restore, policies: [policy] });

function planned(annotations: Record<string, string>, context: PlanContext = everything) {
  const plan = planPod(buildPod({ metadata: { annotations } }), 'r1', context);
  return {
    init: plan.init.map(({ source, rule, container }) => [source, rule ?? container.name].join(' ')),
    exec: plan.exec.map(({ source, rule, command }) => [source, rule ?? command.join(' ')].join(' ')),
    warnings: textsOf(plan.warnings),
  };
}

const rulesInit = ['restore ri', 'policy p/pi'];
const rulesExec = ['restore re', 'policy p/pe'];

// Section 2 of hooks.md: init and exec are decided apart; the pod's own hooks hide those of Restores and policies.
describe('hooks come from', () => {
  it.each<[string, Record<string, string>, string[], string[], number]>([
    ['Restore and policies, in this order, without annotations', {}, rulesInit, rulesExec, 0],
    ['the init annotation alone', { [init]: 'x', ...named }, ['annotation hook'], rulesExec, 0],
    ['the exec annotation alone', { [exec]: 'x' }, rulesInit, ['annotation x'], 0],
    ['the own init list alone', { [ownInit]: oneOwn[ownInit] }, ['own-annotation own'], rulesExec, 0],
    ['the own exec list alone', { [ownExec]: oneOwn[ownExec] }, rulesInit, ['own-annotation own'], 0],
    [
      'annotations, then own lists',
      { ...oneOwn, [exec]: 'x', [init]: 'x', ...named },
      ['annotation hook', 'own-annotation own'],
      ['annotation x', 'own-annotation own'],
      0,
    ],
    ['beyond an empty own list', { [ownInit]: '[]', [ownExec]: '' }, rulesInit, rulesExec, 0],
    ['beyond own lists that are null', { [ownInit]: '~', [ownExec]: 'null' }, rulesInit, rulesExec, 0],
    ['beyond malformed own lists', { [ownInit]: '{', [ownExec]: 'date' }, rulesInit, rulesExec, 2],
    ['beyond own lists of no hook', { [ownInit]: '[{name: a}]', [ownExec]: '[{}]' }, rulesInit, rulesExec, 2],
    ['beyond annotations that are no hook', { [exec]: '[]', ...named }, rulesInit, rulesExec, 2],
    ['beyond an empty command', { [exec]: '' }, rulesInit, rulesExec, 1],
  ])('%s', (_, annotations, initHooks, execHooks, warned) => {
    const plan = planned(annotations);
    expect(plan).toMatchObject({ init: initHooks, exec: execHooks });
    expect(plan.warnings).toHaveLength(warned);
  });

  it('the annotation moved in a takeover, as from the one it was', () => {
    expect(planned({ 'post.hook.restorehooks.io/command': 'x' }).exec).toEqual(['annotation x']);
    expect(planned({ 'post.hook.restorehooks.io/command': 'x', [exec]: 'y' }).exec).toEqual(['annotation y']);
  });

  it('rules in the order of the spec, and two of one name are two', () => {
    const rules = [execRule('b', { name: 'same' }), execRule('a', { name: 'same' }), execRule('c')];
    const plan = planPod(buildPod(), 'r1', buildContext({ restore: withRules(...rules) }));
    expect(plan.exec.map(({ command, rule }) => [command, rule])).toEqual([
      [['b'], 'same'],
      [['a'], 'same'],
      [['c'], 'c'],
    ]);
    expect(plan.warnings).toEqual([]);
  });

  it('only the rules that match', () => {
    const rules = [execRule('a', { includedNamespaces: ['web'] }), execRule('b', { includedNamespaces: ['sh*'] })];
    expect(planned({}, buildContext({ restore: withRules(...rules) })).exec).toEqual(['restore b']);
  });

  it('no rule whose operator is unknown, which is told', () => {
    const selector = { matchExpressions: [{ key: 'app', operator: 'Is', values: ['db'] }] };
    const plan = planned({}, buildContext({ restore: withRules(execRule('a', { labelSelector: selector })) }));
    expect(plan.exec).toEqual([]);
    expect(plan.warnings).toEqual([
      'Restore r1 hooks.resources[0].labelSelector.matchExpressions[0] has the unknown operator "Is": it matches no pod',
    ]);
  });

  it('rules that are warned of only where they count', () => {
    const context = buildContext({ restore: withRules(execRule('a', { bad: 1 }), 5) });
    const said = [
      'Restore r1 hooks.resources[1] is a number, not a map: the rule is not applied',
      'Restore r1 hooks.resources[0].bad is unknown and ignored',
    ];
    expect(planned({}, context).warnings).toEqual(said);
    expect(planned({ [ownExec]: oneOwn[ownExec] }, context).warnings).toEqual(said);
    expect(planned(oneOwn, context).warnings).toEqual([]);
  });

  it('a rule without a name, which is null, and of a policy the policy’s', () => {
    const nameless = { postHooks: [{ exec: { command: ['x'] } }] };
    const context = buildContext({ restore: withRules(nameless), policies: [buildPolicy('p', [nameless])] });
    expect(planPod(buildPod(), 'r1', context).exec.map(({ rule }) => rule)).toEqual([null, 'p/']);
  });
});

describe('the page’s Restores', () => {
  const app = { metadata: { namespace: 'app' } };
  const inApp = (text: string) => buildContext({ restore: found(parse(text) as RestoreObject) });

  it('plan the init containers, word for word', () => {
    const pod = buildPod(app);
    const volumes = [{ name: 'pvc1-vm' }, { name: 'pvc2-vm' }];
    const plan = planPod({ ...pod, spec: { ...pod.spec, volumes } }, 'r2', inApp(pageInitRestore));
    const written = (number: number, word: string, file: string) => ({
      name: `restore-hook-init${number}`,
      image: 'alpine:latest',
      volumeMounts: [{ mountPath: `/restores/pvc${number}-vm`, name: `pvc${number}-vm` }],
      command: ['/bin/ash', '-c', `echo -n "${word}" >> /restores/pvc${number}-vm/${file}`],
    });
    const hook = { generatedName: false, timeoutMs: null, source: 'restore', rule: 'restore-hook-1' };
    expect(plan.init).toEqual([
      { container: written(1, 'FOOBARBAZ', 'foobarbaz'), ...hook },
      { container: written(2, 'DEADFEED', 'deadfeed'), ...hook },
    ]);
    expect([plan.exec, plan.warnings]).toEqual([[], []]);
  });

  it('plan the commands, word for word', () => {
    const pod = buildPod({ ...app, containers: [{ name: 'postgres' }, { name: 'sidecar' }] });
    const plan = planPod(pod, 'r2', inApp(pageExecRestore));
    const hook = { source: 'restore', rule: 'restore-hook-1' } as const;
    const minute = 60_000;
    expect(plan.exec).toEqual([
      buildHook('postgres', {
        ...hook,
        command: ['/bin/bash', '-c', 'while ! pg_isready; do sleep 1; done'],
        onError: 'Fail',
        execTimeoutMs: minute,
        waitTimeoutMs: 5 * minute,
      }),
      buildHook('postgres', {
        ...hook,
        command: ['/bin/bash', '-c', 'psql < /backup/backup.sql'],
        execTimeoutMs: minute,
        waitTimeoutMs: 6 * minute,
      }),
      buildHook('sidecar', { ...hook, command: ['/bin/bash', '-c', 'date > /start'] }),
    ]);
    expect([plan.init, plan.warnings]).toEqual([[], []]);
  });

  it.each([pageInitRestore, pageExecRestore])('concern no other namespace', (text) => {
    expect(planned({}, inApp(text))).toEqual({ init: [], exec: [], warnings: [] });
  });
});
