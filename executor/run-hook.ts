import { viewContainer } from '../shared/container-state.ts';
import type { ExecHook } from '../shared/hook.ts';
import { reasonSentence, type Reason } from '../shared/outcome.ts';
import type { Pod } from '../shared/pod.ts';
import { waitAfterMs } from '../shared/service/api-error.ts';
import { backoffMs, type Backoff } from '../shared/service/backoff.ts';
import type { Cluster } from '../shared/service/cluster.ts';
import { pause } from '../shared/service/pause.ts';
import { endGroup, type EndGroupTiming } from './end-group.ts';
import { getPod, type PodRef } from './pod-api.ts';
import { shellOf } from './process-group.ts';
import { runCommand, type CommandLimits, type CommandResult } from './run-command.ts';

export interface RunHookOptions {
  readonly cluster: Cluster;
  readonly pod: PodRef;
  readonly hook: ExecHook;
  readonly containerID: string;
  readonly limits: CommandLimits;
  readonly endGroupTiming: EndGroupTiming;
  /**
   * Marks the pod, as it was just seen, and claims the hook in its record; false if it is not to be begun now. Where it throws, it is not claimed.
   */
  readonly claim: (pod: Pod) => Promise<boolean>;
  /** Asked right before the command is sent, after the claim: why it must not be sent after all. null: it may. */
  readonly obstacle: () => string | null;
  /** Called when everything has been checked and claimed, right before the command is sent. */
  readonly starting: () => void;
  /** Called with the command's process group, once it is known. */
  readonly reported: (group: number) => void;
}

/** What became of one attempt to run a hook. */
export type HookRunEnd =
  | { readonly did: 'run'; readonly result: CommandResult; readonly groupUnknown: boolean }
  /** Nothing was claimed or sent: the pod is not as it was when the step was decided. Look at it again. */
  | { readonly did: 'not begun' }
  /** Claimed, and certainly not begun: the claim is to be given up, and it may be tried again, after the time the server asks for. */
  | { readonly did: 'not sent'; readonly message: string; readonly retryAfterMs: number | null }
  /** Nothing was sent: the pod is gone, or another one bears its name. */
  | { readonly did: 'pod gone'; readonly reason: Extract<Reason, 'PodDeleted' | 'PodReplaced'> };

const confirmRetry: Backoff = { firstMs: 200, maxMs: 5_000 };

/**
 * Runs one hook, exactly as hooks.md section 6 asks: a live look at the pod, the claim, the command, and a second
 * look, without which its result is not believed. Throws ApiError and ApiUnreachable only before the command was sent;
 * afterwards the API server is asked until it answers or the signal aborts.
 */
export async function runHook(options: RunHookOptions, signal: AbortSignal): Promise<HookRunEnd> {
  const { cluster, pod, hook, containerID } = options;
  const before = await getPod(cluster, pod, signal);
  if (before === null) return { did: 'pod gone', reason: 'PodDeleted' };
  if (before.metadata.uid !== pod.uid) return { did: 'pod gone', reason: 'PodReplaced' };
  if (before.metadata.deletionTimestamp != null) return { did: 'not begun' };
  if (runningID(before, hook.container) !== containerID) return { did: 'not begun' };
  if (!(await options.claim(before))) return { did: 'not begun' };
  const obstacle = signal.aborted ? 'the executor is stopping' : options.obstacle();
  if (obstacle !== null) return { did: 'not sent', message: obstacle, retryAfterMs: null };
  options.starting();
  const target = { namespace: pod.namespace, pod: pod.name, container: hook.container };
  const token = crypto.randomUUID().replaceAll('-', '');
  const { command, execTimeoutMs } = hook;
  const { limits, reported } = options;
  const result = await runCommand(cluster, target, command, execTimeoutMs, limits, token, signal, reported);
  if (!result.sent && !result.outcome.ok) {
    return { did: 'not sent', message: result.outcome.message, retryAfterMs: result.retryAfterMs };
  }
  if (result.mayStillRun) return { did: 'run', result, groupUnknown: !(await endCommand(options, result, signal)) };
  const doubt = await confirm(options, signal);
  if (doubt === null) return { did: 'run', result, groupUnknown: false };
  const message = `${doubt.message}; the command's own word: ${result.outcome.ok ? 'exit code 0' : result.outcome.message}`;
  return {
    did: 'run',
    result: { ...result, outcome: { ok: false, reason: doubt.reason, exitCode: null, message } },
    groupUnknown: false,
  };
}

/** Ends what may still run; returns whether it is known to have ended. */
async function endCommand(options: RunHookOptions, result: CommandResult, signal: AbortSignal): Promise<boolean> {
  const { cluster, pod, hook, containerID } = options;
  const shell = shellOf(hook.command);
  if (shell === null || result.group === null) return false;
  const target = { namespace: pod.namespace, pod: pod.name, container: hook.container };
  const sameContainer = async (bound: AbortSignal) => {
    const now = await getPod(cluster, pod, bound);
    return now?.metadata.uid === pod.uid && runningID(now, hook.container) === containerID;
  };
  const group = { target, shell, group: result.group, sameContainer };
  return (await endGroup(cluster, group, options.limits, options.endGroupTiming, signal)) === 'ended';
}

interface Doubt {
  readonly reason: Reason;
  readonly message: string;
}

/** The look after the command. null: pod and container are the same as before it. */
async function confirm(
  { cluster, pod, hook, containerID }: RunHookOptions,
  signal: AbortSignal,
): Promise<Doubt | null> {
  for (let failures = 1; ; failures += 1) {
    let problem: unknown;
    try {
      const after = await getPod(cluster, pod, signal);
      if (after === null) return { reason: 'PodDeleted', message: 'the pod was deleted while the hook ran' };
      if (after.metadata.uid !== pod.uid || lastID(after, hook.container) !== containerID) {
        return { reason: 'PodReplaced', message: reasonSentence('PodReplaced') };
      }
      return null;
    } catch (error) {
      if (signal.aborted) return { reason: 'Interrupted', message: reasonSentence('Interrupted') };
      if (!(error instanceof Error)) throw error;
      problem = error;
    }
    if (!(await pause(waitAfterMs(problem, backoffMs(confirmRetry, failures, Math.random())), signal))) {
      return { reason: 'Interrupted', message: reasonSentence('Interrupted') };
    }
  }
}

function runningID(pod: Pod, container: string): string | null {
  const view = viewContainer(pod, container);
  return view.is === 'running' ? view.containerID : null;
}

/** The container's ID, whether it runs or has just ended: a hook may end its container on purpose. */
function lastID(pod: Pod, container: string): string | null {
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  return statuses.find(({ name }) => name === container)?.containerID ?? null;
}
