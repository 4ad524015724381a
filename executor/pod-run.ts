import type { Plan } from '../shared/hook.ts';
import { newRecord, type RunRecord } from '../shared/record.ts';
import type { PodRef } from './pod-api.ts';

/**
 * The run of one pod's hooks, in memory: its plan as it was at first sight, so that later edits of annotations change
 * nothing, and what has become of each hook.
 */
export interface PodRun {
  /** In the mark: by it the run knows its own again, when the answer to the write of it was lost. */
  readonly id: string;
  readonly ref: PodRef;
  readonly plan: Plan;
  record: RunRecord;
  /** The mark on the pod is this run's. */
  marked: boolean;
  /** A hook is on its way: being checked, marked, run or confirmed. */
  busy: boolean;
  /** A command that began earlier may still be running in the pod. */
  predecessorUnknown: boolean;
  /** Failed calls to the API server in a row. */
  failures: number;
  /** After a failure: when the next try may be made, by performance.now(). */
  notBeforeMs: number;
}

/** What the executor has decided about a pod it has seen: a run, or that there is nothing (more) to do for this UID. */
export interface Known {
  readonly uid: string;
  readonly run: PodRun | null;
}

export function newRun(ref: PodRef, plan: Plan, nowMs: number, id: string): PodRun {
  return {
    id,
    ref,
    plan,
    record: newRecord(plan.exec.length, nowMs),
    marked: false,
    busy: false,
    predecessorUnknown: false,
    failures: 0,
    notBeforeMs: 0,
  };
}
