import { describe, expect, it } from '@jest/globals';
import type { ExecHook } from '../../../shared/hook.ts';
import { admissionPatch } from '../../../shared/patch.ts';
import { planPod } from '../../../shared/plan.ts';
import type { PlanContext } from '../../../shared/plan-context.ts';
import type { Container } from '../../../shared/pod.ts';
import type { Json } from '../../../shared/yaml-value.ts';
import { applyPatch } from '../../support/apply-patch.ts';
import { buildHook, buildPod, type PodParts } from '../../support/pods.ts';
import { buildContext, buildPolicy, initRule, textsOf, withRules } from '../../support/rules.ts';

const place = 'Restore r1 hooks.resources[0].postHooks[0]';

function plan(context: Partial<PlanContext>, parts: PodParts = {}) {
  return planPod(buildPod(parts), 'r1', buildContext(context));
}

function planExec(exec: Json) {
  const { exec: hooks, warnings } = plan({ restore: withRules({ name: 'rule', postHooks: [{ exec }] }) });
  return { hooks, said: textsOf(warnings), places: warnings.map((warning) => warning.place) };
}

function planInit(init: Json, parts: PodParts = {}) {
  const { init: hooks, warnings } = plan({ restore: withRules({ name: 'rule', postHooks: [{ init }] }) }, parts);
  return { hooks, said: textsOf(warnings) };
}

const whole = { name: 'hook', image: 'alpine', command: ['date'] };

// What a Restore may hold once it is JSON in an annotation, which no schema has seen.
describe('an exec hook of a Restore', () => {
  it.each<[string, Json, Partial<ExecHook> | null, string | null]>([
    ['execTimeout', '1m', { execTimeoutMs: 60_000 }, null],
    ['execTimeout', '0s', {}, null],
    ['execTimeout', null, {}, null],
    ['execTimeout', '-1s', {}, '"-1s" is negative: 30s is taken'],
    ['execTimeout', '1 m', {}, '"1 m" is no duration such as 1m30s: 30s is taken'],
    ['execTimeout', '', {}, '"" is no duration such as 1m30s: 30s is taken'],
    ['execTimeout', 60, {}, '"60" is no duration such as 1m30s: 30s is taken'],
    ['execTimeout', 0, {}, '"0" is no duration such as 1m30s: 30s is taken'],
    ['waitTimeout', '1h2m3.5s', { waitTimeoutMs: 3_723_500 }, null],
    ['waitTimeout', '0s', {}, null],
    ['waitTimeout', [], {}, '"[]" is no duration such as 1m30s: no limit is set'],
    ['waitForReady', true, { waitForReady: true }, null],
    ['waitForReady', false, {}, null],
    ['waitForReady', null, {}, null],
    ['waitForReady', 'T', { waitForReady: true }, null],
    ['waitForReady', 1, { waitForReady: true }, null],
    ['waitForReady', 2, {}, '"2" is neither true nor false: false is taken'],
    ['waitForReady', 'yes', {}, '"yes" is neither true nor false: false is taken'],
    ['onError', 'Fail', { onError: 'Fail' }, null],
    ['onError', null, {}, null],
    ['onError', 'fail', {}, '"fail" is neither Fail nor Continue: Continue is taken'],
    ['onError', '', {}, '"" is neither Fail nor Continue: Continue is taken'],
    ['onError', { Fail: true }, {}, '"{\\"Fail\\":tru…" is neither Fail nor Continue: Continue is taken'],
    ['container', 'b', { container: 'b' }, null],
    ['container', '', {}, null],
    ['container', null, {}, null],
    ['container', 'c', { container: 'c' }, '"c" is no container of this pod: the hook will fail'],
    ['container', 5, null, 'is no text: no hook'],
    ['command', ['a', 'b c', ''], { command: ['a', 'b c', ''] }, null],
    ['command', 'a b', { command: ['a b'] }, null],
    ['command', ' ["a", "b"]', { command: ['a', 'b'] }, null],
    ['command', '["a"', { command: ['["a"'] }, '"[\\"a\\"" is no JSON array of strings: taken as one single argument'],
    ['command', [], null, '"[]" is an empty command: no hook'],
    ['command', '', null, '"" is an empty command: no hook'],
    ['command', [1], null, '[0] is a number, not text: no hook'],
    ['command', ['a', null], null, '[1] is null, not text: no hook'],
    ['command', { 0: 'a' }, null, 'is a map, not a list: no hook'],
    ['command', ['\ud800x'], { command: ['\ufffdx'] }, null],
    ['name', 'load', {}, 'is unknown and ignored'],
    ['retries', 3, {}, 'is unknown and ignored'],
    ['retryDelay', 'soon', {}, 'is unknown and ignored'],
    ['onInterrupt', 'Retry', {}, 'is unknown and ignored'],
    ['on-error', 'Fail', {}, 'is unknown and ignored'],
    ['constructor', 'x', {}, 'is unknown and ignored'],
  ])('with %s: %j', (field, value, fields, says) => {
    const { hooks, said, places } = planExec({ command: ['/bin/true'], [field]: value });
    expect(hooks).toEqual(fields === null ? [] : [buildHook('a', { source: 'restore', rule: 'rule', ...fields })]);
    expect(said).toEqual(says === null ? [] : [expect.stringContaining(says)]);
    for (const each of places) expect(each.startsWith(`${place}.exec`)).toBe(true);
  });

  it('without a command is none, and warns', () => {
    for (const exec of [{}, { command: null }, { container: 'b' }]) {
      expect(planExec(exec)).toMatchObject({ hooks: [], said: [`${place}.exec has no command: no hook`] });
    }
  });
});

describe('an init hook of a Restore', () => {
  it.each<[string, Json, string]>([
    ['no name', { image: 'alpine', command: ['date'] }, 'has no name: no hook'],
    ['an empty name', { ...whole, name: '' }, 'has no name: no hook'],
    ['no image', { name: 'hook', command: ['date'] }, 'has no image: no hook'],
    ['no command', { name: 'hook', image: 'alpine' }, 'has no command: no hook'],
    ['null for a command', { ...whole, command: null }, 'has no command: no hook'],
    ['an empty command', { ...whole, command: [] }, '.command "[]" is an empty command: no hook'],
    ['nothing', {}, 'has no name: no hook'],
    ['an image that is no text', { ...whole, image: 5 }, '.image is no text: no hook'],
    ['an image of white space', { ...whole, image: ' ' }, '.image " " names no image: no hook'],
    ['a command with a number', { ...whole, command: ['a', 1] }, '.command[1] is a number, not text: no hook'],
    ['another shape', 'alpine', 'is no map of fields: no hook'],
    ['null instead of it', null, 'is no map of fields: no hook'],
  ])('with %s is left out, and those beside it are not', (_, container, says) => {
    const { hooks, said } = planInit({ initContainers: [whole, container] });
    expect(hooks.map((hook) => hook.container)).toEqual([whole]);
    expect(said).toEqual([expect.stringMatching(/initContainers\[1\]/)]);
    expect(said[0]?.endsWith(says)).toBe(true);
  });

  it.each(['name', 'image', 'command'])('of a policy needs a %s as well', (field) => {
    const container = Object.fromEntries(Object.entries(whole).filter(([key]) => key !== field));
    const policies = [buildPolicy('p', [{ name: 'r', postHooks: [{ init: { initContainers: [container] } }] }])];
    const planned = plan({ policies });
    expect(planned.init).toEqual([]);
    expect(textsOf(planned.warnings)).toEqual([
      expect.stringMatching(`^RestoreHookPolicy p .*has no ${field}: no hook$`),
    ]);
  });

  it.each<[string, Json, Container]>([
    ['a command as text, one argument', { ...whole, command: 'a b' }, { ...whole, command: ['a b'] }],
    ['a command as the text of an array', { ...whole, command: '["a","b"]' }, { ...whole, command: ['a', 'b'] }],
    ['fields of any container', { ...whole, tty: true }, { ...whole, tty: true }],
    ['halves of pairs, replaced', { ...whole, command: ['\udc00'] }, { ...whole, command: ['\ufffd'] }],
  ])('may have %s', (_, container, expected) => {
    const { hooks, said } = planInit({ initContainers: [container] });
    expect(hooks).toEqual([
      { container: expected, generatedName: false, timeoutMs: null, source: 'restore', rule: 'rule' },
    ]);
    expect(said).toEqual([]);
  });

  it.each<[string, Json]>([
    ['no container name', 'Not_A_Name'],
    ['253 characters', 'x'.repeat(253)],
    ['a number', 5],
  ])('with %s as its name gets another, and warns', (_, name) => {
    const { hooks, said } = planInit({ initContainers: [{ ...whole, name }] });
    const generated = hooks[0]?.container.name ?? '';
    expect(generated).toMatch(/^velero-restore-init-[0-9a-f]{8}$/);
    expect(said).toEqual([expect.stringMatching(`is no container name: ${generated} is taken$`)]);
  });

  it.each<[Json, number | null, string | null]>([
    ['1m', 60_000, null],
    ['0s', null, null],
    [null, null, null],
    ['-1m', null, '"-1m" is negative: no limit is set'],
    ['soon', null, '"soon" is no duration such as 1m30s: no limit is set'],
    ['', null, '"" is no duration such as 1m30s: no limit is set'],
    [60, null, '"60" is no duration such as 1m30s: no limit is set'],
    [0, null, '"0" is no duration such as 1m30s: no limit is set'],
    [{}, null, '"{}" is no duration such as 1m30s: no limit is set'],
  ])('with the timeout %j has %j milliseconds', (timeout, timeoutMs, says) => {
    const { hooks, said } = planInit({ initContainers: [whole, { ...whole, name: 'second' }], timeout });
    expect(hooks.map((hook) => hook.timeoutMs)).toEqual([timeoutMs, timeoutMs]);
    expect(said).toEqual(says === null ? [] : [`${place}.init.timeout ${says}`]);
  });

  it.each<[string, Json, string[]]>([
    ['no containers', {}, []],
    ['null for them', { initContainers: null, timeout: null }, []],
    ['none', { initContainers: [] }, []],
    ['a map of them', { initContainers: whole }, ['.initContainers is no list: no hook']],
    ['a misspelt field', { containers: [whole] }, ['.containers is unknown and ignored']],
  ])('is none with %s', (_, init, ends) => {
    expect(planInit(init)).toEqual({ hooks: [], said: ends.map((end) => `${place}.init${end}`) });
  });

  it('has no mount of a volume that the pod has not', () => {
    const { hooks, said } = planInit({
      initContainers: [{ ...whole, volumeMounts: [{ name: 'pvc', mountPath: '/r' }] }],
    });
    expect(hooks[0]?.container).toEqual({ ...whole, volumeMounts: [] });
    expect(said).toEqual([expect.stringContaining('"pvc" is no volume of this pod')]);
  });

  it('is injected once if two rules ask for the same, and not at all if Velero has put it there', () => {
    const restore = withRules(initRule('hook'), initRule('hook'));
    const injected = (initContainers: readonly Container[]) => {
      const pod = buildPod({ initContainers });
      const planned = planPod(pod, 'r1', buildContext({ restore, policies: [buildPolicy('p', [initRule('hook')])] }));
      const patched = applyPatch(pod, admissionPatch(pod, planned, 'r1'));
      return (patched.spec.initContainers ?? []).map(({ name }) => name);
    };
    expect(injected([])).toEqual(['hook']);
    expect(injected([{ ...whole, imagePullPolicy: 'Always' }])).toEqual(['hook']);
    expect(injected([{ ...whole, image: 'busybox' }])).toEqual(['hook-2', 'hook']);
  });

  it('whose name is taken says in which rule', () => {
    const rule = { ...(initRule('a') as Record<string, Json>), name: 'rule\n\u202e' };
    const { warnings } = plan({ restore: withRules(rule), policies: [buildPolicy('p', [initRule('b')])] });
    expect(textsOf(warnings)).toEqual([
      String.raw`Restore rule rule\n\u202e initContainers "a" is the name of another container: taken with -2 at its end`,
      'RestoreHookPolicy p/b initContainers "b" is the name of another container: taken with -2 at its end',
    ]);
  });
});
