import { describe, expect, it } from '@jest/globals';
import { placeInit } from '../../../shared/place-init.ts';
import { planPod } from '../../../shared/plan.ts';
import type { PlanContext } from '../../../shared/plan-context.ts';
import type { Json } from '../../../shared/yaml-value.ts';
import { buildPod } from '../../support/pods.ts';
import {
  buildContext,
  buildPolicy,
  execRule,
  found,
  initRule,
  restoreObject,
  textsOf,
  withRules,
} from '../../support/rules.ts';

function plan(context: Partial<PlanContext>) {
  return planPod(buildPod(), 'r1', buildContext(context));
}

describe('very many hooks', () => {
  const many = (count: number, make: (name: string) => Json) =>
    Array.from({ length: count }, (_, index) => make(`h${index}`));

  it('of one Restore are cut at five hundred', () => {
    const exact = plan({ restore: withRules(...many(500, execRule)) });
    expect([exact.exec.length, exact.warnings]).toEqual([500, []]);
    const over = plan({ restore: withRules(...many(501, execRule)) });
    expect(over.exec.at(-1)?.command).toEqual(['h499']);
    expect(over.exec).toHaveLength(500);
    expect(textsOf(over.warnings)).toEqual([
      'Restore r1 hooks.resources has more than 500 hooks: those after them are left out',
    ]);
  });

  it('of many policies are cut at five hundred for a pod, init and exec apart', () => {
    const policies = many(3, (name) => name).map((name) =>
      buildPolicy(name as string, [
        ...many(200, execRule),
        ...many(200, (rule) => initRule(`${name as string}-${rule}`)),
      ]),
    );
    const { exec, init, warnings } = plan({ policies });
    expect([exec.length, init.length]).toEqual([500, 500]);
    expect(exec.at(-1)?.rule).toBe('h2/h99');
    const said = 'this pod has more than 500 hooks: those after them are left out';
    expect(textsOf(warnings)).toEqual([said, said]);
  });

  it('that all want one name get five hundred names', () => {
    const rules = many(500, (command) => ({
      postHooks: [{ init: { initContainers: [{ name: 'hook', image: 'alpine', command: [command] }] } }],
    }));
    const pod = buildPod();
    const { init } = planPod(pod, 'r1', buildContext({ restore: withRules(...rules) }));
    const names = placeInit(pod, init).map(({ name }) => name);
    expect([names[0], names[1], names[499]]).toEqual(['hook', 'hook-2', 'hook-500']);
  });

  it('with a mistake in each say fifty of them, and how many more', () => {
    const { warnings } = plan({ restore: withRules(...many(200, (name) => execRule(name, { bad: 1 }))) });
    expect(warnings).toHaveLength(51);
    expect(warnings.at(-1)?.text).toBe('Restore r1 hooks.resources has 150 more problems');
  });
});

describe('a Restore whose name has 253 characters', () => {
  it('is named by its beginning, and the place by its end', () => {
    const hooks = { resources: [{ postHooks: [{ exec: { command: ['x'], onError: 'fail' } }] }] };
    const restore = found(restoreObject({ metadata: { name: 'r'.repeat(253) }, spec: { hooks } }));
    const [warning] = plan({ restore }).warnings;
    expect(warning?.text).toMatch(
      /^Restore r+….*exec\.onError "fail" is neither Fail nor Continue: Continue is taken$/,
    );
    expect(warning?.text.length).toBeLessThanOrEqual(120);
    expect(warning?.place).toBe(`Restore ${'r'.repeat(253)} hooks.resources[0].postHooks[0].exec.onError`);
  });
});
