import type { HookRunInit, HookRunInitStatus } from './hook-run.ts';
import { reasonSentence } from './outcome.ts';
import type { ContainerState, ContainerStatus, Pod } from './pod.ts';

export interface FollowedInit {
  readonly init: readonly HookRunInitStatus[];
  /** When the next timeout runs out, Unix time in milliseconds; null: none is running. */
  readonly untilMs: number | null;
}

/**
 * What has become of the injected init containers, which the kubelet runs; their timeout is ours to tell (hooks.md section
 * 4). One that failed and is restarted may still succeed; one that was too late stays so.
 *
 * @param before as it was told last
 * @param pod null: it is gone
 */
export function followInit(
  hooks: readonly HookRunInit[],
  before: readonly HookRunInitStatus[],
  pod: Pod | null,
  nowMs: number,
): FollowedInit {
  const statuses = hooks.map(({ name }) => pod?.status?.initContainerStatuses?.find((status) => status.name === name));
  const starts = statuses.flatMap((status) => startOf(status) ?? []);
  const startMs = starts.length === 0 ? null : Math.min(...starts);
  let untilMs: number | null = null;
  const init = hooks.map((hook, index): HookRunInitStatus => {
    const past = before.find(({ name }) => name === hook.name);
    if (past?.state === 'Succeeded' || past?.reason === 'InitTimeout') return past;
    const seen = look(hook.name, statuses[index], pod) ?? past ?? { name: hook.name, state: 'Waiting' };
    if (seen.state === 'Succeeded' || hook.timeoutMs === undefined || startMs === null) return seen;
    const deadlineMs = startMs + hook.timeoutMs;
    if (nowMs < deadlineMs) {
      if (pod !== null) untilMs = Math.min(untilMs ?? deadlineMs, deadlineMs);
      return seen;
    }
    const message = `${reasonSentence('InitTimeout')} (${hook.timeoutMs / 1000} s)`;
    return { ...seen, state: 'Failed', reason: 'InitTimeout', message, finishedAt: timeText(deadlineMs) };
  });
  return { init, untilMs };
}

/** RFC 3339 with milliseconds. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

/** null: the pod tells nothing of it (any more). */
function look(name: string, status: ContainerStatus | undefined, pod: Pod | null): HookRunInitStatus | null {
  if (status === undefined || pod === null) return null;
  const { state, lastState } = status;
  if (state?.running != null) {
    const { startedAt } = state.running;
    return { name, state: 'Running', ...(startedAt != null && { startedAt }) };
  }
  const ended = state?.terminated ?? lastState?.terminated ?? null;
  if (ended !== null) {
    const { exitCode, startedAt, finishedAt } = ended;
    const times = { ...(startedAt != null && { startedAt }), ...(finishedAt != null && { finishedAt }) };
    if (exitCode === 0) return { name, state: 'Succeeded', exitCode, ...times };
    const message = `${reasonSentence('InitFailed')} (${exitCode}${ended.reason === undefined ? '' : `, ${ended.reason}`})`;
    return { name, state: 'Failed', reason: 'InitFailed', message, exitCode, ...times };
  }
  return { name, state: 'Waiting' };
}

function startOf(status: ContainerStatus | undefined): number | null {
  const of = (state: ContainerState | undefined) => state?.running?.startedAt ?? state?.terminated?.startedAt ?? '';
  const times = [of(status?.lastState), of(status?.state)].map(Date.parse).filter((ms) => !Number.isNaN(ms));
  return times.length === 0 ? null : Math.min(...times);
}
