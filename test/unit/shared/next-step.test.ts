import { describe, expect, it } from '@jest/globals';
import type { ExecHook } from '../../../shared/hook.ts';
import { nextStep, type Circumstances, type Step } from '../../../shared/next-step.ts';
import type { Pod } from '../../../shared/pod.ts';
import { changeHook, newRecord, type HookRecord, type RunRecord } from '../../../shared/record.ts';
import { at, buildHook, buildPod, createdAtMs, endedStatus, runningStatus, waitingStatus } from '../../support/pods.ts';

const second = 1000;

/** What is told of a step in the tables: the hook that runs, those that end and why, or until when is waited. */
function tell(step: Step): string {
  switch (step.do) {
    case 'run':
      return `run ${step.hook}`;
    case 'end':
      return `end ${step.endings.map(({ hook, reason }) => `${hook} ${reason}`).join(', ')}`;
    case 'wait':
      return step.untilMs === null ? 'wait' : `wait until ${(step.untilMs - createdAtMs) / second}`;
    case 'finish':
      return `finish ${step.phase}`;
  }
}

function told(hooks: ExecHook[], pod: Pod | null, now: number, record?: RunRecord): string {
  return tell(nextStep(hooks, pod, record ?? newRecord(hooks.length, createdAtMs), createdAtMs + now * second));
}

function done(from: number, to: number, state: HookRecord['state'] = 'Succeeded'): Partial<HookRecord> {
  return { state, startedAtMs: createdAtMs + from * second, finishedAtMs: createdAtMs + to * second };
}

function running(from: number): Partial<HookRecord> {
  return { state: 'Claimed', startedAtMs: createdAtMs + from * second };
}

function recorded(hooks: number, changes: Record<number, Partial<HookRecord>>, observedSince = 0): RunRecord {
  let record = newRecord(hooks, createdAtMs + observedSince * second);
  for (const [index, change] of Object.entries(changes)) record = changeHook(record, Number(index), change);
  return record;
}

const bothRunning = buildPod({ statuses: [runningStatus('a', 1), runningStatus('b', 2)] });
const onlyB = buildPod({ statuses: [waitingStatus('a'), runningStatus('b', 2)] });
const noneUp = buildPod({ statuses: [waitingStatus('a'), waitingStatus('b')] });

describe('the order of hooks', () => {
  it('waits while no container is up', () => {
    expect(told([buildHook('a')], noneUp, 3)).toBe('wait');
  });

  it('waits while the kubelet has not told of the containers at all', () => {
    expect(told([buildHook('a')], buildPod(), 3)).toBe('wait');
  });

  it('runs the hook that comes first in the list when both containers are up', () => {
    expect(told([buildHook('b'), buildHook('a')], bothRunning, 3)).toBe('run 0');
  });

  it('begins with the container that is up, even if its hook comes later in the list', () => {
    expect(told([buildHook('a'), buildHook('b')], onlyB, 3)).toBe('run 1');
  });

  it('runs all hooks of the container it began before any of another', () => {
    const hooks = [buildHook('a'), buildHook('b'), buildHook('b'), buildHook('a')];
    expect(told(hooks, bothRunning, 9, recorded(4, { 1: done(3, 4) }))).toBe('run 2');
    expect(told(hooks, bothRunning, 9, recorded(4, { 1: done(3, 4), 2: done(4, 5) }))).toBe('run 0');
    expect(told(hooks, bothRunning, 9, recorded(4, { 0: done(5, 6), 1: done(3, 4), 2: done(4, 5) }))).toBe('run 3');
  });

  it('waits for the container it began, when that restarts between two hooks, though another one is up', () => {
    const restarting = buildPod({ statuses: [waitingStatus('a'), runningStatus('b', 2)] });
    expect(told([buildHook('a'), buildHook('a'), buildHook('b')], restarting, 9, recorded(3, { 0: done(3, 4) }))).toBe(
      'wait',
    );
  });

  it('never runs two hooks of a pod at once', () => {
    expect(told([buildHook('a'), buildHook('b')], bothRunning, 9, recorded(2, { 0: running(3) }))).toBe('wait');
  });

  it('goes on after a failure under Continue', () => {
    const hooks = [buildHook('a'), buildHook('a')];
    expect(told(hooks, bothRunning, 9, recorded(2, { 0: done(3, 4, 'Failed') }))).toBe('run 1');
  });

  it('cancels what has not begun after a failure under Fail, in every container', () => {
    const hooks = [buildHook('a', { onError: 'Fail' }), buildHook('a'), buildHook('b')];
    const record = recorded(3, { 0: done(3, 4, 'Failed') });
    expect(told(hooks, bothRunning, 9, record)).toBe('end 1 Cancelled, 2 Cancelled');
  });

  it('hooks a native sidecar, which stands among the init containers', () => {
    const pod = buildPod({
      initContainers: [{ name: 'proxy', restartPolicy: 'Always' }],
      initStatuses: [runningStatus('proxy', 1)],
      statuses: [waitingStatus('a')],
    });
    expect(told([buildHook('a'), buildHook('proxy')], pod, 3)).toBe('run 1');
  });

  it('finishes Succeeded when all have, and Failed when one has not', () => {
    const hooks = [buildHook('a'), buildHook('a')];
    expect(told(hooks, bothRunning, 9, recorded(2, { 0: done(1, 2), 1: done(2, 3) }))).toBe('finish Succeeded');
    expect(told(hooks, bothRunning, 9, recorded(2, { 0: done(1, 2, 'Failed'), 1: done(2, 3) }))).toBe('finish Failed');
  });
});

describe('readiness', () => {
  const ready = buildPod({ statuses: [runningStatus('a', 1, { ready: true })] });
  const notReady = buildPod({ statuses: [runningStatus('a', 1)] });

  it.each([
    { waitForReady: false, pod: notReady, expected: 'run 0' },
    { waitForReady: true, pod: notReady, expected: 'wait' },
    { waitForReady: true, pod: ready, expected: 'run 0' },
  ])('with waitForReady $waitForReady: $expected', ({ waitForReady, pod, expected }) => {
    expect(told([buildHook('a', { waitForReady })], pod, 3)).toBe(expected);
  });

  it('changes the rule for its own hook only', () => {
    const hooks = [buildHook('a'), buildHook('a', { waitForReady: true })];
    expect(told(hooks, notReady, 3)).toBe('run 0');
    expect(told(hooks, notReady, 9, recorded(2, { 0: done(3, 4) }))).toBe('wait');
  });
});

describe('hooks that end without having been run', () => {
  it.each([
    {
      name: 'a container that the pod has not',
      hooks: [buildHook('c')],
      pod: bothRunning,
      expected: 'end 0 ContainerNotFound',
    },
    {
      name: 'an ordinary init container',
      hooks: [buildHook('setup')],
      pod: buildPod({ initContainers: [{ name: 'setup' }], initStatuses: [runningStatus('setup', 1)] }),
      expected: 'end 0 ContainerNotFound',
    },
    {
      name: 'a missing container beside a good one, at once',
      hooks: [buildHook('a'), buildHook('c')],
      pod: noneUp,
      expected: 'end 1 ContainerNotFound',
    },
    {
      name: 'a pod that has succeeded',
      hooks: [buildHook('a')],
      pod: buildPod({ phase: 'Succeeded' }),
      expected: 'end 0 PodCompleted',
    },
    {
      name: 'a pod that has failed',
      hooks: [buildHook('a')],
      pod: buildPod({ phase: 'Failed' }),
      expected: 'end 0 PodCompleted',
    },
    { name: 'a pod that is gone', hooks: [buildHook('a')], pod: null, expected: 'end 0 PodDeleted' },
    {
      name: 'a pod that is being deleted',
      hooks: [buildHook('a')],
      pod: buildPod({ metadata: { deletionTimestamp: at(2) }, statuses: [runningStatus('a', 1)] }),
      expected: 'end 0 PodDeleted',
    },
  ])('$name', ({ hooks, pod, expected }) => {
    expect(told(hooks, pod, 3)).toBe(expected);
  });

  it.each([
    { restartPolicy: 'Never', exitCode: 0, expected: 'end 0 ContainerCompleted' },
    { restartPolicy: 'Never', exitCode: 1, expected: 'end 0 ContainerCompleted' },
    { restartPolicy: 'OnFailure', exitCode: 0, expected: 'end 0 ContainerCompleted' },
    { restartPolicy: 'OnFailure', exitCode: 1, expected: 'wait' },
    { restartPolicy: 'Always', exitCode: 0, expected: 'wait' },
  ])('a container ended with $exitCode under restartPolicy $restartPolicy: $expected', (row) => {
    const pod = buildPod({
      restartPolicy: row.restartPolicy,
      statuses: [endedStatus('a', row.exitCode), runningStatus('b', 1)],
    });
    expect(told([buildHook('a')], pod, 3)).toBe(row.expected);
  });

  it.each([
    {
      name: 'its own restartPolicy',
      container: { name: 'a', restartPolicy: 'Never' },
      expected: 'end 0 ContainerCompleted',
    },
    {
      name: 'a rule of its own that restarts this exit code',
      container: {
        name: 'a',
        restartPolicy: 'Never',
        restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }],
      },
      expected: 'wait',
    },
    {
      name: 'a rule of its own for other exit codes',
      container: {
        name: 'a',
        restartPolicy: 'Never',
        restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'NotIn', values: [42] } }],
      },
      expected: 'end 0 ContainerCompleted',
    },
  ])('a container with $name: $expected', ({ container, expected }) => {
    expect(told([buildHook('a')], buildPod({ containers: [container], statuses: [endedStatus('a', 42)] }), 3)).toBe(
      expected,
    );
  });
});

describe('the wait clock', () => {
  const minute = buildHook('a', { waitTimeoutMs: 60 * second });
  const up = (startedAt: number) => buildPod({ statuses: [runningStatus('a', startedAt), runningStatus('b', 1)] });
  const restarted = (first: number, again: number) =>
    buildPod({
      statuses: [
        runningStatus('a', again, { lastState: { terminated: { exitCode: 1, startedAt: at(first) } } }),
        runningStatus('b', 1),
      ],
    });

  it.each([
    { name: 'before the deadline, not up', pod: noneUp, now: 30, since: 0, expected: 'wait until 60' },
    { name: 'at the deadline, not up', pod: noneUp, now: 60, since: 0, expected: 'end 0 WaitTimeout' },
    {
      name: 'up in time, looked at after the deadline by an executor that was there',
      pod: up(59),
      now: 61,
      since: 0,
      expected: 'run 0',
    },
    { name: 'up too late', pod: up(61), now: 62, since: 0, expected: 'end 0 WaitTimeout' },
    { name: 'up in time, nobody there until an hour later', pod: up(59), now: 3600, since: 3600, expected: 'run 0' },
    { name: 'up too late, nobody there', pod: up(61), now: 3600, since: 3600, expected: 'end 0 WaitTimeout' },
    { name: 'never up, nobody there', pod: noneUp, now: 3600, since: 3600, expected: 'end 0 WaitTimeout' },
    {
      name: 'up in time, restarted since, nobody there',
      pod: restarted(10, 3000),
      now: 3600,
      since: 3600,
      expected: 'run 0',
    },
    {
      name: 'up too late twice, nobody there',
      pod: restarted(90, 3000),
      now: 3600,
      since: 3600,
      expected: 'end 0 WaitTimeout',
    },
  ])('$name: $expected', ({ pod, now, since, expected }) => {
    expect(told([minute], pod, now, recorded(1, {}, since))).toBe(expected);
  });

  it('covers the hooks before: a pod still busy with an earlier hook at the deadline', () => {
    const hooks = [buildHook('a'), minute];
    expect(told(hooks, up(1), 61, recorded(2, { 0: running(2) }))).toBe('end 1 WaitTimeout');
    expect(told(hooks, up(1), 62, recorded(2, { 0: done(2, 61) }))).toBe('end 1 WaitTimeout');
    expect(told(hooks, up(1), 60, recorded(2, { 0: done(2, 59) }))).toBe('run 1');
  });

  it('covers a hook of another container that was still busy at the deadline', () => {
    expect(told([buildHook('b'), minute], up(1), 62, recorded(2, { 0: done(2, 61) }))).toBe('end 1 WaitTimeout');
  });

  it('covers the turn: the hook before it in its container waits for readiness', () => {
    const hooks = [buildHook('a', { waitForReady: true }), minute];
    expect(told(hooks, up(1), 60)).toBe('end 1 WaitTimeout');
  });

  it('lets late hooks of one container run one after the other when nobody was there at the deadline', () => {
    const record = recorded(2, { 0: done(3600, 3700) }, 3600);
    expect(told([minute, minute], up(1), 3600, recorded(2, {}, 3600))).toBe('run 0');
    expect(told([minute, minute], up(1), 3700, record)).toBe('run 1');
  });

  it('counts readiness that came before anybody looked as in time', () => {
    const pod = buildPod({ statuses: [runningStatus('a', 5, { ready: true })] });
    const hook = buildHook('a', { waitForReady: true, waitTimeoutMs: 60 * second });
    expect(told([hook], pod, 3600, recorded(1, {}, 3600))).toBe('run 0');
  });

  it('ends a hook that is up and not ready at the deadline', () => {
    const hook = buildHook('a', { waitForReady: true, waitTimeoutMs: 60 * second });
    expect(told([hook], up(1), 60)).toBe('end 0 WaitTimeout');
  });

  it('waits for the earliest of several deadlines', () => {
    const hooks = [minute, buildHook('b', { waitTimeoutMs: 20 * second })];
    expect(told(hooks, noneUp, 3)).toBe('wait until 20');
  });

  it('without a wait-timeout waits as long as the pod lives', () => {
    expect(told([buildHook('a')], noneUp, 1_000_000)).toBe('wait');
  });
});

describe('what happens around a pod', () => {
  const both = [buildHook('a', { waitTimeoutMs: 60 * second }), buildHook('b')];
  const step = (record: RunRecord, now: number, circumstances: Partial<Circumstances>, hooks = both) =>
    nextStep(hooks, bothRunning, record, createdAtMs + now * second, {
      clockStartMs: null,
      cancelled: null,
      ...circumstances,
    });

  it('cancels what has not begun, and leaves what has', () => {
    const cancelled = 'hook 1 of pod shop/db failed; not run';
    expect(step(recorded(2, { 0: running(3) }), 4, { cancelled })).toEqual({
      do: 'end',
      endings: [{ hook: 1, state: 'Cancelled', reason: 'Cancelled', message: cancelled }],
    });
    expect(tell(step(recorded(2, { 0: done(3, 4) }), 5, { cancelled }))).toBe('end 1 Cancelled');
    expect(tell(step(recorded(2, { 0: done(3, 4), 1: done(4, 5) }), 5, { cancelled }))).toBe('finish Succeeded');
  });

  it('an interrupted hook with on-error Fail cancels the others, as one that failed', () => {
    const hooks = [buildHook('a', { onError: 'Fail' }), buildHook('b')];
    expect(tell(step(recorded(2, { 0: done(3, 4, 'Interrupted') }), 5, {}, hooks))).toBe('end 1 Cancelled');
  });

  it('a rerun starts the clock of the wait-timeouts anew', () => {
    const down = nextStep(both, noneUp, recorded(2, {}, 3600), createdAtMs + 3610 * second, {
      clockStartMs: createdAtMs + 3600 * second,
      cancelled: null,
    });
    expect(tell(down)).toBe('wait until 3660');
  });

  it('a hook that is to be tried again waits for its time, and the next of its container for it', () => {
    const hooks = [buildHook('a', { retries: 1, waitTimeoutMs: 60 * second }), buildHook('a')];
    const retried = { state: 'Waiting', startedAtMs: createdAtMs + 50 * second, attempts: 1 } as const;
    const record = recorded(2, { 0: { ...retried, retryAtMs: createdAtMs + 90 * second } });
    expect(tell(step(record, 55, {}, hooks))).toBe('wait until 60');
    expect(tell(step(record, 61, {}, hooks))).toBe('wait until 90');
    expect(tell(step(record, 90, {}, hooks))).toBe('run 0');
  });
});
