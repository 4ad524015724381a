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

  it('that are none are looked at no more than a thousand times', () => {
    const empty = { postHooks: [{ exec: {} }] };
    const hooksAfter = (count: number) =>
      plan({ restore: withRules(...many(count, () => empty), execRule('last')) }).exec.map(({ command }) => command);
    expect(hooksAfter(999)).toEqual([['last']]);
    expect(hooksAfter(1_000)).toEqual([]);
    const { warnings } = plan({ restore: withRules(...many(1_001, () => empty)) });
    expect(textsOf(warnings)[0]).toMatch(/has more than 500 hooks: those after them are left out$/);
  });

  it('of policies that ask for the same do not hide one that asks for another thing, until there are a thousand', () => {
    const policiesOf = (alike: number) => [
      ...many(alike, (name) => name).map((name) => buildPolicy(`a${name as string}`, many(500, initRule))),
      buildPolicy('b', [initRule('other')]),
    ];
    const planned = (alike: number) => plan({ policies: policiesOf(alike) });
    expect(planned(1).warnings).toHaveLength(1);
    expect(planned(1).policies.map(({ name }) => name)).toEqual(['ah0', 'b']);
    expect(planned(2).policies.map(({ name }) => name)).toEqual(['ah0', 'ah1']);
    expect(textsOf(planned(2).warnings)).toEqual(['this pod has more than 500 hooks: those after them are left out']);
  });

  it('stand in five thousand rules at most', () => {
    const rules = (count: number) => withRules(...many(count, () => ({})), execRule('last'));
    expect(plan({ restore: rules(4_999) })).toMatchObject({ exec: [{ command: ['last'] }], warnings: [] });
    const over = plan({ restore: rules(5_000) });
    expect(over.exec).toEqual([]);
    expect(textsOf(over.warnings)).toEqual([
      'Restore r1 hooks.resources has more than 5000 rules: those after them are not applied',
    ]);
  });

  it.each([
    { where: 'a rule', of: (strange: Json) => ({ ...(strange as object), ...(execRule('x') as object) }) },
    {
      where: 'a hook',
      of: (strange: Json) => ({ postHooks: [{ exec: { ...(strange as object), command: ['x'] } }] }),
    },
    {
      where: 'an element of postHooks',
      of: (strange: Json) => ({ postHooks: [{ ...(strange as object), exec: { command: ['x'] } }] }),
    },
  ])('are run beside 200,000 unknown fields in $where, of which some are named, and all counted', ({ of }) => {
    const strange = Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [`f${index}`, 1]));
    const { exec, warnings } = plan({ restore: withRules(of(strange)) });
    expect(exec.map(({ command }) => command)).toEqual([['x']]);
    expect(warnings).toHaveLength(21);
    expect(warnings.at(-1)?.text).toMatch(/ has 199980 more problems$/);
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
