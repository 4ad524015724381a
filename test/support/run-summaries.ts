import { hookRunName } from '../../shared/hook-run.ts';
import type { RunFailure, RunSummary } from '../../shared/run-summary.ts';

/** Where most tests' pods come from. */
export const restoreRef = { label: 'r1', namespace: 'velero', name: 'r1', uid: 'uid-r1' } as const;

/** A failure of a hook with on-error Fail. */
export const failFailure: RunFailure = { hook: 0, container: 'main', atMs: 1_000, policyNamespace: null };

/** The HookRun of a pod in the namespace `app`, with one exec hook that succeeded, and whatever differs from that. */
export function runSummary(podName: string, more: Partial<RunSummary> = {}): RunSummary {
  const pod = { name: podName, uid: `uid-${podName}` };
  return {
    namespace: 'app',
    name: hookRunName(pod),
    version: '1',
    pod,
    restore: restoreRef,
    phase: 'Succeeded',
    exec: 1,
    execFailed: 0,
    failure: null,
    rerun: null,
    answeredRerun: null,
    cancel: false,
    run: 1,
    finishedAtMs: 1_000,
    ...more,
  };
}
