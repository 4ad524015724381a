import type { HookRunRestore } from '../shared/hook-run.ts';
import type { RunSummary } from '../shared/run-summary.ts';
import { ApiError } from '../shared/service/api-error.ts';
import type { Cluster } from '../shared/service/cluster.ts';
import type { Logger } from '../shared/service/logger.ts';
import { pause } from '../shared/service/pause.ts';
import { eachOf } from './each-of.ts';
import { addRun, emptyTally, restoreChange, type RestoreTally, type StoredRestore } from './restore-change.ts';

export interface RestoreStatusOptions {
  readonly runs: () => Iterable<RunSummary>;
  /** Where Restores are written: Velero's namespaces. */
  readonly namespaces: readonly string[];
  /** A Restore without a phase, which nobody works on, is given one once its HookRuns have finished. */
  readonly drives: boolean;
  /** Whether this executor is the one that writes. */
  readonly active: () => boolean;
  readonly log: Logger;
  readonly nowMs: () => number;
  /** The shortest time between two writes to one Restore. */
  readonly intervalMs?: number;
  /** A Restore was written. */
  readonly written?: () => void;
}

/** Tells in the status of Restores what became of their hooks (hooks.md section 8). */
export interface RestoreStatus {
  /**
   * A HookRun of the Restore came, changed or went. Cheap, and to be called by an executor that is not active, too: so it knows
   * what its predecessor may have left undone.
   */
  changed(restore: HookRunRestore): void;
  /** Writes what was told, once each interval while active, until the signal aborts. Never throws for what the server does. */
  run(signal: AbortSignal): Promise<void>;
  /** Looks at once at all that is not known to be written yet; what cannot be written is logged, and tried again by `run`. */
  flush(): Promise<void>;
}

interface RestoreRef {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

interface Pending {
  readonly ref: RestoreRef;
  /** Intervals since it was told of, and those in which it is still left alone. */
  waited: number;
  idle: number;
}

const fiveSecondsMs = 5_000;
/** Calls to the API server at a time: the hooks themselves come first. */
const concurrency = 4;
/** Somebody else writes a Restore at every moment; after so many tries in a row it is left for the next interval. */
const tries = 5;
/** A Restore that stays open is looked at after a tenth of the time it has been so, and at least once in so many intervals. */
const mostIdle = 12;

/** Makes it. Nothing is sent before `run` or `flush`. Writes nothing that is so already, so that two writers do no harm. */
export function createRestoreStatus(cluster: Cluster, options: RestoreStatusOptions): RestoreStatus {
  const { active, log, intervalMs = fiveSecondsMs } = options;
  const pending = new Map<string, Pending>();

  function changed({ namespace, name, uid }: HookRunRestore): void {
    if (namespace === undefined || name === undefined || uid === undefined) return;
    if (!options.namespaces.includes(namespace)) return;
    pending.set(uid, { ref: { namespace, name, uid }, waited: 0, idle: 0 });
  }

  async function pass(isDue: (entry: Pending) => boolean, signal?: AbortSignal): Promise<void> {
    const isActive = active();
    if (pending.size === 0) return;
    const tallies = tally(options.runs(), pending);
    // Without a HookRun there is nothing to tell, and what was told before stands.
    for (const uid of pending.keys()) if (!tallies.has(uid)) pending.delete(uid);
    if (!isActive) return;
    const due = [...pending.values()].filter(isDue);
    await eachOf(due, concurrency, async (entry) => {
      const counts = tallies.get(entry.ref.uid);
      if (counts === undefined || signal?.aborted === true || !active()) return;
      const isSettled = await settle(entry.ref, counts, signal);
      // It may have been told of again meanwhile: then that is another entry.
      if (isSettled && pending.get(entry.ref.uid) === entry) pending.delete(entry.ref.uid);
      entry.idle = Math.min(mostIdle - 1, Math.floor(entry.waited / 10));
    });
  }

  /** False: it is to be looked at again. */
  async function settle(ref: RestoreRef, counts: RestoreTally, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      return await write(ref, counts, signal);
    } catch (error) {
      if (signal?.aborted !== true) {
        log.warn({ err: error, namespace: ref.namespace, restore: ref.name }, 'restore status not written');
      }
      return false;
    }
  }

  async function write(ref: RestoreRef, counts: RestoreTally, signal: AbortSignal | undefined): Promise<boolean> {
    let refusal: unknown;
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const restore = await get(cluster, ref, signal);
      if (restore === null) return true;
      const change = restoreChange(restore, counts, { drives: options.drives, nowMs: options.nowMs() });
      if (change.is !== 'write') return change.is === 'so already';
      // Asked again right before: an executor that was frozen has old counts in its hands.
      if (!active()) return false;
      try {
        const { status } = change;
        const { resourceVersion } = restore.metadata;
        const metadata = { ...change.metadata, uid: ref.uid, resourceVersion };
        await patch(cluster, ref, { metadata, status }, signal);
        options.written?.();
        log.info({ namespace: ref.namespace, restore: ref.name, status }, 'restore status written');
        return true;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.status === 404) return true;
        // 409: it has changed. 422: so some servers answer where another Restore has the name.
        if (error.status !== 409 && error.status !== 422) throw error;
        refusal = error;
      }
    }
    throw refusal;
  }

  return {
    changed,
    async run(signal) {
      while (await pause(intervalMs, signal)) {
        await pass((entry) => {
          entry.waited += 1;
          entry.idle -= 1;
          return entry.idle < 0;
        }, signal);
      }
    },
    flush: () => pass(() => true),
  };
}

/** Of the Restores asked for, by UID. */
function tally(runs: Iterable<RunSummary>, asked: ReadonlyMap<string, unknown>): Map<string, RestoreTally> {
  const tallies = new Map<string, RestoreTally>();
  for (const run of runs) {
    const { uid } = run.restore;
    if (uid !== undefined && asked.has(uid)) tallies.set(uid, addRun(tallies.get(uid) ?? emptyTally, run));
  }
  return tallies;
}

/** null: it is gone, or going, or another one has its name. */
async function get(cluster: Cluster, ref: RestoreRef, signal: AbortSignal | undefined): Promise<StoredRestore | null> {
  try {
    const restore = await cluster.call<StoredRestore>({ method: 'GET', path: pathOf(ref) }, signal);
    const { uid, deletionTimestamp = null } = restore.metadata;
    return uid === ref.uid && deletionTimestamp === null ? restore : null;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** The definition of Restores has no status subresource: their status is written with the object. */
async function patch(cluster: Cluster, ref: RestoreRef, body: object, signal: AbortSignal | undefined): Promise<void> {
  const path = `${pathOf(ref)}?fieldManager=restore-hooks-executor`;
  await cluster.call({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body }, signal);
}

function pathOf({ namespace, name }: RestoreRef): string {
  return `/apis/velero.io/v1/namespaces/${encodeURIComponent(namespace)}/restores/${encodeURIComponent(name)}`;
}
