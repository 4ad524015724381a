import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { removeDeadLeases } from '../../../executor/dead-leases.ts';
import { createLogger } from '../../../shared/service/logger.ts';
import { LeaseApi } from '../../support/lease-api.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const leader = 'restore-hooks-executor';
const label = { 'restorehooks.io/executor': 'true' };
const log = createLogger({ name: 'give-back', level: 'silent' });

let api: LeaseApi;
let clock: VirtualClock;
let abort: AbortController;
let ended: Promise<void>;
beforeEach(() => {
  api = new LeaseApi();
  clock = new VirtualClock();
  abort = new AbortController();
});
afterEach(async () => {
  abort.abort();
  await ended;
});

function begin(): void {
  const options = { namespace: 'system', log, monotonicMs: clock.nowMs, pause: clock.pause };
  ended = removeDeadLeases(api.client(), options, abort.signal);
}

function renew(name: string, leaseDurationSeconds: number | null = 15): void {
  const labels = name === leader ? {} : label;
  api.put(
    name,
    { holderIdentity: 'a', leaseDurationSeconds, renewTime: new Date(clock.nowMs()).toISOString() },
    labels,
  );
}

/** Goes on for so long; those who live renew every 2 seconds. */
async function goOn(ms: number, living: readonly string[] = []): Promise<void> {
  for (const until = clock.nowMs() + ms; clock.nowMs() < until;) {
    for (const name of living) renew(name);
    await clock.advance(Math.min(2_000, until - clock.nowMs()));
  }
}

describe('the Leases after an uninstall', () => {
  it('are deleted when they have been seen unchanged for their duration, and not before', async () => {
    for (const name of [leader, 'a', 'b']) renew(name);
    begin();
    await goOn(14_500);
    expect([leader, 'a', 'b'].filter((name) => api.has(name))).toEqual([leader, 'a', 'b']);
    await goOn(1_000);
    expect([leader, 'a', 'b'].filter((name) => api.has(name))).toEqual([]);
    await goOn(1_000);
    await ended;
  });

  it('stay where others still renew them, which are not waited for', async () => {
    for (const name of [leader, 'dead', 'living']) renew(name);
    begin();
    await goOn(20_000, [leader, 'living']);
    await ended;
    expect([leader, 'dead', 'living'].filter((name) => api.has(name))).toEqual([leader, 'living']);
  });

  it('of one who still renewed at first go later', async () => {
    renew('ending');
    begin();
    await goOn(8_000, ['ending']);
    await goOn(12_000);
    expect(api.has('ending')).toBe(true);
    await goOn(4_000);
    expect(api.has('ending')).toBe(false);
    await ended;
  });

  it.each([
    { what: 'are none', leases: [] },
    { what: 'belong to others', leases: ['kube-scheduler'] },
  ])('are not waited for if they $what', async ({ leases }) => {
    for (const name of leases) api.put(name, { holderIdentity: 'x', leaseDurationSeconds: 15 });
    begin();
    await ended;
    expect(leases.filter((name) => api.has(name))).toEqual(leases);
  });

  it('are deleted, too, after an API server was away for some of the time', async () => {
    renew('a');
    begin();
    await goOn(5_000);
    api.before = () => Promise.reject(new Error('ECONNREFUSED'));
    await goOn(20_000);
    api.before = () => undefined;
    await goOn(3_000);
    expect(api.has('a')).toBe(false);
    await ended;
  });

  it('are left if they may not be read, or last for very long', async () => {
    renew('a', 600);
    begin();
    await goOn(62_000);
    await ended;
    api.before = () => Promise.reject(new Error('ECONNREFUSED'));
    begin();
    await goOn(62_000);
    await ended;
    expect(api.has('a')).toBe(true);
  });

  it('are left if the holder comes back in the last moment', async () => {
    renew('a');
    begin();
    await goOn(14_000);
    api.before = ({ method }) => {
      if (method === 'DELETE') renew('a');
    };
    await goOn(2_000);
    expect(api.has('a')).toBe(true);
    await ended;
  });
});
