import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createMemberLease, memberLeaseName } from '../../../executor/member-lease.ts';
import { createLogger } from '../../../shared/service/logger.ts';
import { LeaseApi } from '../../support/lease-api.ts';
import { settle, VirtualClock } from '../../support/virtual-clock.ts';

const name = 'restore-hooks-executor-a';
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

function build(timing: { durationMs: number; renewMs: number }, cluster = api.client()) {
  return createMemberLease(cluster, {
    namespace: 'system',
    identity: 'a',
    ...timing,
    log,
    monotonicMs: clock.nowMs,
    wallMs: () => Date.UTC(2026, 0, 1) + clock.nowMs(),
    random: () => 0,
    pause: clock.pause,
  });
}

async function start() {
  const cluster = api.client();
  const lease = build({ durationMs: 15_000, renewMs: 3_000 }, cluster);
  const abort = new AbortController();
  const ended = lease.run(abort.signal);
  const stop = () => {
    abort.abort();
    return ended;
  };
  running.push(stop);
  await settle();
  return { lease, cluster, stop };
}

describe('the name', () => {
  it.each([
    { identity: 'executor-7c9f-x2x5', expected: /^restore-hooks-executor-executor-7c9f-x2x5$/ },
    { identity: 'Node_1.example.com', expected: /^restore-hooks-executor-node-1-example-com-[0-9a-f]{8}$/ },
    { identity: 'ends-', expected: /^restore-hooks-executor-ends-[0-9a-f]{8}$/ },
    { identity: 'a'.repeat(230), expected: /^restore-hooks-executor-a{230}$/ },
    { identity: 'a'.repeat(231), expected: /^restore-hooks-executor-a{221}-[0-9a-f]{8}$/ },
  ])('of $identity can be that of a Lease', ({ identity, expected }) => {
    expect(memberLeaseName(identity)).toMatch(expected);
    expect(memberLeaseName(identity).length).toBeLessThanOrEqual(253);
  });

  it('tells apart what differs only where it is cut', () => {
    const names = ['x', 'y'].map((end) => memberLeaseName('a'.repeat(260) + end));
    expect(names[0]).not.toBe(names[1]);
  });
});

describe('a member lease', () => {
  it.each([
    { name: 'never renewed while it is fresh', timing: { durationMs: 10_000, renewMs: 8_000 } },
    { name: 'renewed without a pause', timing: { durationMs: 10_000, renewMs: 0 } },
  ])('$name is refused', ({ timing }) => {
    expect(() => build(timing)).toThrow(RangeError);
  });

  it('gives each call half of the time it has, however often it is renewed: an API server that is slow can be renewed at', async () => {
    await start();
    expect(api.asked.map(({ method, timeoutMs }) => ({ method, timeoutMs }))).toEqual([
      { method: 'PATCH', timeoutMs: 6_000 },
      { method: 'POST', timeoutMs: 6_000 },
    ]);
  });

  it('is made with its label, renewed, and deleted on a stop', async () => {
    const { lease, stop } = await start();
    await lease.ready;
    expect(lease.isFresh()).toBe(true);
    expect(api.get(name).metadata.labels).toEqual({ 'restorehooks.io/executor': 'true' });
    expect(api.get(name).spec).toEqual({
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-01T00:00:01.000000Z',
      renewTime: '2026-01-01T00:00:01.000000Z',
    });
    await clock.advance(3_000);
    expect(api.get(name).spec).toMatchObject({
      acquireTime: '2026-01-01T00:00:01.000000Z',
      renewTime: '2026-01-01T00:00:04.000000Z',
    });
    await stop();
    expect(lease.isFresh()).toBe(false);
    expect(api.has(name)).toBe(false);
  });

  it('is not fresh before it is written, nor ready', async () => {
    api.before = () => Promise.reject(new Error('ECONNREFUSED'));
    const { lease } = await start();
    let isReady = false;
    void lease.ready.then(() => (isReady = true));
    await clock.advance(60_000);
    expect([lease.isFresh(), isReady]).toEqual([false, false]);
    api.before = () => undefined;
    await clock.advance(3_000);
    expect([lease.isFresh(), isReady]).toEqual([true, true]);
  });

  it('is fresh for four fifths of its time from when the last renewal was sent', async () => {
    let answer: () => void = () => undefined;
    api.after = ({ method }) => (method === 'POST' ? new Promise<void>((resolve) => (answer = resolve)) : undefined);
    const { lease, cluster } = await start();
    await clock.advance(1_500);
    cluster.fault = () => never;
    answer();
    await clock.advance(10_499);
    expect(lease.isFresh()).toBe(true);
    await clock.advance(1);
    expect(lease.isFresh()).toBe(false);
  });

  it('is not fresh as soon as the process comes back from a freeze, and is again once renewed', async () => {
    const { lease } = await start();
    clock.jump(60_000);
    expect(lease.isFresh()).toBe(false);
    await clock.advance(0);
    expect(lease.isFresh()).toBe(true);
  });

  it('is not fresh by the answer to a renewal sent before a freeze', async () => {
    const { lease, cluster } = await start();
    let answer: () => void = () => undefined;
    api.after = () => new Promise<void>((resolve) => (answer = resolve));
    await clock.advance(3_000);
    cluster.fault = () => never;
    clock.jump(60_000);
    answer();
    await settle();
    expect(lease.isFresh()).toBe(false);
  });

  it('is made anew when somebody deletes it', async () => {
    const { lease } = await start();
    api.delete(name);
    await clock.advance(3_000);
    expect(api.get(name).spec.holderIdentity).toBe('a');
    expect(lease.isFresh()).toBe(true);
  });

  it('ends within 2 seconds, and is not fresh any more, when the API server is away', async () => {
    const { lease, cluster, stop } = await start();
    cluster.fault = () => never;
    let isOver = false;
    const ended = stop().then(() => (isOver = true));
    expect(lease.isFresh()).toBe(true);
    await settle();
    expect(lease.isFresh()).toBe(false);
    await clock.advance(1_999);
    expect(isOver).toBe(false);
    await clock.advance(1);
    await ended;
    expect(isOver).toBe(true);
  });
});
