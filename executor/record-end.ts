import { boundOutput } from '../shared/bound-output.ts';
import type { ExecHook } from '../shared/hook.ts';
import { reasonSentence, type Outcome } from '../shared/outcome.ts';
import { changeHook, type HookRecord, type HookState, type RunRecord } from '../shared/record.ts';
import type { HookRunEnd } from './run-hook.ts';

/** A back-off that doubles must end somewhere: people wait. */
const longestRetryDelayMs = 300_000;
const longestMessage = 512;
const noOutput = { stdout: null, stderr: null };

/**
 * The record with what came of an attempt to run one of its hooks. A hook that was not sent waits as before, and so does one
 * that failed and is to be tried again (hooks.md section 6).
 *
 * @param keepsOutput false: what the command has printed is left out
 */
export function recordEnd(
  record: RunRecord,
  index: number,
  hook: ExecHook,
  end: HookRunEnd,
  nowMs: number,
  keepsOutput = true,
): RunRecord {
  const before = record.hooks[index];
  if (before === undefined) throw new Error(`the record has no hook ${index}`);
  switch (end.did) {
    case 'run': {
      const { outcome, ...result } = end.result;
      const { stdout, stderr } = result;
      const output = keepsOutput ? boundOutput(record.hooks, index, { stdout, stderr }) : noOutput;
      const ended: Partial<HookRecord> = {
        reason: outcome.ok ? null : outcome.reason,
        message: outcome.ok ? '' : outcome.message.slice(0, longestMessage),
        exitCode: outcome.exitCode,
        ...output,
      };
      const retryAtMs = end.groupUnknown ? null : retryTime(hook, before.attempts, outcome, nowMs);
      if (retryAtMs !== null) return changeHook(record, index, { ...ended, state: 'Waiting', claim: null, retryAtMs });
      return changeHook(record, index, { ...ended, state: stateOf(outcome), retryAtMs: null, finishedAtMs: nowMs });
    }
    case 'pod gone': {
      const { reason } = end;
      const message = `${reasonSentence(reason)}; not run`;
      return changeHook(record, index, { state: 'Failed', reason, message, finishedAtMs: nowMs });
    }
    case 'not sent':
      return unclaimed(record, index);
    case 'not begun':
      return record;
  }
}

/** The record without a claim of a hook whose command was certainly never sent. */
export function unclaimed(record: RunRecord, index: number): RunRecord {
  const { attempts = 1 } = record.hooks[index] ?? {};
  const isFirst = attempts <= 1;
  return changeHook(record, index, {
    state: 'Waiting',
    claim: null,
    attempts: attempts - 1,
    ...(isFirst && { startedAtMs: null }),
  });
}

function stateOf(outcome: Outcome): HookState {
  if (outcome.ok) return 'Succeeded';
  return outcome.reason === 'Interrupted' ? 'Interrupted' : 'Failed';
}

/** null: there is no further attempt. What was interrupted is another field's to retry. */
function retryTime(hook: ExecHook, attempts: number, outcome: Outcome, nowMs: number): number | null {
  if (outcome.ok || outcome.reason === 'Interrupted' || attempts > hook.retries) return null;
  const { retryDelayMs } = hook;
  return nowMs + Math.min(retryDelayMs * 2 ** (attempts - 1), Math.max(longestRetryDelayMs, retryDelayMs));
}
