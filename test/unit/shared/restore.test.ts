import { describe, expect, it } from '@jest/globals';
import { movedHooksKey } from '../../../shared/annotations.ts';
import { planPod } from '../../../shared/plan.ts';
import {
  findingOf,
  holdsHooks,
  isAfterCompletion,
  readRestore,
  restoreRules,
  type RestoreFinding,
} from '../../../shared/restore.ts';
import type { Json } from '../../../shared/yaml-value.ts';
import { buildPod } from '../../support/pods.ts';
import { buildContext, buildPolicy, execRule, found, restoreObject, textsOf } from '../../support/rules.ts';

function planned(restore: RestoreFinding) {
  const plan = planPod(buildPod(), 'r1', buildContext({ restore }));
  return {
    exec: plan.exec.map(({ source, command }) => [source, ...command].join(' ')),
    warnings: textsOf(plan.warnings),
  };
}

describe('the Restore of a pod', () => {
  const named = (namespace: string, creationTimestamp: string, command: string) =>
    restoreObject({
      metadata: { namespace, creationTimestamp },
      spec: { hooks: { resources: [execRule(command)] } },
    });
  const old = named('velero', '2026-01-01T00:00:00Z', 'old');
  const young = named('velero-2', '2026-02-01T00:00:00Z', 'young');

  it.each<[string, RestoreFinding]>([
    ['last', found(old, young)],
    ['first', found(young, old)],
  ])('of several with one name is the newest, which comes %s, with a warning', (_, restore) => {
    const plan = planned(restore);
    expect(plan.exec).toEqual(['restore young']);
    expect(plan.warnings).toEqual(['Restore "r1" is there more than once: the newest, in velero-2, is taken']);
  });

  it('that cannot be read has no hooks and no words; the pod is stamped, since the executor decides', () => {
    const plan = planPod(buildPod(), 'r1', buildContext({ restore: { is: 'unreadable' } }));
    expect(plan).toMatchObject({ exec: [], init: [], warnings: [], left: null, command: 'stays', stamp: true });
  });

  it('that is not there is none: the pod is stamped only for other hooks', () => {
    expect(planPod(buildPod(), 'r1', buildContext()).stamp).toBe(false);
    expect(planPod(buildPod(), 'r1', buildContext({ policies: [buildPolicy('p', [execRule('x')])] })).stamp).toBe(true);
  });

  it.each<[string, string, string[]]>([
    ['moved hooks', JSON.stringify({ resources: [execRule('moved')] }), []],
    ['moved hooks that are empty', '{}', []],
    ['an empty text', '', []],
    ['no JSON', '{resources: []}', ['Restore r1 hooks in its annotation are no JSON: the rule is not applied']],
    ['a list', '[]', ['Restore r1 hooks are no map of fields: the rule is not applied']],
    ['null', 'null', ['Restore r1 hooks are no map of fields: the rule is not applied']],
    ['rules that are no list', '{"resources":{}}', ['Restore r1 hooks.resources is no list: the rule is not applied']],
    ['a misspelt field', '{"resource":[]}', ['Restore r1 hooks.resource is unknown and ignored']],
  ])('may have in its annotation %s', (_, text, said) => {
    const restore = found(restoreObject({ metadata: { annotations: { [movedHooksKey]: text } } }));
    const plan = planned(restore);
    expect(plan.warnings).toEqual(said);
    expect(plan.exec).toEqual(text.includes('"moved"') ? ['restore moved'] : []);
  });

  it('has the hooks of its spec, whatever stands in the annotation', () => {
    const restore = found(
      restoreObject({
        metadata: { annotations: { [movedHooksKey]: JSON.stringify({ resources: [execRule('moved')] }) } },
        spec: { hooks: { resources: [execRule('again')] } },
      }),
    );
    expect(planned(restore).exec).toEqual(['restore again']);
  });
});

describe('a Restore as it is kept', () => {
  it.each<[string, Json | undefined, boolean]>([
    ['nothing', undefined, false],
    ['null', null, false],
    ['{}, which Velero always writes', {}, false],
    ['rules that are null', { resources: null }, false],
    ['no rules', { resources: [] }, false],
    ['a rule', { resources: [{}] }, true],
    ['rules that are no list, since Velero may make something of them', { resources: {} }, true],
    ['a text', 'resources', false],
    ['a list', [execRule('x')], false],
  ])('with spec.hooks as %s', (_, hooks, holds) => expect(holdsHooks(hooks)).toBe(holds));

  it('tells times in milliseconds, and whether a Velero has begun', () => {
    const status = { startTimestamp: '2026-03-01T10:00:00Z', completionTimestamp: '2026-03-01T10:05:00Z' };
    expect(readRestore(restoreObject({ status }))).toMatchObject({
      createdAtMs: Date.parse('2026-03-01T09:59:00Z'),
      started: true,
      completedAtMs: Date.parse('2026-03-01T10:05:00Z'),
    });
    for (const none of [null, undefined, {}, { startTimestamp: null, completionTimestamp: null }, { phase: 'New' }]) {
      const read = readRestore(restoreObject(none === undefined ? {} : { status: none }));
      expect(read).toMatchObject({ started: false, completedAtMs: null });
    }
  });

  it('may lack whatever can be lacking', () => {
    expect(readRestore({ metadata: {} })).toEqual({
      namespace: '',
      name: '',
      uid: '',
      version: '',
      createdAtMs: null,
      started: false,
      completedAtMs: null,
      holdsHooks: false,
      hooksText: '',
    });
    expect(readRestore({ metadata: { annotations: null }, spec: null, status: null }).hooksText).toBe('');
  });

  // The stack ends at some thousand levels; the API server takes ten thousand, and a text any number.
  it.each([1_000, 100_000])('holds what nests %i deep without a throw, and the rest of it', (depth) => {
    const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const text = `{"resources":[{"postHooks":[{"exec":{"command":["x"],"onError":${deep},"waitForReady":${deep}}}]}]}`;
    const inSpec = restoreObject({ spec: { hooks: JSON.parse(text) as Json } });
    const inAnnotation = restoreObject({ metadata: { annotations: { [movedHooksKey]: text } } });
    for (const restore of [found(inSpec), found(inAnnotation)]) {
      const plan = planned(restore);
      expect(plan.exec).toEqual(['restore x']);
      expect(plan.warnings).toEqual([
        expect.stringMatching(/onError "\[+…" is neither Fail nor Continue: Continue is taken$/),
        expect.stringMatching(/waitForReady "\[+…" is neither true nor false: false is taken$/),
      ]);
    }
  });

  it('is cut where nothing has a meaning any more, and not before', () => {
    const container = { name: 'c', image: 'i', command: ['x'], env: [{ name: 'A', valueFrom: { fieldRef: {} } }] };
    const rule = { postHooks: [{ init: { initContainers: [container] } }] };
    expect(restoreRules(readRestore(restoreObject({ spec: { hooks: { resources: [rule] } } }))).rules[0]).toMatchObject(
      rule,
    );
  });
});

describe('the finding of Restores', () => {
  const aged = (namespace: string, creationTimestamp: string | null) =>
    readRestore(restoreObject({ metadata: { namespace, creationTimestamp } }));

  it('is none of none, and of one not ambiguous', () => {
    expect(findingOf([])).toEqual({ is: 'none' });
    expect(findingOf([aged('velero', null)])).toMatchObject({ is: 'found', ambiguous: false });
  });

  it.each([
    ['the newest', [aged('a', '2026-01-01T00:00:00Z'), aged('b', '2026-01-01T00:00:01Z')], 'b'],
    ['of one age the first namespace', [aged('b', '2026-01-01T00:00:00Z'), aged('a', '2026-01-01T00:00:00Z')], 'a'],
    ['one of a known age', [aged('a', null), aged('b', '2026-01-01T00:00:00Z')], 'b'],
  ])('is %s', (_, candidates, namespace) => {
    for (const all of [candidates, [...candidates].reverse()]) {
      expect(findingOf(all)).toMatchObject({ is: 'found', restore: { namespace }, ambiguous: true });
    }
  });
});

describe('a pod is after the completion of its Restore', () => {
  const completed = { ...readRestore(restoreObject()), completedAtMs: 1_000 };
  it.each<[string, number | null, number | null, boolean]>([
    ['created later', 1_001, 1_000, true],
    ['created in that moment', 1_000, 1_000, false],
    ['created before', 999, 1_000, false],
    ['being created', null, 1_000, true],
    ['of a time that cannot be read', Number.NaN, 1_000, false],
    ['created, and it is not complete', 5_000, null, false],
    ['being created, and it is not complete', null, null, false],
  ])('if it is %s', (_, createdAtMs, completedAtMs, after) => {
    expect(isAfterCompletion(createdAtMs, { ...completed, completedAtMs })).toBe(after);
  });
});
