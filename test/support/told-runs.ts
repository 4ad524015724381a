import type { HookRunInitStatus, HookRunSpec, HookRunStatus } from '../../shared/hook-run.ts';
import { changeHook, newRecord, type RunRecord } from '../../shared/record.ts';
import { runStatus, type RunState } from '../../shared/run-status.ts';
import { createdAtMs } from './pods.ts';

// What an executor writes of two exec hooks.

/** Nothing has begun, unless told otherwise. */
export function statusOf(spec: HookRunSpec, more: Partial<RunState> = {}, before?: HookRunStatus): HookRunStatus {
  const record = newRecord(2, createdAtMs);
  return runStatus(spec, before, { record, init: [], finishedAtMs: null, unrun: null, ...more });
}

const claim = { id: 'c1', holder: 'executor-1', atMs: createdAtMs, containerID: 'containerd://main' };

/** The first hook is claimed. */
export function claimedRecord(): RunRecord {
  const change = { state: 'Claimed', claim: { ...claim, group: 12 }, attempts: 1, startedAtMs: createdAtMs } as const;
  return changeHook(newRecord(2, createdAtMs), 0, change);
}

/** The first hook waits for its second attempt. */
export function retryingRecord(): RunRecord {
  const change = { attempts: 1, retryAtMs: createdAtMs, claim: { ...claim, group: null } };
  return changeHook(newRecord(2, createdAtMs), 0, change);
}

const output = { text: 'a \u0000 \ufffd \u{1f600}\n'.repeat(100), droppedBytes: 2 ** 40 };

/** The first hook has failed, the second succeeded. */
export function finishedRecord(): RunRecord {
  const times = { startedAtMs: createdAtMs, finishedAtMs: createdAtMs + 1_500 };
  const failed = { state: 'Failed', reason: 'NonZeroExit', message: 'psql: no such table', exitCode: 3 } as const;
  const change = { ...failed, ...times, attempts: 3, stdout: output, stderr: output };
  const first = changeHook(newRecord(2, createdAtMs), 0, change);
  return changeHook(first, 1, { state: 'Succeeded', ...times, attempts: 1, exitCode: 0, predecessorUnknown: true });
}

export const initStatuses: readonly HookRunInitStatus[] = [
  { name: 'fix', state: 'Running', startedAt: '2026-03-01T10:00:00Z' },
  { name: 'fix-2', state: 'Failed', reason: 'InitFailed', message: 'no', exitCode: 137, finishedAt: null },
];
