import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../shared/service/cluster.ts';
import { backoffMs } from '../shared/service/backoff.ts';
import type { ExecTarget } from './exec-session.ts';
import { signalGroup } from './process-group.ts';
import { runCommand, type CommandLimits } from './run-command.ts';

export interface EndGroupTiming {
  /** From TERM to KILL (hooks.md section 6). */
  readonly termGraceMs: number;
  /** Between looks whether the group is gone: nothing tells of the end of a process in a container. */
  readonly pollMs: number;
  /** How long it is tried to reach the container: a kubelet that restarts is back within this time. */
  readonly reachMs: number;
}

export const defaultEndGroupTiming: EndGroupTiming = { termGraceMs: 5_000, pollMs: 500, reachMs: 60_000 };

/** A signal is one builtin of a shell. */
const signalTimeoutMs = 10_000;
const retry = { firstMs: 250, maxMs: 5_000 };

export interface GroupToEnd {
  readonly target: ExecTarget;
  readonly shell: string;
  readonly group: number;
  /** False once the container is another one than the command began in: with it the group has gone. May throw if unknown. */
  readonly sameContainer: () => Promise<boolean>;
}

/**
 * Ends a process group in a container: TERM, a grace time, KILL; each by an exec of its own.
 *
 * @returns `ended` if it is gone, or was killed (what a container's first process does not reap still bears the number,
 *   and runs no more); `unknown` if the container could not be reached in time or the signal aborted.
 */
export async function endGroup(
  cluster: Cluster,
  { target, shell, group, sameContainer }: GroupToEnd,
  limits: CommandLimits,
  timing: EndGroupTiming,
  signal: AbortSignal,
): Promise<'ended' | 'unknown'> {
  const bound = AbortSignal.any([signal, AbortSignal.timeout(timing.reachMs + timing.termGraceMs)]);
  try {
    if ((await send('TERM')) === 'gone') return 'ended';
    const graceEndsMs = performance.now() + timing.termGraceMs;
    while (performance.now() < graceEndsMs) {
      await delay(timing.pollMs, undefined, { signal: bound });
      if ((await send('0')) === 'gone') return 'ended';
    }
    await send('KILL');
    return 'ended';
  } catch (error) {
    if (bound.aborted) return 'unknown';
    throw error;
  }

  /** Tries until the container answers; throws when the bound is reached. */
  async function send(name: 'TERM' | 'KILL' | '0'): Promise<'there' | 'gone'> {
    for (let failures = 1; ; failures += 1) {
      bound.throwIfAborted();
      if (await isSame()) {
        const command = signalGroup(shell, group, name);
        const token = crypto.randomUUID().replaceAll('-', '');
        const { outcome } = await runCommand(cluster, target, command, signalTimeoutMs, limits, token, bound);
        if (outcome.ok) return 'there';
        if (outcome.reason === 'NonZeroExit') return 'gone';
      } else return 'gone';
      await delay(backoffMs(retry, failures, Math.random()), undefined, { signal: bound });
    }
  }

  /** A container that cannot be asked about is taken for the same: the exec that follows then fails, and is tried again. */
  async function isSame(): Promise<boolean> {
    try {
      return await sameContainer();
    } catch (error) {
      bound.throwIfAborted();
      if (error instanceof Error) return true;
      throw error;
    }
  }
}
