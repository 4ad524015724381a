import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLeaderElection } from '../../../executor/leader-election.ts';
import { defaultLeaderElectionTiming as timing } from '../../../executor/leader-timing.ts';
import type { LeaseSpec } from '../../../executor/lease.ts';
import { ApiError } from '../../../shared/service/api-error.ts';
import { createLogger } from '../../../shared/service/logger.ts';
import { LeaseApi } from '../../support/lease-api.ts';
import { settle, VirtualClock } from '../../support/virtual-clock.ts';

const hourMs = 3_600_000;
const never = new Promise<void>(() => undefined);
const log = createLogger({ name: 'executor', level: 'silent' });

let api: LeaseApi;
let clock: VirtualClock;
let running: (() => Promise<void>)[];
beforeEach(() => {
  api = new LeaseApi();
  clock = new VirtualClock();
  running = [];
});
afterEach(async () => {
  for (const stop of running) {
    const stopped = stop();
    await clock.advance(2_000);
    await stopped;
  }
});

/** A process that campaigns. Its wall clock may be wrong. */
async function start(identity: string, wallSkewMs = 0, random = 0) {
  const cluster = api.client();
  const told: string[] = [];
  const abort = new AbortController();
  const election = createLeaderElection(cluster, {
    namespace: 'system',
    name: 'leader',
    identity,
    timing,
    log,
    monotonicMs: clock.nowMs,
    wallMs: () => Date.UTC(2026, 0, 1) + clock.nowMs() + wallSkewMs,
    random: () => random,
    pause: clock.pause,
  });
  const ended = election.run(abort.signal, {
    started: () => told.push('started'),
    stopped: () => told.push('stopped'),
  });
  const stop = () => {
    abort.abort();
    return ended;
  };
  running.push(stop);
  await settle();
  return { election, cluster, told, stop };
}

/** Nothing it sends arrives any more, and no answer comes. */
function cutOff(candidate: { readonly cluster: ReturnType<LeaseApi['client']> }): void {
  candidate.cluster.fault = () => never;
}

const spec = (): LeaseSpec => api.get('leader').spec;

describe('timing', () => {
  it.each([
    { name: 'a lease no longer than the deadline', change: { leaseDurationMs: 10_000 } },
    { name: 'a deadline no longer than 1.2 retry periods', change: { renewDeadlineMs: 2_400 } },
    { name: 'no retry period', change: { retryPeriodMs: 0 } },
    { name: 'what is no number', change: { renewDeadlineMs: NaN } },
  ])('$name is refused', ({ change }) => {
    const options = { namespace: 'system', name: 'leader', identity: 'a', log, monotonicMs: clock.nowMs };
    const make = () =>
      createLeaderElection(api.client(), { ...options, wallMs: clock.nowMs, timing: { ...timing, ...change } });
    expect(make).toThrow(RangeError);
  });
});

describe('a Lease that nobody holds', () => {
  it('is made by the first, which leads, and renewed each retry period', async () => {
    const first = await start('a');
    expect(first.told).toEqual(['started']);
    expect(first.election.isLeader()).toBe(true);
    expect(first.election.holder()).toBe('a');
    expect(spec()).toEqual({
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-01T00:00:01.000000Z',
      renewTime: '2026-01-01T00:00:01.000000Z',
      leaseTransitions: 0,
    });
    await clock.advance(2_000);
    expect(spec()).toMatchObject({
      acquireTime: '2026-01-01T00:00:01.000000Z',
      renewTime: '2026-01-01T00:00:03.000000Z',
      leaseTransitions: 0,
    });
    await clock.advance(hourMs);
    expect(first.told).toEqual(['started']);
    expect(first.election.isLeader()).toBe(true);
  });

  it('tells since when there has been one, whoever has made it', async () => {
    const [first, second] = [await start('a'), await start('b')];
    await first.stop();
    await clock.advance(2_000);
    expect(second.election.holder()).toBe('b');
    expect([first, second].map(({ election }) => election.sinceMs())).toEqual(
      Array(2).fill(Date.UTC(2025, 11, 31, 23, 59, 59)),
    );
    const late = createLeaderElection(api.client(), {
      ...{ namespace: 'system', name: 'other', identity: 'd', timing, log },
      ...{ monotonicMs: clock.nowMs, wallMs: clock.nowMs },
    });
    expect(late.sinceMs()).toBeNull();
  });

  it('is taken by one of two that find it at once', async () => {
    const both = await Promise.all([start('a'), start('b')]);
    await clock.advance(60_000);
    expect(both.map(({ election }) => election.isLeader()).sort()).toEqual([false, true]);
    expect(new Set(both.map(({ election }) => election.holder())).size).toBe(1);
  });
});

describe('a leader that is gone', () => {
  it.each([
    { name: 'whose clock is right', skewMs: 0 },
    { name: 'whose clock is an hour ahead', skewMs: hourMs },
    { name: 'whose clock is an hour behind', skewMs: -hourMs },
  ])('$name is followed when its lease has been seen unchanged for its time, and not before', async ({ skewMs }) => {
    const first = await start('a', skewMs);
    const second = await start('b');
    await clock.advance(60_000);
    expect(second.told).toEqual([]);
    const renewals = api.asked.length;
    cutOff(first);
    await clock.advance(12_990);
    expect(api.asked.length).toBeGreaterThan(renewals);
    expect([first.election.isLeader(), second.election.isLeader()]).toEqual([false, false]);
    await clock.advance(4_100);
    expect(second.told).toEqual(['started']);
    expect(first.told).toEqual(['started', 'stopped']);
    expect(spec()).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  });

  it('is followed at the moment the lease runs out, not at the next poll', async () => {
    api.put('leader', { holderIdentity: 'dead', leaseDurationSeconds: 15, leaseTransitions: 6 });
    const second = await start('b');
    await clock.advance(15_000);
    expect(second.told).toEqual([]);
    await clock.advance(1);
    expect(second.told).toEqual(['started']);
    expect(spec().leaseTransitions).toBe(7);
  });

  it('is believed for as long as its own lease says', async () => {
    api.put('leader', { holderIdentity: 'patient', leaseDurationSeconds: 60 });
    const second = await start('b');
    await clock.advance(59_999);
    expect(second.told).toEqual([]);
    await clock.advance(2);
    expect(second.told).toEqual(['started']);
  });

  it('is not hurried by a deletion of the Lease', async () => {
    api.put('leader', { holderIdentity: 'a', leaseDurationSeconds: 15 });
    const second = await start('b');
    api.delete('leader');
    await clock.advance(15_000);
    expect(second.told).toEqual([]);
    await clock.advance(1);
    expect(second.told).toEqual(['started']);
  });
});

describe('a leader that cannot renew', () => {
  it.each([
    { name: 'calls fail', hangs: false, fault: () => Promise.reject(new Error('ECONNREFUSED')) },
    { name: 'calls hang', hangs: true, fault: () => never },
    {
      name: 'calls are refused',
      hangs: false,
      fault: () => Promise.reject(new ApiError('busy', 429, 'TooManyRequests', null)),
    },
  ])('stops when the renew deadline has passed, and leads again later: $name', async ({ hangs, fault }) => {
    const first = await start('a');
    first.cluster.fault = fault;
    await clock.advance(9_999);
    expect(first.told).toEqual(['started']);
    expect(first.election.isLeader()).toBe(true);
    await clock.advance(1);
    expect(first.told).toEqual(['started', 'stopped']);
    expect(first.election.isLeader()).toBe(false);
    if (hangs) return;
    first.cluster.fault = () => undefined;
    await clock.advance(2_000);
    expect(first.told).toEqual(['started', 'stopped', 'started']);
    expect(spec().leaseTransitions).toBe(0);
  });

  it('gives each call a time limit within what is left of the deadline', async () => {
    const first = await start('a');
    const before = api.asked.length;
    first.cluster.fault = () => Promise.reject(new Error('ECONNREFUSED'));
    await clock.advance(9_999);
    const limits = api.asked.slice(before).map(({ timeoutMs }) => timeoutMs);
    expect(limits).toEqual([5_000, 5_000, 4_000, 2_000]);
  });

  it('goes on after failures within the deadline', async () => {
    const first = await start('a');
    first.cluster.fault = () => Promise.reject(new Error('ECONNREFUSED'));
    await clock.advance(7_000);
    first.cluster.fault = () => undefined;
    await clock.advance(60_000);
    expect(first.told).toEqual(['started']);
  });

  it('counts the deadline from when the last renewal was sent', async () => {
    const first = await start('a');
    let answer: () => void = () => undefined;
    api.after = () => new Promise<void>((resolve) => (answer = resolve));
    await clock.advance(5_000);
    first.cluster.fault = () => never;
    answer();
    await clock.advance(6_999);
    expect(first.election.isLeader()).toBe(true);
    await clock.advance(1);
    expect(first.election.isLeader()).toBe(false);
  });
});

describe('a leader that was frozen', () => {
  it('knows at once that it leads no more, before any timer has run', async () => {
    const first = await start('a');
    clock.jump(60_000);
    expect(first.election.isLeader()).toBe(false);
    expect(first.told).toEqual(['started']);
    api.put('leader', { ...spec(), holderIdentity: 'b', leaseTransitions: 1 });
    const before = api.asked.length;
    await clock.advance(0);
    expect(first.told).toEqual(['started', 'stopped']);
    // It asks whose the Lease is, rather than renew what is not its own any more.
    expect(api.asked.slice(before).map(({ method }) => method)).toEqual(['GET']);
    expect(first.election.isLeader()).toBe(false);
    await clock.advance(2_000);
    expect(first.election.holder()).toBe('b');
    expect(spec()).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  });

  it('does not lead by the answer to a renewal that it had sent before', async () => {
    const first = await start('a');
    let answer: () => void = () => undefined;
    api.after = () => new Promise<void>((resolve) => (answer = resolve));
    await clock.advance(2_000);
    clock.jump(60_000);
    answer();
    await settle();
    expect(first.election.isLeader()).toBe(false);
    expect(first.told).toEqual(['started', 'stopped']);
  });
});

describe('a conflict', () => {
  it('by a change of something else is overcome at once', async () => {
    const first = await start('a');
    api.put('leader', spec());
    await clock.advance(2_000);
    expect(spec().renewTime).toBe('2026-01-01T00:00:03.000000Z');
    expect(first.told).toEqual(['started']);
  });

  it.each(['b', ''])('by another holder, "%s", ends the leadership', async (holderIdentity) => {
    const first = await start('a');
    api.put('leader', { ...spec(), holderIdentity });
    await clock.advance(2_000);
    expect(first.told.slice(0, 2)).toEqual(['started', 'stopped']);
  });

  it('on taking over leaves the Lease to the one that was first', async () => {
    api.put('leader', { holderIdentity: '', leaseDurationSeconds: 1 });
    api.before = ({ method }) => {
      api.before = method === 'GET' ? api.before : () => undefined;
      if (method === 'PUT') api.put('leader', { holderIdentity: 'b', leaseDurationSeconds: 15 });
    };
    const first = await start('a');
    await clock.advance(2_000);
    expect(first.told).toEqual([]);
    expect(first.election.holder()).toBe('b');
  });

  it('of a deleted Lease is none: the leader makes it anew', async () => {
    const first = await start('a');
    api.delete('leader');
    await clock.advance(2_000);
    expect(spec().holderIdentity).toBe('a');
    expect(first.told).toEqual(['started']);
  });
});

describe('a stop', () => {
  it.each([0, 0.999])('releases the Lease, and another leads within a retry period', async (random) => {
    const first = await start('a');
    const second = await start('b', 0, random);
    await clock.advance(30_000);
    await first.stop();
    expect(first.told).toEqual(['started', 'stopped']);
    expect(spec()).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 0 });
    expect(second.told).toEqual([]);
    await clock.advance(2_000);
    expect(second.told).toEqual(['started']);
    expect(spec()).toMatchObject({ holderIdentity: 'b', leaseDurationSeconds: 15, leaseTransitions: 1 });
  });

  it('tells that leadership has ended before the Lease is released', async () => {
    const first = await start('a');
    const seen: string[] = [];
    api.before = ({ method }) => void seen.push(`${method} ${first.told.join()} ${first.election.isLeader()}`);
    await first.stop();
    expect(seen).toEqual(['GET started,stopped false', 'PUT started,stopped false']);
  });

  it('takes 2 seconds at most', async () => {
    const first = await start('a');
    cutOff(first);
    let isOver = false;
    const ended = first.stop().then(() => (isOver = true));
    await clock.advance(1_999);
    expect(isOver).toBe(false);
    await clock.advance(1);
    await ended;
    expect(first.told).toEqual(['started', 'stopped']);
  });

  it('releases what a write whose answer was lost has taken', async () => {
    api.after = ({ method }) => (method === 'POST' ? never : undefined);
    const first = await start('a');
    expect(first.told).toEqual([]);
    expect(spec().holderIdentity).toBe('a');
    await first.stop();
    expect(spec().holderIdentity).toBe('');
    expect(first.told).toEqual([]);
  });

  it('leaves the Lease of another alone', async () => {
    api.put('leader', { holderIdentity: 'b', leaseDurationSeconds: 15 });
    const first = await start('a');
    await first.stop();
    expect(spec().holderIdentity).toBe('b');
    expect(api.asked.map(({ method }) => method)).toEqual(['GET']);
  });
});
