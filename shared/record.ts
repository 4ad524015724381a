import type { OutputTail, Reason } from './outcome.ts';

/**
 * `Claimed`: its command is about to be sent, or was, and its end is not known yet. `Interrupted`: whoever had claimed it is
 * gone. `Skipped`: it was never to be run by this record.
 */
export type HookState = 'Waiting' | 'Claimed' | 'Succeeded' | 'Failed' | 'Cancelled' | 'Interrupted' | 'Skipped';

/** Who is to send a hook's command. */
export interface Claim {
  readonly id: string;
  /** The executor's identity, which its Lease bears. */
  readonly holder: string;
  readonly atMs: number;
  /** In which the command runs: another one is proof that it runs no more. */
  readonly containerID: string;
  /** The command's process group in it. null: not known. */
  readonly group: number | null;
}

/** What is known of one exec hook of one pod. Times are Unix time in milliseconds. */
export interface HookRecord {
  readonly state: HookState;
  readonly reason: Reason | null;
  readonly message: string;
  /** Times it was claimed. */
  readonly attempts: number;
  readonly claim: Claim | null;
  /** Before it no further attempt is made. */
  readonly retryAtMs: number | null;
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
  attempts: 0,
  claim: null,
  retryAtMs: null,
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

/** Whether a hook has ended, however it ended. */
export function hasEnded({ state }: HookRecord): boolean {
  return state !== 'Waiting' && state !== 'Claimed';
}
