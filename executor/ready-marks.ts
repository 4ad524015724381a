import { readyCondition } from '../shared/condition.ts';
import type { Pod, PodCondition } from '../shared/pod.ts';

/**
 * The condition of the readiness gate, for a pod that has it; none for another, or where it says so already (hooks.md section
 * 8).
 *
 * @param isReady no hook is open, and none with on-error Fail has failed
 */
export function readyMarks(pod: Pod | null, isReady: boolean, nowMs: number): PodCondition[] {
  const hasGate = (pod?.spec.readinessGates ?? []).some(({ conditionType }) => conditionType === readyCondition);
  if (!hasGate) return [];
  const status = isReady ? 'True' : 'False';
  const before = pod?.status?.conditions?.find(({ type }) => type === readyCondition);
  if (before?.status === status) return [];
  return [
    {
      type: readyCondition,
      status,
      reason: isReady ? 'HooksDone' : 'HooksFailed',
      message: isReady ? 'no restore hook is open' : 'a restore hook with on-error Fail has failed',
      lastTransitionTime: new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    },
  ];
}
