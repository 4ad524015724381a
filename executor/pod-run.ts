import { thawExec } from '../shared/freeze-plan.ts';
import { followInit } from '../shared/follow-init.ts';
import type { ExecHook } from '../shared/hook.ts';
import type { HookRun, HookRunInitStatus } from '../shared/hook-run.ts';
import type { Pod } from '../shared/pod.ts';
import type { Reason } from '../shared/outcome.ts';
import { hasEnded, type RunRecord } from '../shared/record.ts';
import type { Concerned } from '../shared/restore-failure.ts';
import { runStatus, storedRecord, type RunState } from '../shared/run-status.ts';
import { summarizeRun, type RunSummary } from '../shared/run-summary.ts';
import type { PodRef } from './pod-api.ts';
import { shellOf } from './process-group.ts';

/** The run of one pod's hooks, while it is unfinished: its HookRun, and what has become of it since that was written. */
export interface PodRun extends RunState {
  readonly ref: PodRef;
  /** Of its HookRun's runs, which one it is. */
  readonly number: number;
  readonly hooks: readonly ExecHook[];
  /** As it was read or written last. null: it was deleted. */
  object: HookRun | null;
  record: RunRecord;
  init: readonly HookRunInitStatus[];
  finishedAtMs: number | null;
  unrun: RunState['unrun'];
  /** When a rerun was asked for, Unix time in milliseconds; its clock starts then. null: it is the first run. */
  readonly rerunAtMs: number | null;
  podCreatedAtMs: number | null;
  /** The mark that the pod is known to bear. null: none of this run. */
  mark: 'Waiting' | 'Running' | null;
  /** A hook is on its way: being checked, claimed, run or confirmed. */
  busy: boolean;
  /** A command that began earlier may still be running in the pod. */
  predecessorUnknown: boolean;
  /** A claim whose write got no answer: it may stand in the HookRun, and its command was not sent. */
  doubt: { readonly index: number; readonly claimID: string } | null;
  /** Failed calls to the API server in a row. */
  failures: number;
  /** After a failure: when the next try may be made, by performance.now(). */
  notBeforeMs: number;
  /** This executor has not led all the time since it took the run up: another one may have gone on with it. */
  isStale: boolean;
  /** Another one has: nothing is written of it here any more. */
  isLost: boolean;
  /** Of its writes, one after the other. */
  saving: Promise<unknown>;
}

/** What the executor has decided about a pod it has seen: a run, or that there is nothing (more) to do for this UID. */
export interface Known {
  readonly run: PodRun | null;
}

/** Takes up a run from its HookRun, new or begun by another executor. */
export function podRun(ref: PodRef, object: HookRun, pod: Pod | null, nowMs: number): PodRun {
  const { spec, status } = object;
  const record = storedRecord(object, nowMs);
  const known = status?.run === spec.run ? status : undefined;
  const finishedAtMs = Date.parse(known?.finishedAt ?? '');
  const rerunAtMs = Date.parse(known?.rerun ?? spec.rerun ?? '');
  const createdAtMs = Date.parse(pod?.metadata.creationTimestamp ?? '');
  const { phase } = known ?? {};
  return {
    ref,
    number: spec.run,
    hooks: thawExec(spec),
    object,
    record,
    init: followInit(spec.init, known?.init ?? [], null, nowMs).init,
    finishedAtMs: Number.isNaN(finishedAtMs) ? null : finishedAtMs,
    unrun: spec.unrun ?? (phase === 'Missed' || phase === 'TooLarge' ? phase : null),
    rerunAtMs: spec.run === 1 || Number.isNaN(rerunAtMs) ? null : rerunAtMs,
    podCreatedAtMs: Number.isNaN(createdAtMs) ? null : createdAtMs,
    mark: null,
    busy: false,
    predecessorUnknown: record.hooks.some(({ reason }, index) => mayRunOn(reason, spec.exec[index]?.command ?? [])),
    doubt: null,
    failures: 0,
    notBeforeMs: 0,
    isStale: false,
    isLost: false,
    saving: Promise.resolve(),
  };
}

/** What was cut off may run on, and so may what was too late, unless it is a shell's, whose process group is ended with it. */
function mayRunOn(reason: Reason | null, command: readonly string[]): boolean {
  return (
    reason === 'ConnectionLost' || reason === 'Interrupted' || (reason === 'ExecTimeout' && shellOf(command) === null)
  );
}

/** The run as it is now, in brief, written or not. */
export function summaryOf(run: PodRun): RunSummary | null {
  const { object } = run;
  if (object === null) return null;
  return summarizeRun({ ...object, status: runStatus(object.spec, object.status, run) });
}

/** Whom a failure elsewhere in the restore may concern. */
export function concerned(run: PodRun, object: HookRun): Concerned {
  const { ref, podCreatedAtMs, rerunAtMs } = run;
  return { namespace: ref.namespace, pod: ref, restore: object.spec.restore, podCreatedAtMs, rerunAtMs };
}

/** Whether nothing of the run is to come: every exec hook has ended, and every init hook that can. */
export function isDone(run: PodRun, pod: Pod | null): boolean {
  if (!run.record.hooks.every(hasEnded)) return false;
  if (run.init.every(({ state }) => state === 'Succeeded')) return run.hooks.length > 0 || hasBegun(pod);
  return hasBegun(pod);
}

/** Its init containers are over, or it is gone. */
function hasBegun(pod: Pod | null): boolean {
  const phase = pod?.status?.phase;
  return pod === null || phase === 'Running' || phase === 'Succeeded' || phase === 'Failed';
}
