import { describe, expect, it } from '@jest/globals';
import { noRules, readRules, ruleMatches, ruleWarnings } from '../../../shared/resource-rule.ts';
import type { Json } from '../../../shared/yaml-value.ts';
import { buildPod } from '../../support/pods.ts';
import { readOne, textsOf } from '../../support/rules.ts';

const place = 'Restore r1 hooks.resources';
const pod = buildPod({ metadata: { namespace: 'shop', labels: { app: 'db', empty: '' } } });

function matches(rule: Json, of = pod): boolean {
  const read = readOne(rule).rule;
  if (read === null) throw new Error('the rule was not read');
  return ruleMatches(read, of);
}

// Section 2 of hooks.md, sentence by sentence; the pod is in the namespace shop, with the label app=db.
describe('a rule matches a pod', () => {
  it.each<[string, Json, boolean]>([
    ['no field', {}, true],
    ['null in every field', nulls(), true],
    ['empty lists', { includedNamespaces: [], excludedNamespaces: [], includedResources: [] }, true],
    ['its namespace included', { includedNamespaces: ['web', 'shop'] }, true],
    ['other namespaces included', { includedNamespaces: ['web', 'shops', 'SHOP'] }, false],
    ['all namespaces included', { includedNamespaces: ['*'] }, true],
    ['a glob for it', { includedNamespaces: ['sh?p'] }, true],
    ['a glob for others', { includedNamespaces: ['shop-*'] }, false],
    ['its namespace excluded', { excludedNamespaces: ['web', 'shop'] }, false],
    ['a glob that excludes it', { excludedNamespaces: ['s*'] }, false],
    ['all namespaces excluded', { excludedNamespaces: ['*'] }, false],
    ['others excluded', { excludedNamespaces: ['web'] }, true],
    ['its namespace in both', { includedNamespaces: ['shop'], excludedNamespaces: ['shop'] }, false],
    ['a glob for it, and others excluded', { includedNamespaces: ['*'], excludedNamespaces: ['web-*'] }, true],
    ['an empty text included', { includedNamespaces: [''] }, false],
    ['pods included', { includedResources: ['deployments', 'pods'] }, true],
    ['po included', { includedResources: ['po'] }, true],
    ['pod included', { includedResources: ['pod'] }, true],
    ['all resources included', { includedResources: ['*'] }, true],
    ['Pods included, as discovery resolves it', { includedResources: ['Pods'] }, true],
    ['other resources included', { includedResources: ['deployments', 'podtemplates', 'p*'] }, false],
    ['pods excluded', { excludedResources: ['secrets', 'pods'] }, false],
    ['po excluded', { excludedResources: ['po'] }, false],
    ['pod excluded', { excludedResources: ['pod'] }, false],
    ['all resources excluded', { excludedResources: ['*'] }, false],
    ['POD excluded, as discovery resolves it', { excludedResources: ['POD'] }, false],
    ['other resources excluded', { excludedResources: ['secrets'] }, true],
    ['pods in both', { includedResources: ['pods'], excludedResources: ['po'] }, false],
    ['an empty selector', { labelSelector: {} }, true],
    ['its label', { labelSelector: { matchLabels: { app: 'db' } } }, true],
    ['an empty value', { labelSelector: { matchLabels: { empty: '' } } }, true],
    ['another label', { labelSelector: { matchLabels: { app: 'web' } } }, false],
    ['an expression', { labelSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } }, true],
    ['an unknown operator', { labelSelector: { matchExpressions: [{ key: 'app', operator: 'Is' }] } }, false],
    ['null in its selector', { labelSelector: { matchLabels: null, matchExpressions: null } }, true],
    ['its namespace, and another label', { includedNamespaces: ['shop'], labelSelector: selecting('web') }, false],
    ['another namespace, and its label', { includedNamespaces: ['web'], labelSelector: selecting('db') }, false],
  ])('with %s', (_, rule, expected) => expect(matches(rule)).toBe(expected));

  it('of no labels only without a selector, or by what is not there', () => {
    const bare = buildPod({ metadata: { labels: null } });
    expect(matches({}, bare)).toBe(true);
    expect(matches({ labelSelector: selecting('db') }, bare)).toBe(false);
    expect(matches({ labelSelector: { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] } }, bare)).toBe(
      true,
    );
  });

  it('by the namespace it is created in, and not by the one it came from', () => {
    const moved = buildPod({ metadata: { namespace: 'shop-copy', labels: { 'velero.io/source-namespace': 'shop' } } });
    expect(matches({ includedNamespaces: ['shop'] }, moved)).toBe(false);
    expect(matches({ includedNamespaces: ['shop-copy'] }, moved)).toBe(true);
  });
});

describe('a list of rules', () => {
  it.each<[string, Json | undefined]>([
    ['absent', undefined],
    ['null', null],
    ['empty', []],
  ])('that is %s holds none, and nothing is said', (_, value) => expect(readRules(value, place)).toEqual(noRules));

  it.each<[Json]>([['rules'], [5], [{ name: 'x' }], [true]])('that is %j holds none, and it is said', (value) => {
    const reading = readRules(value, place);
    expect(reading.rules).toEqual([]);
    expect(textsOf(reading.warnings)).toEqual([`${place} is no list: the rule is not applied`]);
  });

  it('keeps two rules of one name, in their order, each with its place', () => {
    const { rules } = readRules([{ name: 'a' }, { name: 'a', includedNamespaces: ['web'] }], place);
    expect(rules.map(({ name, includedNamespaces }) => [name, includedNamespaces])).toEqual([
      ['a', []],
      ['a', ['web']],
    ]);
    expect(rules.map((rule) => rule.place)).toEqual([`${place}[0]`, `${place}[1]`]);
  });

  it('keeps the rules around one that is malformed, with their indices', () => {
    const { rules, warnings } = readRules([{ name: 'a' }, 5, { name: 'c' }], place);
    expect(rules.map((rule) => [rule.name, rule.place])).toEqual([
      ['a', `${place}[0]`],
      ['c', `${place}[2]`],
    ]);
    expect(textsOf(warnings)).toEqual([`${place}[1] is a number, not a map: the rule is not applied`]);
  });
});

// A rule that would select something else than was written is not applied.
describe('a malformed rule is not applied', () => {
  it.each<[Json, string]>([
    [null, 'is null, not a map'],
    ['shop', 'is text, not a map'],
    [[{ name: 'a' }], 'is a list, not a map'],
    [{ includedNamespaces: 'shop' }, 'includedNamespaces is text, not a list'],
    [{ includedNamespaces: { 0: 'shop' } }, 'includedNamespaces is a map, not a list'],
    [{ includedNamespaces: ['shop', 5] }, 'includedNamespaces[1] is a number, not text'],
    [{ includedNamespaces: [null] }, 'includedNamespaces[0] is null, not text'],
    [{ excludedNamespaces: true }, 'excludedNamespaces is true or false, not a list'],
    [{ excludedNamespaces: [['shop']] }, 'excludedNamespaces[0] is a list, not text'],
    [{ includedResources: 'pods' }, 'includedResources is text, not a list'],
    [{ excludedResources: [1] }, 'excludedResources[0] is a number, not text'],
    [{ labelSelector: 'app=db' }, 'labelSelector is text, not a map'],
    [{ labelSelector: [] }, 'labelSelector is a list, not a map'],
    [{ labelSelector: { matchLabels: ['app'] } }, 'labelSelector.matchLabels is a list, not a map'],
    [{ labelSelector: { matchLabels: { app: 5 } } }, 'labelSelector.matchLabels.app is a number, not text'],
    [{ labelSelector: { matchLabels: { app: null } } }, 'labelSelector.matchLabels.app is null, not text'],
    [{ labelSelector: { matchExpressions: {} } }, 'labelSelector.matchExpressions is a map, not a list'],
    [{ labelSelector: { matchExpressions: ['app'] } }, 'labelSelector.matchExpressions[0] is text, not a map'],
    [{ labelSelector: { matchExpressions: [{ key: 'app' }] } }, 'labelSelector.matchExpressions[0] has no operator'],
    [{ labelSelector: { matchExpressions: [{ operator: 'In' }] } }, 'labelSelector.matchExpressions[0] has no key'],
    [
      { labelSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: 'db' }] } },
      'labelSelector.matchExpressions[0].values is text, not a list',
    ],
    [
      { labelSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: [5] }] } },
      'labelSelector.matchExpressions[0].values[0] is a number, not text',
    ],
  ])('%j: %s', (rule, why) => {
    const { rule: read, reading } = readOne(rule);
    expect(read).toBeNull();
    // The first problem names the field; the sentence is cut in its place alone.
    expect(reading.warnings).toHaveLength(1);
    expect(reading.warnings[0]).toMatchObject({ code: 'MalformedRule', place: `${place}[0]` });
    expect(reading.warnings[0]?.text).toMatch(new RegExp(`${escaped(why)}: the rule is not applied$`));
  });

  it('with a label of a long name and a wrong value, in 120 characters', () => {
    const { reading } = readOne({ labelSelector: { matchLabels: { ['x'.repeat(300)]: true } } });
    expect(reading.warnings[0]?.text).toMatch(
      /matchLabels\.x{39}… is true or false, not text: the rule is not applied$/,
    );
    expect(reading.warnings[0]?.text.length).toBeLessThanOrEqual(120);
  });
});

describe('a rule is applied and warned of', () => {
  it.each<[string, Json, string[]]>([
    ['an unknown field', { includedNamespace: ['web'] }, ['.includedNamespace is unknown and ignored']],
    ['a name that is no text', { name: 5 }, ['.name is a number, not text: left out']],
    [
      'prototype names as fields',
      JSON.parse('{"__proto__":{"name":"x"},"constructor":1}') as Json,
      ['.__proto__ is unknown and ignored', '.constructor is unknown and ignored'],
    ],
    [
      'a glob that is none',
      { includedNamespaces: ['*', '[shop'] },
      ['.includedNamespaces[1] "[shop" is no glob: it matches nothing'],
    ],
    [
      'an excluding glob that is none',
      { excludedNamespaces: ['{shop'] },
      ['.excludedNamespaces[0] "{shop" is no glob: it matches nothing'],
    ],
    ['post hooks that are no list', { postHooks: { exec: {} } }, ['.postHooks is no list: no hook']],
    [
      'a post hook that is no map',
      { postHooks: ['date', null] },
      ['.postHooks[0] is no map of fields: no hook', '.postHooks[1] is no map of fields: no hook'],
    ],
    [
      'parts that are no maps',
      { postHooks: [{ exec: ['date'], init: 'alpine' }] },
      ['.postHooks[0].exec is no map of fields: no hook', '.postHooks[0].init is no map of fields: no hook'],
    ],
    ['a post hook of an unknown kind', { postHooks: [{ http: {} }] }, ['.postHooks[0].http is unknown and ignored']],
    [
      'a label of a prototype’s name',
      { labelSelector: { matchExpressions: [{ key: 'constructor', operator: 'DoesNotExist' }] } },
      [],
    ],
  ])('for %s', (_, rule, ends) => {
    const { rule: read, reading } = readOne(rule);
    expect(reading.warnings).toEqual([]);
    expect(textsOf(read?.warnings ?? [])).toEqual(ends.map((end) => `${place}[0]${end}`));
    expect(read !== null && ruleMatches(read, pod)).toBe(true);
  });

  it.each<[string, Json, string]>([
    ['an unknown operator', { key: 'app', operator: 'Equals' }, 'has the unknown operator "Equals"'],
    ['no values', { key: 'app', operator: 'In' }, 'has no values, which In needs'],
  ])('for %s, which matches no pod', (_, requirement, says) => {
    const { rule } = readOne({ labelSelector: { matchExpressions: [requirement] } });
    expect(textsOf(rule?.warnings ?? [])).toEqual([
      `${place}[0].labelSelector.matchExpressions[0] ${says}: it matches no pod`,
    ]);
    expect(rule !== null && ruleMatches(rule, pod)).toBe(false);
  });

  it('where its namespaces and resources concern the pod, though its labels do not', () => {
    const warned = (rule: Readonly<Record<string, Json>>) => {
      const read = readOne({ bad: 1, ...rule }).rule;
      return read === null ? null : ruleWarnings(read, pod).length;
    };
    expect(warned({})).toBe(1);
    expect(warned({ labelSelector: selecting('web') })).toBe(1);
    expect(warned({ includedNamespaces: ['web'] })).toBe(0);
    expect(warned({ excludedResources: ['pods'] })).toBe(0);
  });
});

describe('the post hooks of a rule', () => {
  it('keep their order and places, and null is as good as absent', () => {
    const { rule } = readOne({
      postHooks: [{ exec: { command: ['a'] }, init: null }, { exec: null }, { init: {}, exec: { command: ['b'] } }],
    });
    const inside = `${place}[0].postHooks`;
    expect(rule?.postHooks).toEqual([
      { place: `${inside}[0]`, exec: { command: ['a'] }, init: null },
      { place: `${inside}[1]`, exec: null, init: null },
      { place: `${inside}[2]`, exec: { command: ['b'] }, init: {} },
    ]);
    expect(rule?.warnings).toEqual([]);
  });
});

function selecting(app: string): Json {
  return { matchLabels: { app } };
}

function nulls(): Json {
  const fields = ['name', 'includedNamespaces', 'excludedNamespaces', 'includedResources', 'excludedResources'];
  return Object.fromEntries([...fields, 'labelSelector', 'postHooks'].map((field) => [field, null]));
}

function escaped(text: string): string {
  return text.replaceAll(/[[\].]/g, String.raw`\$&`);
}
