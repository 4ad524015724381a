import type { HookRun, HookRunExec, HookRunExecStatus, HookRunSpec, HookRunStatus } from '../../shared/hook-run.ts';
import { at } from './pods.ts';

export interface HookRunParts {
  readonly pod?: string;
  readonly uid?: string;
  readonly namespace?: string;
  /** Seconds after the moment at which every built pod was created. */
  readonly createdAt?: number;
  readonly spec?: Partial<HookRunSpec>;
  /** null: none has been written. */
  readonly status?: Partial<HookRunStatus> | null;
}

/** The record of the pod shop/db with one exec hook, which waits, brought by the Restore nightly; unless told otherwise. */
export function buildHookRun(parts: HookRunParts = {}): HookRun {
  const { pod = 'db', uid = `uid-${pod}`, namespace = 'shop', createdAt = 0, spec, status } = parts;
  return {
    apiVersion: 'restorehooks.io/v1alpha1',
    kind: 'HookRun',
    metadata: { name: `${pod}-${uid}`, namespace, creationTimestamp: at(createdAt) },
    spec: {
      pod: { name: pod, uid },
      restore: { label: 'nightly', name: 'nightly', namespace: 'velero', uid: 'uid-nightly' },
      run: 1,
      init: [],
      exec: [execPlan(['date'])],
      ...spec,
    },
    ...(status !== null && { status: { ...waiting(spec?.exec?.length ?? 1), ...status } }),
  };
}

/** An exec hook as it is frozen. */
export function execPlan(command: readonly string[], more: Partial<HookRunExec> = {}): HookRunExec {
  return {
    container: 'a',
    command,
    onError: 'Continue',
    execTimeoutMs: 30_000,
    waitForReady: false,
    retries: 0,
    retryDelayMs: 0,
    onInterrupt: 'Fail',
    source: 'annotation',
    ...more,
  };
}

/** Of hooks that all succeeded, within 1.5 s, 10 s after the pod was created. */
export function succeeded(hooks = 1): HookRunStatus {
  const counts = { total: hooks, done: hooks, succeeded: hooks, failed: 0, progress: `${hooks}/${hooks}` };
  const exec = Array.from({ length: hooks }, (): HookRunExecStatus => ({
    state: 'Succeeded',
    attempts: 1,
    exitCode: 0,
  }));
  return { ...waiting(hooks), ...counts, phase: 'Succeeded', startedAt: at(10), finishedAt: at(11.5), exec };
}

/** Of one hook, whose command failed. */
export function failed(more: Partial<HookRunExecStatus> = {}): HookRunStatus {
  const counts = { total: 1, done: 1, succeeded: 0, failed: 1, progress: '1/1' };
  const message = 'the command ended with exit code 3';
  const hook = { state: 'Failed', reason: 'NonZeroExit', message, attempts: 1, exitCode: 3, ...more } as const;
  const firstProblem = `hook 1 (container a): NonZeroExit: ${message}`;
  return {
    ...waiting(1),
    ...counts,
    phase: 'Failed',
    startedAt: at(10),
    finishedAt: at(12),
    firstProblem,
    exec: [hook],
  };
}

function waiting(hooks: number): HookRunStatus {
  const counts = { total: hooks, done: 0, succeeded: 0, failed: 0, progress: `0/${hooks}` };
  return { phase: 'Waiting', run: 1, ...counts, observedSince: at(0) };
}
