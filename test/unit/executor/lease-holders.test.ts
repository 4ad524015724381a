import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHolders, type LeaseHolders } from '../../../executor/lease-holders.ts';
import { createLogger } from '../../../shared/service/logger.ts';
import { LeaseApi } from '../../support/lease-api.ts';
import { settle, VirtualClock } from '../../support/virtual-clock.ts';

const name = 'restore-hooks-executor-a';
const hourMs = 3_600_000;
const log = createLogger({ name: 'executor', level: 'silent' });
const label = { 'restorehooks.io/executor': 'true' };

let api: LeaseApi;
let clock: VirtualClock;
let holders: LeaseHolders;
let abort: AbortController;
let ended: Promise<void>;
beforeEach(() => {
  api = new LeaseApi();
  clock = new VirtualClock();
  abort = new AbortController();
  ended = Promise.resolve();
  holders = createHolders(api.client(), { namespace: 'system', log, monotonicMs: clock.nowMs, pause: clock.pause });
});
afterEach(async () => {
  abort.abort();
  await ended;
});

/** The holder renews: its clock may say anything. */
function renew(at = clock.nowMs()): void {
  const renewTime = new Date(at).toISOString();
  api.put(name, { holderIdentity: 'a', leaseDurationSeconds: 15, renewTime }, label);
}

describe('a holder', () => {
  it('without a Lease is gone', async () => {
    expect(await holders.goneInMs('a')).toBe(0);
  });

  it.each([
    { clockOf: 'right', skewMs: 0 },
    { clockOf: 'an hour ahead', skewMs: hourMs },
    { clockOf: 'an hour behind', skewMs: -hourMs },
  ])('whose clock is $clockOf is gone once its Lease was seen unchanged for its time', async ({ skewMs }) => {
    renew(Date.UTC(2026, 0, 1) + skewMs);
    expect(await holders.goneInMs('a')).toBe(15_000);
    await clock.advance(14_999);
    expect(await holders.goneInMs('a')).toBe(1);
    await clock.advance(1);
    expect(await holders.goneInMs('a')).toBe(0);
  });

  it('that renews is never gone', async () => {
    for (let round = 0; round < 20; round += 1) {
      renew();
      expect(await holders.goneInMs('a')).toBe(15_000);
      await clock.advance(14_000);
      expect(await holders.goneInMs('a')).toBe(1_000);
    }
  });

  it('cannot be called gone while the API server is away', async () => {
    renew();
    await holders.goneInMs('a');
    await clock.advance(hourMs);
    api.before = () => Promise.reject(new Error('ECONNREFUSED'));
    expect(await holders.goneInMs('a')).toBe(1_000);
  });

  it('is not called gone by an answer from before the own process was frozen', async () => {
    renew();
    await holders.goneInMs('a');
    let answer: () => void = () => undefined;
    api.after = () => new Promise<void>((resolve) => (answer = resolve));
    await clock.advance(5_000);
    const asked = holders.goneInMs('a');
    await settle();
    clock.jump(60_000);
    answer();
    expect(await asked).toBe(10_000);
  });
});

describe('looking at all', () => {
  it('knows of a Lease that has run out when it is asked for the first time', async () => {
    renew();
    ended = holders.run(abort.signal);
    await clock.advance(16_000);
    expect(await holders.goneInMs('a')).toBe(0);
  });

  it('deletes what nobody has renewed for an hour, and nothing else', async () => {
    renew();
    api.put('restore-hooks-executor-b', { holderIdentity: 'b', renewTime: '0' }, label);
    api.put('leader', { holderIdentity: 'b' });
    ended = holders.run(abort.signal);
    await clock.advance(hourMs - 1_000);
    renew();
    expect(api.has('restore-hooks-executor-b')).toBe(true);
    await clock.advance(6_000);
    expect(['restore-hooks-executor-b', name, 'leader'].map((each) => api.has(each))).toEqual([false, true, true]);
  });

  it('does not delete one that is renewed at that moment', async () => {
    renew();
    ended = holders.run(abort.signal);
    let deletions = 0;
    api.before = ({ method }) => {
      if (method !== 'DELETE') return;
      deletions += 1;
      renew();
    };
    await clock.advance(hourMs + 6_000);
    expect(deletions).toBe(1);
    expect(api.has(name)).toBe(true);
  });

  it('goes on after a failure', async () => {
    renew();
    api.before = () => Promise.reject(new Error('ECONNREFUSED'));
    ended = holders.run(abort.signal);
    await clock.advance(20_000);
    api.before = () => undefined;
    await clock.advance(hourMs + 10_000);
    expect(api.has(name)).toBe(false);
  });
});
