import type { RestoreObject } from '../shared/restore.ts';
import type { RunSummary } from '../shared/run-summary.ts';

/** On a Restore: how its hook counts came about, so that they can be made anew (see `countHooks`). */
export const countedKey = 'restorehooks.io/counted';

/** A Restore as it is stored, with what is written of it here. */
export interface StoredRestore extends RestoreObject {
  readonly metadata: RestoreObject['metadata'] & { readonly deletionTimestamp?: string | null };
  readonly status?:
    | (NonNullable<RestoreObject['status']> & {
        readonly hookStatus?: { readonly hooksAttempted?: number; readonly hooksFailed?: number } | null;
      })
    | null;
}

interface Counts {
  readonly attempted: number;
  readonly failed: number;
}

/** What the HookRuns of one Restore come to. */
export interface RestoreTally extends Counts {
  /** HookRuns with an exec hook: others count nothing. */
  readonly runs: number;
  /** All of them have finished, those without an exec hook included. */
  readonly finished: boolean;
  /** A hook with on-error Fail has failed. */
  readonly hasFailure: boolean;
}

/** `wait`: somebody may be at work on it, so that it is to be looked at again. */
export type RestoreChange =
  { readonly is: 'wait' | 'so already' } | { readonly is: 'write'; readonly metadata: object; readonly status: object };

/**
 * Phases from which Velero goes on to no other. FailedValidation is one, too: Velero restores nothing for such a Restore, but a
 * pod that names it may have been made by hand. A phase of a later Velero is none until it is listed here.
 */
const finalPhases: readonly string[] = ['Completed', 'PartiallyFailed', 'Failed', 'FailedValidation'];

/** Adds one HookRun to the tally of its Restore. */
export function addRun(tally: RestoreTally, run: RunSummary): RestoreTally {
  return {
    runs: tally.runs + (run.exec > 0 ? 1 : 0),
    attempted: tally.attempted + run.exec,
    failed: tally.failed + run.execFailed,
    finished: tally.finished && run.finishedAtMs !== null,
    hasFailure: tally.hasFailure || run.failure !== null,
  };
}

export const emptyTally: RestoreTally = { runs: 0, attempted: 0, failed: 0, finished: true, hasFailure: false };

/**
 * What is to be written to a Restore (hooks.md section 8), as the parts of a merge patch.
 *
 * @param tally of one HookRun at least
 * @param drives a Restore without a phase is given one, since no Velero will
 */
export function restoreChange(
  restore: StoredRestore,
  tally: RestoreTally,
  { drives, nowMs }: { readonly drives: boolean; readonly nowMs: number },
): RestoreChange {
  const { phase = '', startTimestamp = null } = restore.status ?? {};
  const counted = countHooks(restore, tally);
  if (phase === '') {
    // A Velero that has begun stands behind a phase that is about to be written.
    if (!drives || startTimestamp !== null || !tally.finished) return { is: 'wait' };
    const status = {
      phase: tally.hasFailure ? 'PartiallyFailed' : 'Completed',
      completionTimestamp: new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z'),
      hookStatus: { hooksAttempted: tally.attempted, hooksFailed: tally.failed },
    };
    return { is: 'write', metadata: counted?.metadata ?? {}, status: { ...status, ...counted?.status } };
  }
  if (!finalPhases.includes(phase)) return { is: 'wait' };
  const becomesPartial = phase === 'Completed' && tally.hasFailure;
  if (counted === null && !becomesPartial) return { is: 'so already' };
  const status = { ...(becomesPartial && { phase: 'PartiallyFailed' }), ...counted?.status };
  return { is: 'write', metadata: counted?.metadata ?? {}, status };
}

interface Counted {
  /** Of the Restore: a copy of it has not what the copied one had. */
  readonly uid: string;
  readonly velero: Counts;
  readonly own: Counts & { readonly runs: number };
}

/**
 * The counts of a Restore are those of the hooks that Velero ran by itself (of pods left to it), which it has written before its
 * final phase, and ours. Which part is whose cannot be told from the sum, and whoever writes it next, perhaps another
 * executor, must neither lose Velero's part nor add ours twice: so the parts are kept in an annotation, written with the sum.
 * Where the sum is another one than was written, it is somebody else's, and as good as Velero's.
 *
 * Where HookRuns have been deleted since (they are not kept for ever), the counts stand as they are.
 *
 * @returns null: nothing is to be written
 */
function countHooks({ metadata, status }: StoredRestore, { runs, attempted, failed }: RestoreTally) {
  const { hooksAttempted = 0, hooksFailed = 0 } = status?.hookStatus ?? {};
  const stored = { attempted: hooksAttempted, failed: hooksFailed };
  const uid = metadata.uid ?? '';
  const before = readCounted(metadata.annotations?.[countedKey], uid);
  if (runs < (before?.own.runs ?? 1)) return null;
  const written = before === null ? null : sum(before.velero, before.own);
  const isWritten = isSame(stored, written);
  if (before !== null && isWritten && isSame(before.own, { attempted, failed })) return null;
  const velero = isWritten ? (before?.velero ?? stored) : stored;
  const total = sum(velero, { attempted, failed });
  const counted: Counted = { uid, velero, own: { runs, attempted, failed } };
  return {
    metadata: { annotations: { [countedKey]: JSON.stringify(counted) } },
    status: { hookStatus: { hooksAttempted: total.attempted, hooksFailed: total.failed } },
  };
}

function sum(one: Counts, other: Counts): Counts {
  return { attempted: one.attempted + other.attempted, failed: one.failed + other.failed };
}

function isSame(one: Counts, other: Counts | null): boolean {
  return one.attempted === other?.attempted && one.failed === other.failed;
}

/** null: there is none, it is another Restore's, or somebody has made something else of it. */
function readCounted(text: string | undefined, uid: string): Counted | null {
  if (text === undefined) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Whoever wrote that, it tells nothing.
    return null;
  }
  return isCounted(parsed) && parsed.uid === uid ? parsed : null;
}

function isCounted(value: unknown): value is Counted {
  const { uid, velero, own } = fieldsOf(value);
  return typeof uid === 'string' && isCounts(velero) && isCounts(own) && isCount(fieldsOf(own).runs);
}

function isCounts(value: unknown): boolean {
  const { attempted, failed } = fieldsOf(value);
  return isCount(attempted) && isCount(failed);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
