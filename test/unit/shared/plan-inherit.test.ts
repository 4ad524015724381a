import { describe, expect, it } from '@jest/globals';
import { planPod } from '../../../shared/plan.ts';
import type { PlanContext } from '../../../shared/plan-context.ts';
import type { Json } from '../../../shared/yaml-value.ts';
import { buildPod, type PodParts } from '../../support/pods.ts';
import { buildContext, buildPolicy, initRule, withRules } from '../../support/rules.ts';

function plan(context: Partial<PlanContext>, parts: PodParts = {}) {
  return planPod(buildPod(parts), 'r1', buildContext(context));
}

describe('init hooks of rules inherit', () => {
  const first = { name: 'a', securityContext: { runAsUser: 1 }, resources: { requests: { cpu: '1' } } };
  const inherited = (annotation: string | null, policy: Json, standard: PlanContext['inherit']) => {
    const annotations = annotation === null ? {} : { 'restorehooks.io/inherit': annotation };
    const policies = [buildPolicy('p', [initRule('pi')], { inherit: policy })];
    const context = { restore: withRules(initRule('ri')), policies, inherit: standard };
    const { init } = plan(context, { containers: [first], metadata: { annotations } });
    return init.map(({ container }) => Object.keys(container).filter((field) => field in first && field !== 'name'));
  };
  const all = ['securityContext', 'resources'];

  it.each<[string, string | null, Json, PlanContext['inherit'], string[], string[]]>([
    ['nothing if nobody says so', null, null, [], [], []],
    ['what the installation says', null, null, ['resources'], ['resources'], ['resources']],
    [
      'what the policy says, its own alone',
      null,
      ['securityContext'],
      ['resources'],
      ['resources'],
      ['securityContext'],
    ],
    ['nothing of a policy that says so', null, [], ['resources'], ['resources'], []],
    ['what the pod says, before all others', 'securityContext,resources', [], ['resources'], all, all],
    ['nothing in a pod that says so', '', ['resources'], ['resources'], [], []],
  ])('%s', (_, annotation, policy, standard, ofRestore, ofPolicy) => {
    expect(inherited(annotation, policy, standard)).toEqual([ofRestore, ofPolicy]);
  });

  it('and yet the same container of two rules is one, as the first of them has it', () => {
    const hook = initRule('hook');
    const policies = [buildPolicy('p', [hook], { inherit: ['resources'] }), buildPolicy('q', [hook])];
    const containers = (context: Partial<PlanContext>) =>
      plan(context, { containers: [first] }).init.map(({ source, container }) => [source, 'resources' in container]);
    expect(containers({ restore: withRules(hook), policies })).toEqual([['restore', false]]);
    expect(containers({ policies })).toEqual([['policy', true]]);
    expect(containers({ policies: policies.toReversed() })).toEqual([['policy', false]]);
  });

  it('and those of the pod’s own list, by the pod or the installation', () => {
    const own = { 'restorehooks.io/init': '[{name: own, image: alpine}]' };
    const policies = [buildPolicy('p', [initRule('pi')], { inherit: ['securityContext'] })];
    const { init } = plan(
      { policies, inherit: ['resources'] },
      { containers: [first], metadata: { annotations: own } },
    );
    expect(init.map(({ container }) => container)).toEqual([
      { name: 'own', image: 'alpine', resources: { requests: { cpu: '1' } } },
    ]);
  });
});
