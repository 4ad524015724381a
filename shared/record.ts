import type { OutputTail, Reason } from './outcome.ts';

export type HookState = 'Waiting' | 'Running' | 'Succeeded' | 'Failed' | 'Cancelled';

/** What is known of one exec hook of one pod. Times are Unix time in milliseconds. */
export interface HookRecord {
  readonly state: HookState;
  readonly reason: Reason | null;
  readonly message: string;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly exitCode: number | null;
  readonly stdout: OutputTail | null;
  readonly stderr: OutputTail | null;
  /** An earlier command may still have been running when this one was begun (hooks.md section 6). */
  readonly predecessorUnknown: boolean;
}

/** What is known of all exec hooks of one pod, in the order of its plan. */
export interface RunRecord {
  /** Since when an executor has looked at this pod: time before it expires nothing (hooks.md section 5). */
  readonly observedSinceMs: number;
  readonly hooks: readonly HookRecord[];
}

export const waitingHook: HookRecord = {
  state: 'Waiting',
  reason: null,
  message: '',
  startedAtMs: null,
  finishedAtMs: null,
  exitCode: null,
  stdout: null,
  stderr: null,
  predecessorUnknown: false,
};

/** A record in which no hook has begun. */
export function newRecord(hooks: number, observedSinceMs: number): RunRecord {
  return { observedSinceMs, hooks: Array.from({ length: hooks }, () => waitingHook) };
}

/** The record with one hook changed; the others are shared with the one given. */
export function changeHook(record: RunRecord, index: number, change: Partial<HookRecord>): RunRecord {
  return { ...record, hooks: record.hooks.map((hook, at) => (at === index ? { ...hook, ...change } : hook)) };
}
