import type { Cluster } from '../shared/service/cluster.ts';
import { backoffMs } from '../shared/service/backoff.ts';
import { pause } from '../shared/service/pause.ts';
import type { ExecTarget } from './exec-session.ts';
import { signalGroup } from './process-group.ts';
import { runCommand, type CommandLimits } from './run-command.ts';

export interface EndGroupTiming {
  /** From TERM to KILL (hooks.md section 6). */
  readonly termGraceMs: number;
  /** Between looks whether the group is gone: nothing tells of the end of a process in a container. */
  readonly pollMs: number;
  /** How long it is tried to reach the container, for each signal: a kubelet that restarts is back within this time. */
  readonly reachMs: number;
}

export const defaultEndGroupTiming: EndGroupTiming = { termGraceMs: 5_000, pollMs: 500, reachMs: 60_000 };

/** A signal is one builtin of a shell. */
const signalTimeoutMs = 10_000;
/** What shells say of a group that another user's program leads: it is there, and cannot be ended. */
const notPermitted = /permit/i;
const retry = { firstMs: 250, maxMs: 5_000 };

export interface GroupToEnd {
  readonly target: ExecTarget;
  readonly shell: string;
  readonly group: number;
  /** False once the container is another one than the command began in: with it the group has gone. May throw if unknown. */
  readonly sameContainer: (signal: AbortSignal) => Promise<boolean>;
}

/**
 * Ends a process group in a container: TERM, a grace time, KILL; each by an exec of its own.
 *
 * @returns `ended` if it is gone, or was killed (what a container's first process does not reap still bears the number,
 *   and runs no more); `unknown` if the container could not be reached in time, it may not be signalled, or the signal
 *   aborted.
 */
export async function endGroup(
  cluster: Cluster,
  group: GroupToEnd,
  limits: CommandLimits,
  timing: EndGroupTiming,
  signal: AbortSignal,
): Promise<'ended' | 'unknown'> {
  const send = (name: SignalName) => sendSignal(cluster, group, name, limits, timing.reachMs, signal);
  let state = await send('TERM');
  const graceEndsMs = performance.now() + timing.termGraceMs;
  while (state === 'there' && performance.now() < graceEndsMs) {
    if (!(await pause(timing.pollMs, signal))) return 'unknown';
    state = await send('0');
  }
  if (state === 'there') state = await send('KILL');
  return state === 'unknown' ? 'unknown' : 'ended';
}

type SignalName = 'TERM' | 'KILL' | '0';

/** Tries until the container answers, or the time is over. */
async function sendSignal(
  cluster: Cluster,
  { target, shell, group, sameContainer }: GroupToEnd,
  name: SignalName,
  limits: CommandLimits,
  reachMs: number,
  signal: AbortSignal,
): Promise<'there' | 'gone' | 'unknown'> {
  const bound = AbortSignal.any([signal, AbortSignal.timeout(reachMs)]);
  for (let failures = 1; !bound.aborted; failures += 1) {
    if (!(await isSame(sameContainer, bound))) return 'gone';
    const command = signalGroup(shell, group, name);
    const token = crypto.randomUUID().replaceAll('-', '');
    const { outcome, stderr } = await runCommand(cluster, target, command, signalTimeoutMs, limits, token, bound);
    if (outcome.ok) return 'there';
    // The code of `kill` itself; what else ends a shell (126, 127, 137) says nothing of the group.
    if (outcome.exitCode === 1) return notPermitted.test(stderr.text) ? 'unknown' : 'gone';
    if (!(await pause(backoffMs(retry, failures, Math.random()), bound))) break;
  }
  return 'unknown';
}

/** A container that cannot be asked about is taken for the same: the exec that follows then fails, and is tried again. */
async function isSame(sameContainer: GroupToEnd['sameContainer'], bound: AbortSignal): Promise<boolean> {
  try {
    return await sameContainer(bound);
  } catch (error) {
    if (error instanceof Error) return true;
    throw error;
  }
}
