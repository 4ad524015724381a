import { describe, expect, it } from '@jest/globals';
import { admittedForKey } from '../../../shared/annotations.ts';
import type { Plan } from '../../../shared/hook.ts';
import type { PodCondition } from '../../../shared/pod.ts';
import { defaultRestoreLabel } from '../../../shared/restored.ts';
import { judgeTaking } from '../../../shared/take.ts';
import { at, buildHook, buildPlan, buildPod, createdAtMs, type PodParts } from '../../support/pods.ts';

const scope = { labelKey: defaultRestoreLabel, excludedNamespaces: ['kube-system'] };
const oneHook = buildPlan({ exec: [buildHook('a')] });
const initOnly = buildPlan({
  init: [{ container: { name: 'i' }, generatedName: false, timeoutMs: null, source: 'annotation', rule: null }],
});
const noHook = buildPlan();

const labels = { [defaultRestoreLabel]: 'r1' };
const stamp = { [admittedForKey]: 'r1' };
const adopted = { ownerReferences: [{ kind: 'ReplicaSet', controller: true }] };
const templated = { ...adopted, generateName: 'db-' };
const mark = (reason: string): PodCondition[] => [{ type: 'restorehooks.io/hooks', status: 'False', reason }];

interface Row {
  readonly name: string;
  readonly parts: PodParts;
  readonly plan?: Plan;
  readonly installedAt?: number;
  readonly expected: string;
}

function told({ parts, plan = oneHook, installedAt = -60 }: Row): string {
  const taking = judgeTaking(buildPod(parts), plan, scope, createdAtMs + installedAt * 1000);
  if (taking.is === 'taken') return `taken ${taking.restore}`;
  return taking.is === 'left' ? `left: ${taking.why}` : taking.is;
}

describe('a restored pod', () => {
  it.each<Row>([
    { name: 'label and stamp', parts: { metadata: { labels, annotations: stamp } }, expected: 'taken r1' },
    {
      name: 'an empty label and its stamp',
      parts: { metadata: { labels: { [defaultRestoreLabel]: '' }, annotations: { [admittedForKey]: '' } } },
      expected: 'taken ',
    },
    {
      name: 'init hooks only',
      parts: { metadata: { labels, annotations: stamp } },
      plan: initOnly,
      expected: 'taken r1',
    },
    {
      name: 'a stamp and no hooks any more, to be marked before anybody writes some',
      parts: { metadata: { labels, annotations: stamp } },
      plan: noHook,
      expected: 'taken r1',
    },
    {
      name: 'a controller that has adopted it since',
      parts: { metadata: { labels, annotations: stamp, ...adopted } },
      expected: 'taken r1',
    },
    {
      name: 'being deleted, since its hooks are to be told as not run',
      parts: { metadata: { labels, annotations: stamp, deletionTimestamp: at(5) } },
      expected: 'taken r1',
    },
    {
      name: 'created before the installation, which a stamp contradicts',
      parts: { metadata: { labels, annotations: stamp } },
      installedAt: 60,
      expected: 'taken r1',
    },
  ])('with $name: $expected', (row) => expect(told(row)).toBe(row.expected));
});

describe('a pod that is left', () => {
  it.each<Row>([
    { name: 'no labels', parts: {}, expected: 'left: not restored' },
    { name: 'labels that are null', parts: { metadata: { labels: null } }, expected: 'left: not restored' },
    { name: 'a stamp alone', parts: { metadata: { annotations: stamp } }, expected: 'left: not restored' },
    {
      name: 'an excluded namespace',
      parts: { metadata: { labels, annotations: stamp, namespace: 'kube-system' } },
      expected: 'left: excluded',
    },
    {
      name: 'no hooks and no stamp',
      parts: { metadata: { labels } },
      plan: noHook,
      expected: 'left: no hooks',
    },
    {
      name: 'the mark of a run that succeeded',
      parts: { metadata: { labels, annotations: stamp }, conditions: mark('Succeeded') },
      expected: 'left: done before',
    },
    {
      name: 'the mark of a run that failed',
      parts: { metadata: { labels, annotations: stamp }, conditions: mark('Failed') },
      expected: 'left: done before',
    },
    {
      name: 'a mark and no stamp',
      parts: { metadata: { labels }, conditions: mark('Running') },
      expected: 'left: done before',
    },
    {
      name: 'a mark that came with another restore’s label',
      parts: {
        metadata: { labels: { [defaultRestoreLabel]: 'r2' }, annotations: stamp },
        conditions: mark('Succeeded'),
      },
      expected: 'left: done before',
    },
    {
      name: 'the stamp in the manifest of a static pod',
      parts: { metadata: { labels, annotations: { ...stamp, 'kubernetes.io/config.mirror': 'x' } } },
      expected: 'left: not stamped',
    },
    {
      name: 'a controller’s template that bears the label',
      parts: { metadata: { labels, ...templated } },
      expected: 'left: controlled',
    },
  ])('with $name: $expected', (row) => expect(told(row)).toBe(row.expected));
});

describe('a pod whose hooks an executor had begun', () => {
  it('is interrupted, and never taken again', () => {
    const parts = { metadata: { labels, annotations: stamp }, conditions: mark('Running') };
    expect(told({ name: '', parts, expected: '' })).toBe('interrupted');
  });
});

describe('a pod that was missed', () => {
  it.each<Row>([
    { name: 'no stamp', parts: { metadata: { labels } }, expected: 'missed' },
    {
      name: 'no stamp and init hooks only',
      parts: { metadata: { labels } },
      plan: initOnly,
      expected: 'missed',
    },
    {
      name: 'the stamp of an earlier restore',
      parts: { metadata: { labels: { [defaultRestoreLabel]: 'r2' }, annotations: stamp } },
      expected: 'missed',
    },
    {
      name: 'a template’s copy of a stamp',
      parts: { metadata: { labels, annotations: stamp, ...templated } },
      expected: 'missed',
    },
    { name: 'no stamp, adopted since', parts: { metadata: { labels, ...adopted } }, expected: 'missed' },
    {
      name: 'no stamp, created in the moment of the installation',
      parts: { metadata: { labels } },
      installedAt: 0,
      expected: 'missed',
    },
  ])('with $name', (row) => expect(told(row)).toBe(row.expected));

  it.each<Row>([
    {
      name: 'created before the installation',
      parts: { metadata: { labels } },
      installedAt: 1,
      expected: 'left: not stamped',
    },
    {
      name: 'of a time of creation that cannot be read',
      parts: { metadata: { labels, creationTimestamp: null } },
      expected: 'left: not stamped',
    },
    {
      name: 'a mirror of a static pod',
      parts: { metadata: { labels, annotations: { 'kubernetes.io/config.mirror': 'x' }, ...adopted } },
      expected: 'left: not stamped',
    },
    {
      name: 'being deleted',
      parts: { metadata: { labels, deletionTimestamp: at(5) } },
      expected: 'left: not stamped',
    },
    { name: 'without hooks', parts: { metadata: { labels } }, plan: noHook, expected: 'left: no hooks' },
  ])('is not one that is $name: $expected', (row) => expect(told(row)).toBe(row.expected));
});
