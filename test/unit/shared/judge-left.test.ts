import { describe, expect, it } from '@jest/globals';
import { admittedForKey, execKeys, movedCommandKey, movedHooksKey } from '../../../shared/annotations.ts';
import { annotationsBytes, annotationsLimitBytes } from '../../../shared/judge-left.ts';
import { admissionPatch } from '../../../shared/patch.ts';
import type { PlanContext } from '../../../shared/plan-context.ts';
import { planPod } from '../../../shared/plan.ts';
import { applyPatch } from '../../support/apply-patch.ts';
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

const init = { 'init.hook.restore.velero.io/container-image': 'alpine' };
const own = { 'restorehooks.io/init': '[{image: alpine}]', 'restorehooks.io/exec': '[{command: a}, {command: b}]' };
const policies = [buildPolicy('p', [initRule('of-policy'), execRule('x')])];
const holding = withRules(initRule('i'), execRule('x'));
const movedHooks = { [movedHooksKey]: JSON.stringify({ resources: [execRule('x')] }) };
const moved = found(restoreObject({ metadata: { annotations: movedHooks } }));
const started = found(restoreObject({ status: { startTimestamp: '2026-03-01T09:59:30Z' } }));

function plan(annotations: Record<string, string>, context: Partial<PlanContext>, label = 'r1') {
  const pod = buildPod({ metadata: { annotations } });
  const result = planPod(pod, label, buildContext(context));
  return { ...result, said: textsOf(result.warnings), patch: admissionPatch(pod, result, label) };
}

const takeover = { mode: 'takeover' } as const;
const elsewhere = { ...takeover, takeoverNamespaces: ['web'] };
const holds = { ...takeover, restore: holding };
const atWork = { mode: 'standalone', restore: started } as const;
const ofHolds = (count: number) => `Restore "r1" holds hooks that Velero runs: ${count} of ours not run in this pod`;
const ofElsewhere = (count: number) =>
  `this namespace is not taken over from Velero: ${count} of our own hooks not run in this pod`;
const ofAtWork = (count: number) =>
  `Restore "r1" is worked on by a Velero, and this is standalone: ${count} of its hooks left alone`;

describe('a pod that is left to Velero', () => {
  it.each<[string, Record<string, string>, Partial<PlanContext>, PlanContext['stage'][], string[]]>([
    ['whose Restore holds its hooks, none of ours', {}, holds, ['admission', 'run'], []],
    ['with Velero’s annotations alone', { ...init, [execKeys.command]: 'x' }, holds, ['admission', 'run'], []],
    ['with own lists', own, holds, ['admission', 'run'], [ofHolds(3)]],
    ['with hooks of policies', {}, { ...holds, policies }, ['admission', 'run'], [ofHolds(2)]],
    ['with a moved command', { [movedCommandKey]: 'x' }, holds, ['admission', 'run'], []],
    ['in a namespace not taken over', { ...init, [execKeys.command]: 'x' }, elsewhere, ['admission', 'run'], []],
    ['and its own lists, there', own, elsewhere, ['admission', 'run'], [ofElsewhere(3)]],
    // Velero does not see what an earlier takeover moved.
    [
      'and a Restore’s moved hooks, there',
      {},
      { ...elsewhere, restore: moved },
      ['admission', 'run'],
      [ofElsewhere(1)],
    ],
    ['and a Restore that holds them, there', {}, { ...elsewhere, restore: holding }, ['admission', 'run'], []],
    ['standalone, since a Velero is at work', { ...init, [execKeys.command]: 'x' }, atWork, ['run'], [ofAtWork(2)]],
    ['standalone, without hooks', {}, atWork, ['admission', 'run'], []],
    ['while all is only observed', own, { mode: 'observe', restore: holding }, ['admission', 'run'], []],
  ])('%s', (_, annotations, context, stages, said) => {
    for (const stage of stages) {
      const planned = plan(annotations, { ...context, stage });
      expect(planned).toMatchObject({ init: [], exec: [], policies: [], stamp: false, said });
      expect(planned.left).not.toBeNull();
    }
  });

  it('is not one whose namespace is taken over', () => {
    const context = { ...takeover, takeoverNamespaces: ['web', 'shop'] };
    expect(plan({ [execKeys.command]: 'x' }, context)).toMatchObject({ left: null, command: 'moves', stamp: true });
    expect(plan({ [execKeys.command]: 'x' }, { ...context, restore: holding }).left).toBe('restore-holds-hooks');
    expect(plan({ [execKeys.command]: 'x' }, { ...context, takeoverNamespaces: [] }).left).toBe('not-taken-over');
  });

  it.each<[string, Partial<PlanContext>, 'moves back' | 'stays']>([
    ['its Restore holds hooks', holds, 'moves back'],
    ['its namespace is not taken over', elsewhere, 'moves back'],
    ['a Velero is at work on a standalone cluster, whose pods are left alone', atWork, 'stays'],
    ['it is observed', { mode: 'observe', restore: holding }, 'stays'],
  ])('gets a moved command back or not, where %s', (_, context, command) => {
    expect(plan({ [movedCommandKey]: 'x' }, context).command).toBe(command);
    expect(plan({ [movedCommandKey]: 'x' }, { ...context, stage: 'run' }).command).toBe(command);
    expect(plan({}, context).command).toBe('stays');
  });

  it('keeps the words about what is wrong in its annotations', () => {
    const wrong = { 'post.hook.restore.velero.io/timeout': '5s' };
    for (const context of [holds, elsewhere, atWork, { mode: 'observe' } as const]) {
      expect(plan(wrong, context).said[0]).toMatch(/timeout .*is ignored, for there is no command: no hook|is unknown/);
    }
  });
});

describe('a pod whose annotations have no room', () => {
  const stampBytes = admittedForKey.length + 'r1'.length;
  const filling = (bytes: number, annotations: Record<string, string>, character = 'x') => {
    const rest = bytes - annotationsBytes(annotations) - 'big'.length;
    return { ...annotations, big: character.repeat(Math.floor(rest / Buffer.byteLength(character))) };
  };
  const command = { [execKeys.command]: 'x' };
  const movedCommand = { [movedCommandKey]: 'x' };
  const limit = annotationsLimitBytes;
  const tooLarge = (count: number) => `metadata.annotations have no room for more: ${count} hooks not run in this pod`;

  it('is ours if the stamp fits to the byte', () => {
    const planned = plan(filling(limit - stampBytes, command), {});
    expect(planned).toMatchObject({ left: null, stamp: true, said: [] });
  });

  it.each([
    ['one byte too many', filling(limit - stampBytes + 1, command)],
    ['no room at all', filling(limit, command)],
    ['no room by letters of three bytes', filling(limit - 20, command, '€')],
  ])('is none of ours with %s, and it is said', (_, annotations) => {
    expect(plan(annotations, {})).toMatchObject({
      left: 'too-large',
      command: 'stays',
      stamp: false,
      exec: [],
      said: [tooLarge(1)],
      patch: [],
    });
  });

  it('says nothing of what Velero runs in a takeover, and the number of the others', () => {
    expect(plan(filling(limit, command), takeover)).toMatchObject({ left: 'too-large', command: 'stays', said: [] });
    expect(plan(filling(limit, { ...command, ...own }), takeover).said).toEqual([tooLarge(3)]);
    expect(plan(filling(limit, {}), { ...takeover, restore: moved }).said).toEqual([tooLarge(1)]);
  });

  it('says nothing without hooks', () => {
    expect(plan(filling(limit, {}), {})).toMatchObject({ left: 'too-large', said: [], patch: [] });
  });

  it('counts the stamp that it brings along only once', () => {
    const annotations = filling(limit, { ...command, [admittedForKey]: 'r0' });
    expect(plan(annotations, {})).toMatchObject({ left: null, stamp: true });
    const longer = plan(annotations, {}, 'r10');
    expect(longer).toMatchObject({ left: 'too-large', stamp: false });
    // What is taken off leaves room, and yet it is the same the next time.
    const pod = applyPatch(buildPod({ metadata: { annotations } }), longer.patch);
    expect(plan({ ...pod.metadata.annotations }, {}, 'r10')).toMatchObject({ left: 'too-large', patch: [] });
  });

  it('gets its command back in a takeover, if there is room for the longer key', () => {
    expect(plan(filling(limit - 2, movedCommand), takeover)).toMatchObject({
      left: 'too-large',
      command: 'moves back',
      said: [],
    });
    for (const context of [takeover, holds, elsewhere]) {
      expect(plan(filling(limit - 1, movedCommand), context)).toMatchObject({ command: 'stays', said: [tooLarge(1)] });
    }
  });

  it('has room where the stamp goes, which it does at admission alone', () => {
    const full = filling(limit, { ...movedCommand, [admittedForKey]: 'r1' });
    expect(plan(full, holds)).toMatchObject({ left: 'restore-holds-hooks', command: 'moves back', said: [] });
    expect(plan(full, { ...holds, stage: 'run' })).toMatchObject({ command: 'stays', said: [tooLarge(1)] });
  });

  it('of one that exists nothing is asked: it has its stamp, or was missed', () => {
    expect(plan(filling(limit, command), { stage: 'run' })).toMatchObject({ left: null, stamp: true });
  });

  it('beyond the limit is refused with or without us', () => {
    expect(plan(filling(limit + 1, command), {}).left).toBeNull();
  });

  it('counts bytes as the API server does', () => {
    expect(annotationsBytes({})).toBe(0);
    expect(annotationsBytes({ a: '', bc: 'd' })).toBe(4);
    expect(annotationsBytes({ é: '€😀' })).toBe(2 + 3 + 4);
  });
});
