import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createLeaderElection, type LeaderElection } from '../../executor/leader-election.ts';
import { createHolders } from '../../executor/lease-holders.ts';
import { createLeases } from '../../executor/lease.ts';
import { createMemberLease, memberLeaseName } from '../../executor/member-lease.ts';
import { connectCluster, loadKubeConfig, type Cluster as Api } from '../../shared/service/cluster.ts';
import { createLogger } from '../../shared/service/logger.ts';
import { kubectl } from '../support/kubectl.ts';
import type { AnyCluster } from '../support/own-cluster.ts';
import { findCluster } from '../support/scene.ts';

const namespace = `t-${randomBytes(4).toString('hex')}`;
const timing = { leaseDurationMs: 6_000, renewDeadlineMs: 4_000, retryPeriodMs: 1_000 };
const bound = { timeoutMs: 10_000 };
const log = createLogger({ name: 'executor', level: 'silent' });

let cluster: AnyCluster;
let api: Api;
let running: (() => Promise<void>)[] = [];

beforeAll(async () => {
  ({ cluster } = await findCluster());
  api = connectCluster(loadKubeConfig(cluster.kubeconfig));
  await kubectl(cluster, ['create', 'namespace', namespace]);
}, 60_000);
afterEach(async () => {
  await Promise.all(running.map((stop) => stop()));
  running = [];
});
afterAll(async () => {
  await kubectl(cluster, ['delete', 'namespace', namespace, '--wait', '--timeout=60s']);
}, 90_000);

/** The client of a process that can be cut off: from then on nothing it asks arrives. */
function cuttable(): Api & { cut(): void } {
  let isCut = false;
  return {
    ...api,
    call: (request, signal) => (isCut ? Promise.reject(new Error('cut off')) : api.call(request, signal)),
    cut: () => (isCut = true),
  };
}

/** Candidates for one Lease, and what happened to them, in order. */
class Race {
  readonly trace: string[] = [];
  /** Who began to lead while another said that it did. */
  readonly overlaps: string[] = [];
  readonly #candidates = new Map<string, LeaderElection>();
  readonly #waiting = new Set<() => void>();

  readonly #options: { readonly lease: string; readonly timing: typeof timing };

  constructor(options: { readonly lease: string; readonly timing: typeof timing }) {
    this.#options = options;
  }

  enter(identity: string) {
    const client = cuttable();
    const abort = new AbortController();
    const election = createLeaderElection(client, {
      namespace,
      name: this.#options.lease,
      identity,
      timing: this.#options.timing,
      log,
      monotonicMs: () => performance.now(),
      wallMs: Date.now,
    });
    this.#candidates.set(identity, election);
    const note = (what: string) => {
      for (const [other, candidate] of this.#candidates) {
        if (what === 'started' && other !== identity && candidate.isLeader())
          this.overlaps.push(`${identity} and ${other}`);
      }
      this.trace.push(`${identity} ${what}`);
      for (const look of this.#waiting) look();
    };
    const ended = election.run(abort.signal, { started: () => note('started'), stopped: () => note('stopped') });
    const stop = () => {
      abort.abort();
      return ended;
    };
    running.push(stop);
    return { election, client, stop };
  }

  leader(): string | undefined {
    return [...this.#candidates].find(([, candidate]) => candidate.isLeader())?.[0];
  }

  /** Resolves once so much has been traced. */
  async until(length: number): Promise<void> {
    while (this.trace.length < length) {
      await new Promise<void>((resolve) => {
        const look = () => {
          this.#waiting.delete(look);
          resolve();
        };
        this.#waiting.add(look);
      });
    }
  }
}

describe('leader election on a real API server', () => {
  it('gives the Lease of a leader that is cut off to the other when it has run out, and not before', async () => {
    const race = new Race({ lease: 'cut', timing });
    const first = race.enter('a');
    await race.until(1);
    race.enter('b');
    first.client.cut();
    const cutAtMs = performance.now();
    await race.until(3);
    const tookMs = performance.now() - cutAtMs;
    expect(race.trace).toEqual(['a started', 'a stopped', 'b started']);
    expect(race.overlaps).toEqual([]);
    // It may have been renewed a period before it was cut off.
    expect(tookMs).toBeGreaterThan(timing.leaseDurationMs - timing.retryPeriodMs);
    expect(tookMs).toBeLessThan(timing.leaseDurationMs + 2 * timing.retryPeriodMs);
    const lease = await createLeases(api, namespace).get('cut', bound);
    expect(lease?.spec).toMatchObject({ holderIdentity: 'b', leaseDurationSeconds: 6, leaseTransitions: 1 });
  }, 30_000);

  it('gives a released Lease to the other within a retry period', async () => {
    const race = new Race({ lease: 'released', timing });
    const first = race.enter('a');
    await race.until(1);
    race.enter('b');
    await first.stop();
    const releasedAtMs = performance.now();
    await race.until(3);
    // And the calls that take it.
    expect(performance.now() - releasedAtMs).toBeLessThan(timing.retryPeriodMs + 1_000);
    expect(race.trace).toEqual(['a started', 'a stopped', 'b started']);
    const lease = await createLeases(api, namespace).get('released', bound);
    expect(lease?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  }, 30_000);

  it('never has two leaders, whoever stops, comes and is cut off', async () => {
    const race = new Race({
      lease: 'many',
      timing: { leaseDurationMs: 2_000, renewDeadlineMs: 1_000, retryPeriodMs: 100 },
    });
    const candidates = new Map<string, ReturnType<Race['enter']>>();
    const enter = (identity: string) => candidates.set(identity, race.enter(identity));
    for (const identity of ['a', 'b', 'c']) enter(identity);
    await race.until(1);
    for (let round = 1; round <= 12; round += 1) {
      const leader = race.leader() ?? '';
      if (round % 4 === 0) candidates.get(leader)?.client.cut();
      else void candidates.get(leader)?.stop();
      enter(`${leader[0] ?? ''}${round}`);
      await race.until(1 + 2 * round);
    }
    expect(race.overlaps).toEqual([]);
    const steps = race.trace.map((line) => line.split(' ')[1]);
    expect(steps).toEqual(Array.from(steps, (_, index) => (index % 2 === 0 ? 'started' : 'stopped')));
    const lease = await createLeases(api, namespace).get('many', bound);
    expect(lease?.spec.leaseTransitions).toBe(12);
  }, 60_000);
});

describe('a member lease on a real API server', () => {
  function enter(identity: string, durationMs: number) {
    const client = cuttable();
    const abort = new AbortController();
    const clocks = { monotonicMs: () => performance.now(), wallMs: Date.now };
    const lease = createMemberLease(client, { namespace, identity, durationMs, renewMs: 500, log, ...clocks });
    const ended = lease.run(abort.signal);
    const stop = () => {
      abort.abort();
      return ended;
    };
    running.push(stop);
    return { lease, client, stop };
  }

  it('says that its holder is there until it stops', async () => {
    const holders = createHolders(api, { namespace, log, monotonicMs: () => performance.now() });
    const { lease, stop } = enter('quick', 3_000);
    await lease.ready;
    expect(lease.isFresh()).toBe(true);
    expect(await holders.goneInMs('quick')).toBeGreaterThan(0);
    await stop();
    expect(await holders.goneInMs('quick')).toBe(0);
  }, 30_000);

  it('of a holder that is cut off has run out only when the holder knows that it is not fresh', async () => {
    const holders = createHolders(api, { namespace, log, monotonicMs: () => performance.now(), lookMs: 100 });
    const looking = new AbortController();
    const looked = holders.run(looking.signal);
    const { lease, client } = enter('cut-off', 3_000);
    await lease.ready;
    client.cut();
    let asked = 0;
    while ((await holders.goneInMs('cut-off')) > 0) asked += 1;
    expect(lease.isFresh()).toBe(false);
    expect(asked).toBeGreaterThan(0);
    looking.abort();
    await looked;
  }, 30_000);

  it('of the dead is deleted after an hour', async () => {
    let passedMs = 0;
    const leases = createLeases(api, namespace);
    const name = memberLeaseName('dead');
    const { lease, client } = enter('dead', 3_000);
    await lease.ready;
    client.cut();
    const holders = createHolders(api, { namespace, log, monotonicMs: () => passedMs, lookMs: 10 });
    const looking = new AbortController();
    const looked = holders.run(looking.signal);
    while ((await leases.get(name, bound)) !== null) passedMs += 600_000;
    looking.abort();
    await looked;
    expect(passedMs).toBeGreaterThanOrEqual(3_600_000);
  }, 30_000);
});
