import { hookRunPath } from '../shared/hook-run.ts';
import type { RunSummary } from '../shared/run-summary.ts';
import { ApiError } from '../shared/service/api-error.ts';
import type { Cluster } from '../shared/service/cluster.ts';
import type { Logger } from '../shared/service/logger.ts';
import { pause } from '../shared/service/pause.ts';
import { eachOf } from './each-of.ts';
import { getPod } from './pod-api.ts';

export interface RetentionOptions {
  readonly runs: () => Iterable<RunSummary>;
  /** Whether the watch knows the pod of the run. */
  readonly isPodThere: (run: RunSummary) => boolean;
  /** How long a HookRun is kept after it finished, at least. */
  readonly keepMs: number;
  /** Whether this executor is the one that deletes. */
  readonly active: () => boolean;
  readonly log: Logger;
  readonly nowMs: () => number;
  readonly intervalMs?: number;
}

/** Deletes records that nobody needs any more (hooks.md section 8). */
export interface Retention {
  /** Deletes what may be deleted, at once and at each interval while active, until the signal aborts. Never throws. */
  run(signal: AbortSignal): Promise<void>;
  /** Deletes once, 100 at most. What cannot be deleted is logged, and tried again the next time. */
  pass(signal: AbortSignal): Promise<void>;
}

const tenMinutesMs = 600_000;
/** Whether it has come to be active is looked at this often: the first pass is not to be one interval late. */
const idleMs = 5_000;
/** 14,400 a day at the default interval, and a burst of calls that no API server notices. */
const mostAPass = 100;
const concurrency = 4;

/** Makes it. Nothing is sent before `run` or `pass`. */
export function createRetention(cluster: Cluster, options: RetentionOptions): Retention {
  const { keepMs, active, log, nowMs, intervalMs = tenMinutesMs } = options;
  /** What was looked at and could not be deleted, and in which pass: others are looked at first. */
  let spared = new Map<string, number>();
  let passes = 0;

  async function pass(signal: AbortSignal): Promise<void> {
    if (!active()) return;
    passes += 1;
    const old = [...options.runs()].filter(isOver);
    const lastOf = (run: RunSummary) => spared.get(keyOf(run)) ?? 0;
    spared = new Map(old.filter((run) => lastOf(run) > 0).map((run) => [keyOf(run), lastOf(run)]));
    const chosen = old.sort((one, other) => lastOf(one) - lastOf(other)).slice(0, mostAPass);
    let deleted = 0;
    await eachOf(chosen, concurrency, async (run) => {
      if (signal.aborted || !active()) return;
      const isDeleted = await remove(run, signal);
      if (isDeleted) deleted += 1;
      else spared.set(keyOf(run), passes);
    });
    if (deleted > 0) log.info({ deleted }, 'old HookRuns deleted');
  }

  function isOver(run: RunSummary): boolean {
    const { finishedAtMs } = run;
    return finishedAtMs !== null && nowMs() - finishedAtMs >= keepMs && !options.isPodThere(run);
  }

  async function remove(run: RunSummary, signal: AbortSignal): Promise<boolean> {
    const { namespace, name, pod, version } = run;
    try {
      // The watch has only pods that bear the restore label: one that lost it is there all the same.
      const there = await getPod(cluster, { namespace, ...pod }, signal);
      if (there?.metadata.uid === pod.uid) return false;
      await cluster.call(
        {
          method: 'DELETE',
          path: hookRunPath(namespace, name),
          // A run that was asked for meanwhile is another version.
          body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { resourceVersion: version } },
        },
        signal,
      );
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return true;
      if (!signal.aborted) log.warn({ err: error, namespace, hookRun: name }, 'old HookRun not deleted');
      return false;
    }
  }

  return {
    pass,
    async run(signal) {
      do await pass(signal);
      while (await pause(active() ? intervalMs : Math.min(idleMs, intervalMs), signal));
    },
  };
}

function keyOf({ namespace, name }: RunSummary): string {
  return `${namespace}/${name}`;
}
