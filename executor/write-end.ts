import { hooksMark } from '../shared/condition.ts';
import type { Pod } from '../shared/pod.ts';
import type { ExecutorParts } from './executor-parts.ts';
import { commandBack } from './command-back.ts';
import { summary } from './narrator.ts';
import { getPod, writeConditions } from './pod-api.ts';
import type { PodRun } from './pod-run.ts';
import { readyMarks } from './ready-marks.ts';

/**
 * Tells the pod, by its conditions, that its hooks are done; in a takeover its command is given back in the same write.
 * Throws as Cluster.call does, and where the pod changes too fast to be written.
 *
 * @returns the phase, for people
 */
export async function writeEnd(
  run: PodRun,
  pod: Pod | null,
  { cluster, nowMs }: Pick<ExecutorParts, 'cluster' | 'nowMs'>,
  signal: AbortSignal,
): Promise<string> {
  const { hooks } = run.record;
  const hasFailed = run.unrun !== null || [...hooks, ...run.init].some(({ state }) => state !== 'Succeeded');
  const phase = hasFailed ? 'Failed' : 'Succeeded';
  const message = run.unrun ?? summary(run.hooks, run.record, run.init);
  const failedFail = hooks.some(({ state }, index) => state !== 'Succeeded' && run.hooks[index]?.onError === 'Fail');
  const conditions = [hooksMark(phase, message, nowMs()), ...readyMarks(pod, !failedFail, nowMs())];
  const written = await writeConditions(cluster, run.ref, conditions, signal, commandBack(pod));
  if (written === 'written') return phase;
  // The server gives up, too, when the pod changes faster than it can patch it; that pod is there still.
  if (written === 'conflict' && (await getPod(cluster, run.ref, signal))?.metadata.uid === run.ref.uid) {
    throw new Error('the mark was not written, because the pod changed at the same moment');
  }
  return `${phase}, and the pod is gone`;
}
