import { describe, expect, it } from '@jest/globals';
import { admittedForKey, execKeys, movedCommandKey, ownKeys } from '../../../shared/annotations.ts';
import type { HookSource, Plan } from '../../../shared/hook.ts';
import { planPod } from '../../../shared/plan.ts';
import type { PodCondition } from '../../../shared/pod.ts';
import { defaultRestoreLabel } from '../../../shared/restored.ts';
import { judgeTaking } from '../../../shared/take.ts';
import { at, buildHook, buildPlan, buildPod, createdAtMs, type PodParts } from '../../support/pods.ts';
import { buildContext, found, restoreObject } from '../../support/rules.ts';

const scope = { labelKey: defaultRestoreLabel, excludedNamespaces: ['kube-system'] };
const labels = { [defaultRestoreLabel]: 'r1' };
const stamp = { [admittedForKey]: 'r1' };
const templated = { ownerReferences: [{ kind: 'ReplicaSet', controller: true }], generateName: 'db-' };
const mark = (reason: string): PodCondition[] => [{ type: 'restorehooks.io/hooks', status: 'False', reason }];

interface Row {
  readonly name: string;
  readonly parts: PodParts;
  readonly plan?: Plan;
  readonly installedAt?: number;
  readonly context?: Parameters<typeof judgeTaking>[4];
  readonly expected: string;
}

function told({
  parts,
  plan = buildPlan({ exec: [buildHook('a')] }),
  installedAt = -60,
  context,
}: Omit<Row, 'name' | 'expected'>) {
  const taking = judgeTaking(buildPod(parts), plan, scope, createdAtMs + installedAt * 1000, context);
  if (taking.is === 'taken') return `taken ${taking.restore}`;
  return taking.is === 'left' ? `left: ${taking.why}` : taking.is;
}

/** In seconds after the pod's creation; null: not complete. */
function restoreAt(created: number, completed: number | null) {
  const status = completed === null ? {} : { status: { completionTimestamp: at(completed) } };
  return found(restoreObject({ metadata: { creationTimestamp: at(created) }, ...status }));
}

const stamped = { metadata: { labels, annotations: stamp } };
const unstamped = { metadata: { labels } };
const standalone = (restore: ReturnType<typeof restoreAt>) => ({ mode: 'standalone', restore }) as const;

describe('a pod and its Restore', () => {
  it.each<Row>([
    {
      name: 'complete before it, and the stamp',
      parts: stamped,
      context: standalone(restoreAt(-60, -1)),
      expected: 'left: too late',
    },
    {
      name: 'complete before it, and no stamp',
      parts: unstamped,
      context: standalone(restoreAt(-60, -1)),
      expected: 'left: too late',
    },
    {
      name: 'complete before it, and its template’s copy of the stamp',
      parts: { metadata: { labels, annotations: stamp, ...templated } },
      context: standalone(restoreAt(-60, -1)),
      expected: 'left: too late',
    },
    { name: 'complete in that second', parts: stamped, context: standalone(restoreAt(-60, 0)), expected: 'taken r1' },
    { name: 'complete after it', parts: stamped, context: standalone(restoreAt(-60, 5)), expected: 'taken r1' },
    {
      name: 'complete before it, and a mark',
      parts: { ...stamped, conditions: mark('Running') },
      context: standalone(restoreAt(-60, -1)),
      expected: 'interrupted',
    },
    {
      name: 'created before it, and no stamp',
      parts: unstamped,
      context: standalone(restoreAt(-1, null)),
      expected: 'missed',
    },
    {
      name: 'created in that second, and no stamp',
      parts: unstamped,
      context: standalone(restoreAt(0, null)),
      expected: 'missed',
    },
    {
      name: 'created after it: the name is used again',
      parts: unstamped,
      context: standalone(restoreAt(1, null)),
      expected: 'left: not stamped',
    },
    {
      name: 'created after it, and a stamp of the earlier one',
      parts: stamped,
      context: standalone(restoreAt(1, null)),
      expected: 'taken r1',
    },
    {
      name: 'of an unknown age, and no stamp',
      parts: unstamped,
      context: standalone(found(restoreObject({ metadata: { creationTimestamp: null } }))),
      expected: 'missed',
    },
    {
      name: 'created before the installation',
      parts: unstamped,
      installedAt: 1,
      context: standalone(restoreAt(-60, null)),
      expected: 'left: not stamped',
    },
    {
      name: 'a pod of an unreadable time, which is not after it',
      parts: { metadata: { labels, annotations: stamp, creationTimestamp: 'soon' } },
      context: standalone(restoreAt(-60, -1)),
      expected: 'taken r1',
    },
  ])('with one $name: $expected', (row) => expect(told(row)).toBe(row.expected));
});

describe('a pod that is none of ours', () => {
  const lefts = ['observed', 'velero-at-work', 'restore-holds-hooks', 'not-taken-over', 'too-large'] as const;
  it.each(lefts)('since it is %s is left, stamped or not', (left) => {
    const plan = buildPlan({ left });
    expect(told({ parts: stamped, plan })).toBe('left: not ours');
    expect(told({ parts: unstamped, plan })).toBe('left: not ours');
    expect(told({ parts: { ...stamped, conditions: mark('Failed') }, plan })).toBe('left: done before');
    expect(told({ parts: { metadata: { labels, ...templated } }, plan })).toBe('left: controlled');
  });
});

describe('a pod without a stamp, in a takeover', () => {
  const takeover = { mode: 'takeover', restore: { is: 'none' } } as const;
  const initOf = (source: HookSource) =>
    buildPlan({ init: [{ container: { name: 'i' }, generatedName: false, timeoutMs: null, source, rule: null }] });

  it.each<Row>([
    // Velero injects these itself, and whatever it was asked for is done.
    {
      name: 'the init hook of Velero’s annotations',
      parts: unstamped,
      plan: initOf('annotation'),
      expected: 'left: no hooks',
    },
    { name: 'an init hook of an own list', parts: unstamped, plan: initOf('own-annotation'), expected: 'missed' },
    { name: 'an init hook moved out of its Restore', parts: unstamped, plan: initOf('restore'), expected: 'missed' },
    { name: 'an init hook of a policy', parts: unstamped, plan: initOf('policy'), expected: 'missed' },
    { name: 'an exec hook, which can only be one that is not Velero’s', parts: unstamped, expected: 'missed' },
    { name: 'no hook of ours', parts: unstamped, plan: buildPlan(), expected: 'left: no hooks' },
  ])('with $name: $expected', (row) => expect(told({ ...row, context: takeover })).toBe(row.expected));

  it('is not missed with its command in place, which Velero has run, and with a moved one it is', () => {
    const judged = (annotations: Record<string, string>) => {
      const pod = buildPod({ metadata: { labels, annotations } });
      const plan = planPod(pod, 'r1', buildContext({ ...takeover, stage: 'run' }));
      return judgeTaking(pod, plan, scope, createdAtMs, takeover);
    };
    expect(judged({ [execKeys.command]: 'x' })).toEqual({ is: 'left', why: 'no hooks' });
    expect(judged({ [movedCommandKey]: 'x' })).toEqual({ is: 'missed' });
    expect(judged({ [execKeys.command]: 'x', [ownKeys.exec]: '[{command: y}]' })).toEqual({ is: 'missed' });
  });
});
