import { describe, expect, it } from '@jest/globals';
import type { JsonPatchOperation } from '../../../shared/json-patch.ts';
import { annotationsOnly, type PlanContext } from '../../../shared/plan-context.ts';
import type { planPod } from '../../../shared/plan.ts';
import { findingOf, readRestore } from '../../../shared/restore.ts';
import { admit, judgeRequest, pass } from '../../../webhook/admit.ts';
import type { PodRequest } from '../../../webhook/review.ts';
import { buildPod } from '../../support/pods.ts';

const scope = { labelKey: 'velero.io/restore-name', excludedNamespaces: ['kube-system'] };

function request(annotations: Record<string, string>, more: Partial<PodRequest> = {}): PodRequest {
  const pod = buildPod({ metadata: { labels: { 'velero.io/restore-name': 'r1' }, annotations } });
  return { uid: 'u1', operation: 'CREATE', subResource: '', dryRun: false, pod, ...more };
}

function admitted(of: PodRequest, context: PlanContext = annotationsOnly, plan?: typeof planPod) {
  const judgement = judgeRequest(of, scope);
  return judgement.restored ? admit(of, judgement.restore, context, plan) : pass(of, judgement.outcome);
}

const command = { 'post.hook.restore.velero.io/command': '/bin/true' };

describe('admit', () => {
  it('gives a restored pod with a hook its patch, in base64', () => {
    const { outcome, response } = admitted(request(command));
    expect(outcome).toBe('patched');
    expect(response).toMatchObject({ uid: 'u1', allowed: true, patchType: 'JSONPatch' });
    expect(response).not.toHaveProperty('warnings');
    const patch = JSON.parse(Buffer.from(response.patch ?? '', 'base64').toString()) as JsonPatchOperation[];
    expect(patch).toEqual([{ op: 'add', path: '/metadata/annotations/restorehooks.io~1admitted-for', value: 'r1' }]);
  });

  it('has neither a patch nor its type where nothing is to change', () => {
    const { outcome, response } = admitted(request({}));
    expect(outcome).toBe('unchanged');
    expect(response).toEqual({ uid: 'u1', allowed: true });
  });

  it('hands on the warnings, also without a hook', () => {
    const { outcome, response } = admitted(request({ 'post.hook.restore.velero.io/comand': 'x' }));
    expect(outcome).toBe('unchanged');
    expect(response.warnings).toEqual([expect.stringContaining('did you mean post.hook.restore.velero.io/command?')]);
    expect(response).not.toHaveProperty('patch');
  });

  it.each<[string, Partial<PodRequest>, string]>([
    ['an update', { operation: 'UPDATE' }, 'not_created'],
    ['a subresource', { subResource: 'ephemeralcontainers' }, 'not_created'],
    ['a pod without the label', { pod: buildPod({ metadata: { annotations: command } }) }, 'not_restored'],
  ])('lets %s pass as it is', (_, more, outcome) => {
    expect(admitted(request(command, more))).toEqual({ outcome, response: { uid: 'u1', allowed: true } });
  });

  it.each([
    {
      mode: 'standalone',
      stamp: 'r1',
      expected: [{ op: 'remove', path: '/metadata/annotations/restorehooks.io~1admitted-for' }],
    },
    { mode: 'standalone', stamp: null, expected: [] },
    { mode: 'observe', stamp: 'r1', expected: [] },
  ] as const)('leaves no stamp $stamp on a copy of a pod that was made after its Restore, in mode $mode', (row) => {
    const completionTimestamp = '2026-01-01T00:00:00Z';
    const restore = findingOf([
      readRestore({ metadata: { name: 'r1', namespace: 'velero' }, status: { completionTimestamp } }),
    ]);
    const context: PlanContext = { ...annotationsOnly, mode: row.mode, restore };
    const stamped = row.stamp === null ? {} : { 'restorehooks.io/admitted-for': row.stamp };
    const { outcome, response } = admitted(request({ ...command, ...stamped }), context);
    expect(outcome).toBe('not_restored');
    expect(JSON.parse(Buffer.from(response.patch ?? 'W10=', 'base64').toString())).toEqual(row.expected);
  });

  it('admits a pod whose planning fails, with a warning of at most 120 characters', () => {
    const error = new Error('a bug');
    const admission = admitted(request(command), annotationsOnly, () => {
      throw error;
    });
    expect(admission).toMatchObject({ outcome: 'failed', restore: 'r1', error, response: { allowed: true } });
    expect(admission.response.warnings).toHaveLength(1);
    expect(admission.response.warnings?.[0]?.length).toBeLessThanOrEqual(120);
    expect(admission.response).not.toHaveProperty('patch');
  });
});
