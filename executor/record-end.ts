import { reasonSentence } from '../shared/outcome.ts';
import { changeHook, type RunRecord } from '../shared/record.ts';
import type { HookRunEnd } from './run-hook.ts';

/** The record with what came of an attempt to run one of its hooks. A hook that was not sent waits as before. */
export function recordEnd(record: RunRecord, index: number, end: HookRunEnd, nowMs: number): RunRecord {
  switch (end.did) {
    case 'run': {
      const { outcome, stdout, stderr } = end.result;
      return changeHook(record, index, {
        state: outcome.ok ? 'Succeeded' : 'Failed',
        reason: outcome.ok ? null : outcome.reason,
        message: outcome.ok ? '' : outcome.message,
        exitCode: outcome.exitCode,
        finishedAtMs: nowMs,
        stdout,
        stderr,
      });
    }
    case 'pod gone': {
      const { reason } = end;
      return changeHook(record, index, { state: 'Failed', reason, message: `${reasonSentence(reason)}; not run` });
    }
    case 'not sent':
      return changeHook(record, index, { state: 'Waiting', startedAtMs: null });
    case 'not begun':
    case 'marked by another':
      return record;
  }
}
