import { runStatus, storedRecord } from '../shared/run-status.ts';
import { summarizeRun } from '../shared/run-summary.ts';
import { waitAfterMs } from '../shared/service/api-error.ts';
import { backoffMs } from '../shared/service/backoff.ts';
import { pause } from '../shared/service/pause.ts';
import type { ExecutorParts } from './executor-parts.ts';
import type { PodRun } from './pod-run.ts';
import { unclaimed } from './record-end.ts';
import { saveRetry } from './save-run.ts';

/**
 * Takes a claim back that may stand in the HookRun since its write got no answer: whoever leads by now would wait for this
 * executor to end it, for as long as it lives. Never rejects; tries until it is known, or the signal aborts.
 */
export async function renounce(run: PodRun, parts: ExecutorParts, signal: AbortSignal): Promise<void> {
  const { doubt, object, ref } = run;
  if (doubt === null || object === null) return;
  for (let failures = 1; ; failures += 1) {
    let problem: unknown = null;
    try {
      if ((await takeBack(object.metadata, doubt, parts, signal)) === 'done') return;
    } catch (error) {
      problem = error;
      const fields = { err: error, namespace: ref.namespace, pod: ref.name };
      parts.log.warn(fields, 'claim not taken back, trying again');
    }
    if (!(await pause(waitAfterMs(problem, backoffMs(saveRetry, failures, Math.random())), signal))) return;
  }
}

/** `conflict`: it changed meanwhile, and is to be looked at again. */
async function takeBack(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { index, claimID }: NonNullable<PodRun['doubt']>,
  { store, runs }: ExecutorParts,
  signal: AbortSignal,
): Promise<'done' | 'conflict'> {
  const object = await store.get(namespace, name, signal);
  const stored = object?.status?.exec?.[index];
  if (object?.status == null || stored?.state !== 'Claimed' || stored.claim?.id !== claimID) return 'done';
  const record = unclaimed(storedRecord(object, Date.parse(object.status.observedSince)), index);
  const state = { record, init: object.status.init ?? [], finishedAtMs: null, unrun: null };
  const written = await store.writeStatus(object, runStatus(object.spec, object.status, state), signal);
  if (written === 'conflict') return written;
  if (written !== 'gone') runs.note(summarizeRun(written));
  return 'done';
}
