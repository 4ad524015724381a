import { runStatus, storedRecord } from '../shared/run-status.ts';
import { summarizeRun } from '../shared/run-summary.ts';
import { changeHook } from '../shared/record.ts';
import type { HookRun } from '../shared/hook-run.ts';
import type { Backoff } from '../shared/service/backoff.ts';
import type { PodRun } from './pod-run.ts';
import type { RunStore } from './run-store.ts';
import type { Runs } from './runs.ts';

/** `gone`: the HookRun was deleted. `lost`: another executor has gone on with the run. */
export type Saved = 'saved' | 'gone' | 'lost';

export interface Saving {
  readonly store: RunStore;
  readonly runs: Pick<Runs, 'note'>;
  readonly identity: string;
  /** False: another executor may lead by now. */
  readonly isFresh: () => boolean;
}

/** Between tries to write what must be written. */
export const saveRetry: Backoff = { firstMs: 200, maxMs: 5_000 };

/** Somebody may write a HookRun again and again; each of our writes is tried so often before the run is looked at anew. */
const mostConflicts = 10;

/**
 * Writes what has become of a run, where that is not written yet. What a user has written into the status meanwhile is
 * overwritten: of a hook that was run there must be no doubt. Throws as RunStore does; then it may or may not be written.
 */
export function saveRun(run: PodRun, saving: Saving, signal: AbortSignal): Promise<Saved> {
  const saved = run.saving.then(() => save(run, saving, signal));
  // Whoever asked for this write is told that it failed; the next one is tried all the same.
  run.saving = saved.catch(() => undefined);
  return saved;
}

async function save(run: PodRun, { store, runs, identity, isFresh }: Saving, signal: AbortSignal): Promise<Saved> {
  if (run.isLost) return 'lost';
  for (let conflicts = 0; run.object !== null; conflicts += 1) {
    const { object } = run;
    const status = runStatus(object.spec, object.status, run);
    if (isSame(status, object.status)) return 'saved';
    const written = await store.writeStatus(object, status, signal);
    if (typeof written === 'object') {
      run.object = written;
      runs.note(summarizeRun(written));
      return 'saved';
    }
    const { namespace, name, uid } = object.metadata;
    const fresh = written === 'gone' ? null : await store.get(namespace, name, signal);
    run.object = fresh?.metadata.uid === uid ? fresh : null;
    if (run.object === null) return 'gone';
    run.isStale ||= !isFresh();
    // Whoever leads has answered a rerun since: what is known here is of the run before it.
    run.isLost ||= run.object.spec.run !== run.number || isAnothers(run, run.object, identity);
    if (run.isLost) return 'lost';
    if (conflicts >= mostConflicts) throw new Error('the HookRun changed at every try to write it');
  }
  return 'gone';
}

/**
 * Whether another executor has gone on with the run: it has claimed a hook, or judged one that was claimed here, which only
 * a stale run can come to. What a user has written looks alike, and does not count while this executor leads.
 */
function isAnothers(run: PodRun, fresh: HookRun, identity: string): boolean {
  if (fresh.status?.run !== fresh.spec.run) return false;
  return run.record.hooks.some(({ claim: own, state, finishedAtMs }, index) => {
    const stored = fresh.status?.exec?.[index];
    const claim = stored?.claim ?? null;
    if (claim !== null && claim.holder !== identity && claim.id !== own?.id) return true;
    if (!run.isStale || own?.holder !== identity) return false;
    if (claim?.id !== own.id) return true;
    // Else it is as it was claimed, or as a write of this executor left it, the answer to which was lost.
    const isOwnEnd = stored?.state === state && Date.parse(stored.finishedAt ?? '') === finishedAtMs;
    return stored?.state !== 'Claimed' && !isOwnEnd;
  });
}

/**
 * Puts the end of one hook into a record that another executor has gone on with: only if it has not judged that hook yet.
 *
 * @returns whether it did
 */
export async function saveEnd(run: PodRun, index: number, saving: Saving, signal: AbortSignal): Promise<boolean> {
  const own = run.record.hooks[index];
  const { object } = run;
  if (own?.claim == null || object?.spec.run !== run.number) return false;
  const stored = object.status?.exec?.[index];
  if (stored?.state !== 'Claimed' || stored.claim?.id !== own.claim.id) return false;
  const record = changeHook(storedRecord(object, run.record.observedSinceMs), index, own);
  const status = runStatus(object.spec, object.status, { ...run, record, finishedAtMs: null });
  const written = await saving.store.writeStatus(object, status, signal);
  if (typeof written === 'object') saving.runs.note(summarizeRun(written));
  return typeof written === 'object';
}

/** As JSON: what is absent in one and null in the other is the same. */
function isSame(one: unknown, other: unknown): boolean {
  const [absent, missing] = [one ?? null, other ?? null].map((value) => value === null);
  if (absent === true || missing === true) return absent === missing;
  if (typeof one !== 'object' || typeof other !== 'object') return one === other;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((each, index) => isSame(each, other[index]));
  }
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) => isSame(left[key], right[key]));
}
