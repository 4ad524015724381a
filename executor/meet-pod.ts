import { hooksMark } from '../shared/condition.ts';
import { reasonSentence } from '../shared/outcome.ts';
import type { Pod } from '../shared/pod.ts';
import { judgeTaking } from '../shared/take.ts';
import type { ExecutorOptions, ExecutorParts } from './executor.ts';
import { writeMark, type PodRef } from './pod-api.ts';
import { newRun, type Known } from './pod-run.ts';

/** Events live for an hour by default, and repeat themselves under one name: an older pod's warnings were told before. */
const warningAgeMs = 3_600_000;

type MeetOptions = Pick<ExecutorOptions, 'scope' | 'installedAtMs'>;

/**
 * The first sight of a pod: what is decided here holds for as long as it lives, whatever is edited later. Tells of it, too.
 * Never throws: one pod that cannot be made sense of must not end the executor, which would meet it again at every start.
 */
export function meetPod(pod: Pod, options: MeetOptions, parts: ExecutorParts, signal: AbortSignal): Known {
  const { namespace = '', name = '', uid = '' } = pod.metadata;
  try {
    return meet(pod, { namespace, name, uid }, options, parts, signal);
  } catch (error) {
    parts.log.error({ err: error, namespace, pod: name }, 'pod not understood, its hooks are not run');
    return { uid, run: null };
  }
}

function meet(pod: Pod, ref: PodRef, options: MeetOptions, parts: ExecutorParts, signal: AbortSignal): Known {
  const { metrics, narrator, nowMs, planPod } = parts;
  const plan = planPod(pod);
  const taking = judgeTaking(pod, plan, options.scope, options.installedAtMs);
  const young = nowMs() - Date.parse(pod.metadata.creationTimestamp ?? '') < warningAgeMs;
  const noHooks = taking.is === 'left' && taking.why === 'no hooks';
  if (taking.is === 'taken' || (noHooks && young)) narrator.warned(ref, plan);
  switch (taking.is) {
    case 'taken':
      narrator.taken(ref, taking.restore, plan);
      metrics.podsOpen.inc();
      return { uid: ref.uid, run: newRun(ref, plan, nowMs(), crypto.randomUUID().slice(0, 8)) };
    case 'missed':
      narrator.missed(ref, plan);
      break;
    case 'interrupted':
      narrator.interrupted(ref);
      void markInterrupted(ref, parts, signal);
      break;
    case 'left':
      break;
  }
  return { uid: ref.uid, run: null };
}

async function markInterrupted(
  ref: PodRef,
  { cluster, log, nowMs }: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  const mark = hooksMark('Failed', `Interrupted: ${reasonSentence('Interrupted')}`, nowMs());
  try {
    await writeMark(cluster, ref, mark, null, signal);
  } catch (error) {
    // The mark of the run that began stands, so nothing is run; the next start says it again.
    log.warn({ err: error, namespace: ref.namespace, pod: ref.name }, 'mark not written');
  }
}
