import { viewContainer } from '../shared/container-state.ts';
import type { ExecHook } from '../shared/hook.ts';
import { reasonSentence } from '../shared/outcome.ts';
import type { Pod } from '../shared/pod.ts';
import { changeHook, type Claim } from '../shared/record.ts';
import type { ExecutorOptions, ExecutorParts } from './executor-parts.ts';
import { endGroup } from './end-group.ts';
import { getPod } from './pod-api.ts';
import type { PodRun } from './pod-run.ts';
import { shellOf } from './process-group.ts';

/** Tells of executors by their Leases. */
export interface Holders {
  /** How long to wait until it may be known that a holder is gone, in milliseconds; 0: it is. Never throws. */
  goneInMs(holder: string): Promise<number>;
}

export interface LostClaim {
  readonly run: PodRun;
  readonly index: number;
  readonly hook: ExecHook;
  readonly claim: Claim;
  /** As last seen; null: it is gone. */
  readonly pod: Pod | null;
}

/**
 * Ends a claim whose holder is gone: the hook is Interrupted, or waits to be run again if it asks for that and its command is
 * known to run no more (hooks.md sections 6 and 9).
 */
export async function endClaim(
  lost: LostClaim,
  options: ExecutorOptions,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  const { run, index, hook } = lost;
  const nowMs = parts.nowMs();
  const isOver = await hasEnded(lost, options, parts, signal);
  if (!isOver) run.predecessorUnknown = true;
  const reason = 'Interrupted';
  const retries = hook.onInterrupt === 'Retry' && isOver;
  const unsure = hook.onInterrupt === 'Retry' && !isOver;
  const why = unsure ? '; not run again, since the command may still be running' : '';
  run.record = changeHook(run.record, index, {
    reason,
    message: `${reasonSentence(reason)}${retries ? '; run again, as onInterrupt asks' : why}`,
    ...(retries
      ? { state: 'Waiting', claim: null, retryAtMs: nowMs }
      : { state: 'Interrupted', finishedAtMs: nowMs, predecessorUnknown: run.predecessorUnknown }),
  });
}

/** Whether the command is known to run no more: its container is another one, or its process group was ended. */
async function hasEnded(
  { run, hook, claim, pod }: LostClaim,
  { limits, endGroupTiming }: ExecutorOptions,
  { cluster }: ExecutorParts,
  signal: AbortSignal,
): Promise<boolean> {
  if (pod === null || runningID(pod, hook.container) !== claim.containerID) return true;
  const shell = shellOf(hook.command);
  if (shell === null || claim.group === null) return false;
  const { namespace, name } = run.ref;
  const target = { namespace, pod: name, container: hook.container };
  const sameContainer = async (bound: AbortSignal) => {
    const now = await getPod(cluster, run.ref, bound);
    return now?.metadata.uid === run.ref.uid && runningID(now, hook.container) === claim.containerID;
  };
  const group = { target, shell, group: claim.group, sameContainer };
  return (await endGroup(cluster, group, limits, endGroupTiming, signal)) === 'ended';
}

function runningID(pod: Pod, container: string): string | null {
  const view = viewContainer(pod, container);
  return view.is === 'running' ? view.containerID : null;
}
