import { describe, expect, it } from '@jest/globals';
import { findMark, hooksMark } from '../../../shared/condition.ts';
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
});
