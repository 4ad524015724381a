import type { RestoreObject } from '../../shared/restore.ts';
import { hasFailed, judgeRuns } from './summary.ts';
import type { KnownRun } from './view.ts';

/** What is known of the Restore whose runs are waited for. `unknown`: there is none, or it may not be read. */
export type RestoreState =
  | { readonly is: 'unknown' }
  /** It is to be asked for again. */
  | { readonly is: 'unreadable' }
  /** More pods may come. */
  | { readonly is: 'working'; readonly uid: string; readonly phase: string }
  | { readonly is: 'final'; readonly uid: string; readonly phase: string }
  /** Nobody has begun it, or nobody will: Velero sets the phase. */
  | { readonly is: 'untouched'; readonly uid: string };

export type Waited =
  | { readonly is: 'over'; readonly failed: number; readonly pods: number }
  | { readonly is: 'going'; readonly why: string };

/** Of Velero's Restores (pkg/apis/velero/v1): what follows them is nothing. */
const finalPhases: readonly string[] = ['Completed', 'PartiallyFailed', 'Failed', 'FailedValidation'];

/** Of several Restores with one name the newest counts (hooks.md section 2). */
export function stateOfRestore(restores: readonly RestoreObject[]): RestoreState {
  const timeOf = ({ metadata }: RestoreObject) => Date.parse(metadata.creationTimestamp ?? '') || 0;
  const [newest] = [...restores].sort((one, other) => timeOf(other) - timeOf(one));
  if (newest === undefined) return { is: 'unknown' };
  const uid = newest.metadata.uid ?? '';
  const phase = newest.status?.phase ?? '';
  if (phase === '') return { is: 'untouched', uid };
  return { is: finalPhases.includes(phase) ? 'final' : 'working', uid, phase };
}

/**
 * Whether there is nothing more to wait for: at least one pod has come, all have finished, and no Velero is still at work on the
 * Restore, which would bring more. Runs of an earlier Restore of the name do not count.
 */
export function judgeWait(runs: readonly KnownRun[], restore: RestoreState): Waited {
  if (restore.is === 'unreadable') return { is: 'going', why: 'the Restore could not be read' };
  const meant = restore.is === 'unknown' ? runs : runs.filter(({ restoreUid }) => isOf(restoreUid, restore.uid));
  const open = meant.filter(({ isFinished }) => !isFinished).length;
  if (open > 0) return { is: 'going', why: `${open} of ${meant.length} pods are not finished` };
  if (judgeRuns(meant) === 'none') {
    const phase = restore.is === 'final' || restore.is === 'working' ? `, and the Restore is ${restore.phase}` : '';
    return { is: 'going', why: `no HookRun has come${phase}` };
  }
  if (restore.is === 'working') {
    return { is: 'going', why: `the Restore is ${restore.phase}, so that more pods may come` };
  }
  return { is: 'over', failed: meant.filter(hasFailed).length, pods: meant.length };
}

function isOf(restoreUid: string | null, uid: string): boolean {
  return restoreUid === null || restoreUid === uid;
}
