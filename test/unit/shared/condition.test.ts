import { describe, expect, it } from '@jest/globals';
import { findMark, hooksMark, isMarkOf, runningMark } from '../../../shared/condition.ts';
import { buildPod } from '../../support/pods.ts';

const nowMs = Date.parse('2026-03-01T10:00:00.789Z');

describe('the mark', () => {
  it.each([
    { reason: 'Running', status: 'False' },
    { reason: 'Failed', status: 'False' },
    { reason: 'Succeeded', status: 'True' },
  ] as const)('$reason is $status', ({ reason, status }) => {
    expect(hooksMark(reason, 'why', nowMs)).toEqual({
      type: 'restorehooks.io/hooks',
      status,
      reason,
      message: 'why',
      // Whole seconds: metav1.Time has no more.
      lastTransitionTime: '2026-03-01T10:00:00Z',
    });
  });

  it('has a message of at most 1,024 characters', () => {
    expect(hooksMark('Failed', 'x'.repeat(5_000), nowMs).message).toHaveLength(1_024);
  });

  it('is found among a pod’s other conditions, or not at all', () => {
    const mark = hooksMark('Failed', 'why', nowMs);
    expect(findMark(buildPod({ conditions: [{ type: 'Ready', status: 'True' }, mark] }))).toEqual(mark);
    expect(findMark(buildPod({ conditions: [{ type: 'Ready', status: 'True' }] }))).toBeNull();
    expect(findMark({ ...buildPod(), status: { conditions: null } })).toBeNull();
    const { metadata, spec } = buildPod();
    expect(findMark({ metadata, spec })).toBeNull();
  });

  it.each([
    { name: 'its own', mark: runningMark('hook 1 of 1 in container a', '1f2e', nowMs), own: true },
    { name: 'another run’s', mark: runningMark('hook 1 of 1 in container a', '0000', nowMs), own: false },
    { name: 'that of a run that has ended', mark: hooksMark('Failed', 'x, run 1f2e', nowMs), own: false },
    { name: 'one without a message', mark: { type: 'x', status: 'False', reason: 'Running' }, own: false },
    { name: 'one whose run only ends alike', mark: runningMark('x', 'ff1f2e', nowMs), own: false },
  ])('a run tells its own mark from $name', ({ mark, own }) => {
    expect(isMarkOf(mark, '1f2e')).toBe(own);
  });
});
