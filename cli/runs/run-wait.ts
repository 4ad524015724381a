import type { RestoreObject } from '../../shared/restore.ts';
import { ApiError, ApiUnreachable } from '../../shared/service/api-error.ts';
import type { Cluster } from '../../shared/service/cluster.ts';
import { answerTimeoutMs, connect } from '../cluster/connect.ts';
import { exitCodes, type Console, type ExitCode } from '../console.ts';
import { duration } from '../plan/printable.ts';
import { defaultWaitTimeout } from '../program/run-options.ts';
import type { GivenOptions } from '../program/parse.ts';
import { clusterProblem } from './cluster-problem.ts';
import { followRuns, longestMs } from './follow.ts';
import { pick } from './run-status.ts';
import { readRunsOptions, readTimeout, type RunsOptions } from './settings.ts';
import { counted } from './status-lines.ts';
import { targetText } from './target.ts';
import { judgeWait, stateOfRestore, type RestoreState, type Waited } from './waited.ts';

/** How often a Restore is looked at, on which all depends once its pods have finished. */
const restorePollMs = 1_000;

/** The command `wait`, for scripts. */
export async function runWait(
  given: GivenOptions,
  positional: string | null,
  console: Console,
): Promise<ExitCode | { readonly wrong: string }> {
  const reading = readRunsOptions(given, positional, 'restore');
  if (!reading.ok) return { wrong: reading.message };
  const timeout = readTimeout(given.get('timeout')?.at(-1) ?? defaultWaitTimeout);
  if (!timeout.ok) return { wrong: timeout.message };
  const options = reading.value;
  try {
    const cluster = connect(options.choice);
    const waited = await waitFor(cluster, options, timeout.value, console);
    return tell(waited, options, timeout.value, console);
  } catch (error) {
    console.complain(clusterProblem(error, options.namespace));
    return exitCodes.unanswered;
  }
}

async function waitFor(cluster: Cluster, options: RunsOptions, timeoutMs: number, console: Console): Promise<Waited> {
  const deadline = performance.now() + timeoutMs;
  const follower = followRuns(cluster, options.namespace);
  const restores = restoreReader(cluster, options, console);
  let isTroubled = false;
  let nextMs = longestMs;
  try {
    for (;;) {
      const leftMs = deadline - performance.now();
      const runs = pick(await follower.next(Math.max(0, Math.min(nextMs, leftMs))), options);
      const trouble = follower.trouble();
      if (trouble !== null && !isTroubled) {
        console.complain(`${clusterProblem(trouble, options.namespace)}; it is asked again`);
      }
      isTroubled = trouble !== null;
      const isOpen = runs.some(({ isFinished }) => !isFinished);
      const waited = judgeWait(runs, isOpen ? { is: 'unknown' } : await restores());
      if (waited.is === 'over' || performance.now() >= deadline) return waited;
      // Nothing tells when the Restore has come further.
      nextMs = isOpen ? longestMs : restorePollMs;
    }
  } finally {
    await follower.stop();
  }
}

/** Reads the Restore by its name. Whoever may not read Restores hears so once; then HookRuns alone count. */
function restoreReader(cluster: Cluster, { target }: RunsOptions, console: Console): () => Promise<RestoreState> {
  let isRefused = target?.kind !== 'restore';
  const query = new URLSearchParams({ fieldSelector: `metadata.name=${target?.name ?? ''}` });
  const path = `/apis/velero.io/v1/restores?${query.toString()}`;
  return async () => {
    if (isRefused) return { is: 'unknown' };
    try {
      const { items } = await cluster.call<{ readonly items: readonly RestoreObject[] | null }>({
        method: 'GET',
        path,
        timeoutMs: answerTimeoutMs,
      });
      return stateOfRestore(items ?? []);
    } catch (error) {
      // Of a cluster that does not answer the watch tells.
      if (error instanceof ApiUnreachable) return { is: 'unreadable' };
      if (!(error instanceof ApiError)) throw error;
      if (error.status !== 403 && error.status !== 404) return { is: 'unreadable' };
      isRefused = true;
      if (error.status === 403) {
        console.complain(
          `you may not read Restores (${error.message}): pods that are still to come are not waited for`,
        );
      }
      return { is: 'unknown' };
    }
  };
}

function tell(waited: Waited, { target }: RunsOptions, timeoutMs: number, { out, complain }: Console): ExitCode {
  const name = target === null ? '' : targetText(target);
  if (waited.is === 'going') {
    complain(`${name}: not finished after ${duration(timeoutMs)}: ${waited.why}`);
    return exitCodes.unfinished;
  }
  const { failed, pods } = waited;
  if (failed === 0) {
    out(`${name}: all hooks of ${counted(pods, 'pod')} succeeded\n`);
    return exitCodes.done;
  }
  complain(`${name}: the hooks of ${failed} of ${counted(pods, 'pod')} did not succeed`);
  return exitCodes.failed;
}
