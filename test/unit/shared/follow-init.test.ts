import { describe, expect, it } from '@jest/globals';
import { followInit } from '../../../shared/follow-init.ts';
import type { HookRunInit, HookRunInitStatus } from '../../../shared/hook-run.ts';
import type { ContainerState, ContainerStatus, Pod } from '../../../shared/pod.ts';
import { at, buildPod, createdAtMs } from '../../support/pods.ts';

const second = 1000;
const hook = (name: string, timeoutMs?: number): HookRunInit => ({
  name,
  source: 'restore',
  ...(timeoutMs !== undefined && { timeoutMs }),
});
const running = (from: number): ContainerState => ({ running: { startedAt: at(from) } });
const ended = (from: number, to: number, exitCode: number, reason?: string): ContainerState => ({
  terminated: { exitCode, startedAt: at(from), finishedAt: at(to), ...(reason !== undefined && { reason }) },
});

function podWith(...statuses: readonly ContainerStatus[]): Pod {
  const pod = buildPod();
  return { ...pod, status: { ...pod.status, initContainerStatuses: statuses } };
}

function follow(
  hooks: readonly HookRunInit[],
  pod: Pod | null,
  now: number,
  before: readonly HookRunInitStatus[] = [],
) {
  const { init, untilMs } = followInit(hooks, before, pod, createdAtMs + now * second);
  return {
    states: init.map(({ state, reason, exitCode }) =>
      [state, reason, exitCode].filter((part) => part != null).join(' '),
    ),
    until: untilMs === null ? null : (untilMs - createdAtMs) / second,
    init,
  };
}

describe('an init hook', () => {
  it.each<{ name: string; statuses: readonly ContainerStatus[]; expected: string }>([
    { name: 'of which nothing is told', statuses: [], expected: 'Waiting' },
    { name: 'that waits', statuses: [{ name: 'one', state: { waiting: {} } }], expected: 'Waiting' },
    { name: 'that runs', statuses: [{ name: 'one', state: running(2) }], expected: 'Running' },
    { name: 'that succeeded', statuses: [{ name: 'one', state: ended(2, 3, 0) }], expected: 'Succeeded 0' },
    { name: 'that failed', statuses: [{ name: 'one', state: ended(2, 3, 7) }], expected: 'Failed InitFailed 7' },
    {
      name: 'that failed and is about to be started again',
      statuses: [{ name: 'one', state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended(2, 3, 7) }],
      expected: 'Failed InitFailed 7',
    },
  ])('$name is $expected', ({ statuses, expected }) => {
    expect(follow([hook('one')], podWith(...statuses), 5).states).toEqual([expected]);
  });

  it('that failed and was started again has succeeded when it has', () => {
    const failed = follow([hook('one')], podWith({ name: 'one', state: ended(2, 3, 7) }), 4).init;
    const later = podWith({ name: 'one', state: ended(5, 6, 0), lastState: ended(2, 3, 7) });
    expect(follow([hook('one')], later, 7, failed).states).toEqual(['Succeeded 0']);
  });

  it('names why its container was ended, where the kubelet tells', () => {
    const { init } = follow([hook('one')], podWith({ name: 'one', state: ended(2, 3, 137, 'OOMKilled') }), 4);
    expect(init[0]?.message).toContain('(137, OOMKilled)');
  });

  it('stays as it was told last when the pod is gone', () => {
    const before: HookRunInitStatus[] = [{ name: 'one', state: 'Running' }];
    expect(follow([hook('one', 60_000)], null, 5, before)).toMatchObject({ states: ['Running'], until: null });
  });
});

describe('the timeout of an init hook', () => {
  const two = [hook('one', 10_000), hook('two', 20_000)];

  it('begins with the first injected container, whatever waited before it', () => {
    const wait: ContainerStatus = { name: 'restore-wait', state: ended(1, 100, 0) };
    const pod = podWith(wait, { name: 'one', state: running(100) }, { name: 'two', state: { waiting: {} } });
    expect(follow(two, pod, 105)).toMatchObject({ states: ['Running', 'Waiting'], until: 110 });
    expect(follow(two, pod, 111)).toMatchObject({ states: ['Failed InitTimeout', 'Waiting'], until: 120 });
    expect(follow(two, pod, 121)).toMatchObject({ states: ['Failed InitTimeout', 'Failed InitTimeout'], until: null });
  });

  it('is not begun while none has been started', () => {
    expect(follow(two, podWith({ name: 'one', state: { waiting: {} } }), 1_000).until).toBeNull();
  });

  it('counts from the first start of one that is started again', () => {
    const pod = podWith({ name: 'one', state: running(9), lastState: ended(2, 3, 1) });
    expect(follow(two, pod, 11).until).toBe(12);
    expect(follow(two, pod, 13).states[0]).toBe('Failed InitTimeout');
  });

  it('that ran out is not forgotten when the container succeeds later', () => {
    const late = follow(two, podWith({ name: 'one', state: running(0) }), 11).init;
    const done = podWith({ name: 'one', state: ended(0, 15, 0) });
    expect(follow(two, done, 16, late).states[0]).toBe('Failed InitTimeout');
  });

  it('that is kept is no failure', () => {
    expect(follow(two, podWith({ name: 'one', state: ended(0, 5, 0) }), 100).states[0]).toBe('Succeeded 0');
  });
});
