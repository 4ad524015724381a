import type { Pod, PodCondition } from './pod.ts';

/** The mark, on the pod itself, that its hooks were begun (hooks.md section 8). */
export const hooksCondition = 'restorehooks.io/hooks';

/** That the pod's data is there: the readiness gate, where one was asked for, is on it. */
export const readyCondition = 'restorehooks.io/ready';

export type ConditionReason = 'Waiting' | 'Running' | 'Succeeded' | 'Failed';

/** The mark on a pod. null: its hooks were never begun. */
export function findMark(pod: Pod): PodCondition | null {
  return pod.status?.conditions?.find(({ type }) => type === hooksCondition) ?? null;
}

/**
 * The condition to be written: True only for Succeeded, so that `kubectl wait --for=condition=restorehooks.io/hooks` returns
 * when all hooks have succeeded.
 *
 * @param message for people; cut at 1,024 characters
 */
export function hooksMark(reason: ConditionReason, message: string, nowMs: number): PodCondition {
  return {
    type: hooksCondition,
    status: reason === 'Succeeded' ? 'True' : 'False',
    reason,
    message: message.slice(0, 1024),
    lastTransitionTime: new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z'),
  };
}
