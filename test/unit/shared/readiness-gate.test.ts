import { describe, expect, it } from '@jest/globals';
import { readyCondition } from '../../../shared/condition.ts';
import type { JsonPatchOperation } from '../../../shared/json-patch.ts';
import { admissionPatch } from '../../../shared/patch.ts';
import { planPod } from '../../../shared/plan.ts';
import type { PlanContext } from '../../../shared/plan-context.ts';
import type { PodSpec } from '../../../shared/pod.ts';
import { applyPatch } from '../../support/apply-patch.ts';
import { buildPlan, buildPod } from '../../support/pods.ts';
import { buildContext, buildPolicy, execRule, initRule, restoreObject, found, textsOf } from '../../support/rules.ts';

const key = 'restorehooks.io/readiness-gate';
const exec = { 'post.hook.restore.velero.io/command': '/bin/true' };
const own = { 'restorehooks.io/exec': '[{command: [/bin/true]}]' };
const init = { 'init.hook.restore.velero.io/container-image': 'alpine' };

function planWith(annotations: Readonly<Record<string, string>>, context: Partial<PlanContext> = {}) {
  return planPod(buildPod({ metadata: { annotations } }), 'r1', buildContext(context));
}

describe('planPod, readiness gate', () => {
  const gated = buildPolicy('gated', [execRule('/x')], { readinessGate: true });

  it.each<[string, Readonly<Record<string, string>>, boolean]>([
    ['nothing is asked for', {}, false],
    ['a gate is asked for, and nothing else', { [key]: 'true' }, false],
    ['there is a hook, and no gate is asked for', exec, false],
    ['there is an init hook alone', { ...init, [key]: 'true' }, false],
    ['there is a hook of Velero’s annotations', { ...exec, [key]: 'true' }, true],
    ['there is a hook of the own list', { ...own, [key]: 'true' }, true],
    ['the word is 1', { ...exec, [key]: '1' }, true],
    ['the word is T', { ...exec, [key]: 'T' }, true],
    ['the word is false', { ...exec, [key]: 'false' }, false],
  ])('where %s', (_, annotations, readinessGate) => {
    expect(planWith(annotations)).toMatchObject({ readinessGate, warnings: [] });
  });

  it.each(['yes', '', ' true', 'tRUE'])('warns about %j, and goes by the policies', (word) => {
    const annotations = { [key]: word };
    const said = [`${key} ${JSON.stringify(word)} is neither true nor false, and ignored`];
    const annotated = planWith({ ...exec, ...annotations });
    expect([annotated.readinessGate, textsOf(annotated.warnings)]).toEqual([false, said]);
    const standing = planWith(annotations, { policies: [gated] });
    expect([standing.readinessGate, textsOf(standing.warnings)]).toEqual([true, said]);
  });

  const open = buildPolicy('open', [execRule('/y')], { readinessGate: false });
  const silent = buildPolicy('silent', [execRule('/z')]);
  const elsewhere = buildPolicy('elsewhere', [execRule('/x', { includedNamespaces: ['web'] })], {
    readinessGate: true,
  });
  const preparing = buildPolicy('preparing', [initRule('fix')], { readinessGate: true });

  it.each<[string, Partial<PlanContext>, Readonly<Record<string, string>>, boolean]>([
    ['a policy says true', { policies: [gated] }, {}, true],
    ['a policy says false', { policies: [open] }, {}, false],
    ['a policy says nothing', { policies: [silent] }, {}, false],
    ['one of several says true', { policies: [open, silent, gated] }, {}, true],
    ['a policy says true, and does not match', { policies: [elsewhere, silent] }, {}, false],
    ['a policy says true, and has init hooks alone', { policies: [preparing, silent] }, {}, false],
    ['a policy says true, and the annotation false', { policies: [gated] }, { [key]: 'false' }, false],
    ['a policy says false, and the annotation true', { policies: [open] }, { [key]: 'true' }, true],
    ['there is a command that is none', {}, { 'post.hook.restore.velero.io/command': '[]', [key]: 'true' }, false],
    ['a policy says true, and is hidden by annotations', { policies: [gated] }, exec, false],
    ['the mode is observe', { policies: [gated], mode: 'observe' }, { [key]: 'true' }, false],
    [
      'the hooks are Velero’s',
      { policies: [gated], mode: 'takeover', restore: found(restoreObject({ spec: { hooks: { resources: [{}] } } })) },
      { [key]: 'true' },
      false,
    ],
    ['the hooks were taken over', { mode: 'takeover' }, { ...exec, [key]: 'true' }, true],
  ])('where %s', (_, context, annotations, readinessGate) => {
    expect(planWith(annotations, context).readinessGate).toBe(readinessGate);
  });
});

describe('admissionPatch, readiness gate', () => {
  const gate = { conditionType: readyCondition };
  const other = { conditionType: 'example.com/backend' };

  it.each<[string, PodSpec['readinessGates'], JsonPatchOperation[]]>([
    ['makes the list', undefined, [{ op: 'add', path: '/spec/readinessGates', value: [gate] }]],
    ['makes the list over null', null, [{ op: 'add', path: '/spec/readinessGates', value: [gate] }]],
    ['adds to an empty list', [], [{ op: 'add', path: '/spec/readinessGates/-', value: gate }]],
    ['adds to others', [other], [{ op: 'add', path: '/spec/readinessGates/-', value: gate }]],
    ['leaves alone one that is there', [gate, other], []],
  ])('%s', (_, readinessGates, operations) => {
    const pod = buildPod();
    const before = { ...pod, spec: { ...pod.spec, ...(readinessGates !== undefined && { readinessGates }) } };
    const plan = buildPlan({ readinessGate: true });
    expect(admissionPatch(before, plan, 'r1')).toEqual(operations);
    const after = applyPatch(before, operations);
    expect(after.spec.readinessGates).toContainEqual(gate);
    expect(admissionPatch(after, plan, 'r1')).toEqual([]);
    // It is the user's, or of an earlier restore: the executor opens it.
    expect(admissionPatch(after, buildPlan(), 'r1')).toEqual([]);
  });

  it('says nothing of a pod that is left', () => {
    expect(admissionPatch(buildPod(), buildPlan({ left: 'observed', readinessGate: true }), 'r1')).toEqual([]);
  });
});
