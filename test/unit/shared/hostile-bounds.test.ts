import { describe, expect, it } from '@jest/globals';
import { mostInheritedCharacters } from '../../../shared/inherit.ts';
import type { InitHook } from '../../../shared/hook.ts';
import { placeInit } from '../../../shared/place-init.ts';
import { planPod } from '../../../shared/plan.ts';
import type { Container } from '../../../shared/pod.ts';
import { readRules } from '../../../shared/resource-rule.ts';
import { buildPod } from '../../support/pods.ts';
import { buildContext, withRules } from '../../support/rules.ts';

const initHook = (name: string, command: string): InitHook => ({
  container: { name, image: 'i', command: [command] },
  generatedName: false,
  timeoutMs: null,
  source: 'restore',
  rule: null,
});

/** A pod whose init containers bear the name and all that follow it, up to this attempt. */
function crowded(name: string, attempts: number, more: Partial<Container> = {}) {
  const initContainers = Array.from({ length: attempts }, (_, index) => ({
    name: index === 0 ? name : `${name}-${index + 1}`,
    image: 'other',
    ...(index === attempts - 1 && more),
  }));
  return buildPod({ initContainers });
}

describe('names of init hooks in a pod that has taken thousands of them', () => {
  const hooks = Array.from({ length: 500 }, (_, index) => initHook('same', `echo ${index}`));

  it('are the first that are free, each once', () => {
    const names = placeInit(crowded('same', 5_000), hooks).map(({ name }) => name);
    expect(names).toEqual(hooks.map((_, index) => `same-${5_001 + index}`));
  });

  it('are asked for by far fewer looks than hooks times containers', () => {
    let looks = 0;
    const pod = crowded('same', 5_000);
    const counted = pod.spec.initContainers?.map((container) =>
      Object.defineProperty({ ...container }, 'name', { get: () => ((looks += 1), container.name), enumerable: true }),
    );
    placeInit({ ...pod, spec: { ...pod.spec, ...(counted && { initContainers: counted }) } }, hooks);
    expect(looks).toBeLessThan(100_000);
  });

  it('are known again, however many come before', () => {
    const pod = crowded('same', 5_000, { image: 'i', command: ['echo 7'] });
    expect(placeInit(pod, [initHook('same', 'echo 7')])).toMatchObject([
      { name: 'same-5000', attempt: 5_000, index: 4_999 },
    ]);
  });

  it('are those of a longest name, too', () => {
    const long = 'x'.repeat(63);
    const others = ['a', 'b'].map((end) => initHook(`${'x'.repeat(62)}${end}`, end));
    const names = placeInit(buildPod({ initContainers: [{ name: long, image: 'other' }] }), [
      initHook(long, 'c'),
      ...others,
    ]);
    expect(names.map(({ name }) => name)).toEqual([`${'x'.repeat(61)}-2`, `${'x'.repeat(62)}a`, `${'x'.repeat(62)}b`]);
  });
});

describe('what init hooks inherit', () => {
  const mounts = Array.from({ length: 2_000 }, (_, index) => ({ name: 'data', mountPath: `/path/of/mount/${index}` }));
  const first = { name: 'a', image: 'i', volumeMounts: mounts } as Container;
  const plan = (hooks: number) => {
    const list = Array.from({ length: hooks }, (_, index) => ({ image: `i${index}` }));
    const annotations = { 'restorehooks.io/init': JSON.stringify(list), 'restorehooks.io/inherit': 'volumeMounts' };
    return planPod(buildPod({ containers: [first], metadata: { annotations } }), 'r1');
  };

  it('is all of it by a few hooks', () => {
    const { init, warnings } = plan(5);
    expect(init.map(({ container }) => Object.keys(container).includes('volumeMounts'))).toEqual(Array(5).fill(true));
    expect(warnings).toEqual([]);
  });

  it('is no more in all than a pod can hold, and a warning names the container', () => {
    const { init, warnings } = plan(100);
    expect(init).toHaveLength(100);
    expect(JSON.stringify(init).length).toBeLessThan(mostInheritedCharacters + 20_000);
    const text = 'spec.containers[0] is too large to be inherited by all: not by some';
    expect(warnings.map((warning) => warning.text)).toEqual([text]);
  });
});

describe('patterns for namespaces', () => {
  const rule = (pattern: string, count: number) => ({ includedNamespaces: Array<string>(count).fill(pattern) });

  it.each([
    ['plain names, ten thousand', rule('shop', 10_000), []],
    ['a thousand with a star', rule(`${'x'.repeat(60)}*`, 1_000), []],
    ['a hundred with braces', rule('{shop,web}-*', 100), []],
    [
      'many with stars',
      rule(`*${'a'.repeat(60)}*`, 3_000),
      ['list[0].includedNamespaces has too many patterns: the rule is not applied'],
    ],
    [
      'many with braces',
      rule('{a,b}{c,d}', 300),
      ['list[0].includedNamespaces has too many patterns: the rule is not applied'],
    ],
  ])('of %s', (_, given, found) => {
    const { rules, warnings } = readRules([given], 'list');
    expect(warnings.map(({ text }) => text)).toEqual(found);
    expect(rules).toHaveLength(1 - found.length);
  });

  it('are counted over all rules of a Restore', () => {
    const { rules, warnings } = readRules([rule('{a,b}*', 150), rule('{a,b}*', 150), rule('{a,b}*', 150)], 'list');
    expect(rules).toHaveLength(2);
    expect(warnings).toHaveLength(1);
  });
});

describe('lists and maps of more than ten thousand elements', () => {
  const requirement = { key: 'app', operator: 'Exists' };
  const labels = Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`l${index}`, 'x']));
  const tooMany = 'has more than 10,000 elements: the rule is not applied';

  it.each([
    [{ includedNamespaces: Array(10_001).fill('shop') }, `list[0] includedNamespaces ${tooMany}`],
    [
      { labelSelector: { matchExpressions: Array(10_001).fill(requirement) } },
      `list[0] labelSelector.matchExpressions ${tooMany}`,
    ],
    [{ labelSelector: { matchLabels: labels } }, `list[0] labelSelector.matchLabels ${tooMany}`],
  ])('make a rule none: %#', (rule, text) => {
    const { rules, warnings } = readRules([rule], 'list');
    expect(warnings.map((warning) => warning.text)).toEqual([text]);
    expect(rules).toEqual([]);
  });

  it('are taken up to there', () => {
    const { rules, warnings } = readRules(
      [{ labelSelector: { matchExpressions: Array(10_000).fill(requirement) } }],
      'l',
    );
    expect(warnings).toEqual([]);
    expect(rules[0]?.labelSelector?.matchExpressions).toHaveLength(10_000);
  });

  it('are left out of an init hook, and a warning names the list', () => {
    const env = Array.from({ length: 10_001 }, (_, index) => ({ name: `v${index}`, value: 'x' }));
    const init = { initContainers: [{ name: 'n', image: 'i', command: ['x'], env }] };
    const context = buildContext({ restore: withRules({ postHooks: [{ init }] }) });
    const { init: planned, warnings } = planPod(buildPod({}), 'r1', context);
    expect(planned.map(({ container }) => container)).toEqual([{ name: 'n', image: 'i', command: ['x'] }]);
    expect(warnings.map(({ text }) => text)).toEqual([
      'Restore r1 hooks.resources[0].postHooks[0].init.initContainers[0].env has more than 10,000 elements: left out',
    ]);
  });
});
