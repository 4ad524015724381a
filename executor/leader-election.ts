import type { Cluster } from '../shared/service/cluster.ts';
import type { Logger } from '../shared/service/logger.ts';
import { pause } from '../shared/service/pause.ts';
import { holderOf, holdingSpec, releasedSpec } from './leader-record.ts';
import { checkLeaderTiming, standbyMs, type LeaderElectionTiming } from './leader-timing.ts';
import {
  createLeases,
  leaseSeconds,
  sight,
  within,
  type Bound,
  type Lease,
  type LeaseSpec,
  type Sighting,
} from './lease.ts';

export interface LeaderElectionOptions {
  readonly namespace: string;
  /** Of the Lease. */
  readonly name: string;
  /** Of this process, and of no other, nor of one before it. */
  readonly identity: string;
  readonly timing: LeaderElectionTiming;
  readonly log: Logger;
  readonly monotonicMs: () => number;
  /** For the times in the Lease, which are for people to read. */
  readonly wallMs: () => number;
  /** From 0 (inclusive) to 1. */
  readonly random?: () => number;
  readonly pause?: typeof pause;
}

export interface LeaderCallbacks {
  readonly started: () => void;
  /** Called once for each `started`, at the latest when the renew deadline has passed and the process runs. */
  readonly stopped: () => void;
}

export interface LeaderElection {
  /** By the clock, not by a timer: false as soon as the renew deadline has passed, though the process was frozen meanwhile. */
  isLeader(): boolean;
  /** As last seen, expired or not. null: nobody, or not known. */
  holder(): string | null;
  /** Since when there has been this Lease, Unix time in milliseconds. null: there is none, or it is not known. */
  sinceMs(): number | null;
  /**
   * Campaigns, leads, and campaigns again after a loss, until the signal aborts; then it releases the Lease, for another to
   * take at once, and resolves after 2 seconds at most. Never throws for what the server or the network does.
   */
  run(signal: AbortSignal, callbacks: LeaderCallbacks): Promise<void>;
}

const releaseMs = 2_000;

/**
 * Leader election by a Lease, with client-go's semantics: written under the optimistic lock of resourceVersion; expiry is judged
 * by the own monotonic clock from when the Lease was last seen to change, so that skewed clocks do no harm. Unlike
 * client-go, it goes on as a standby after a loss. Throws RangeError for a timing that could elect two.
 * Source: https://pkg.go.dev/k8s.io/client-go/tools/leaderelection
 */
export function createLeaderElection(cluster: Cluster, options: LeaderElectionOptions): LeaderElection {
  const { name, identity, timing, log, monotonicMs } = options;
  const random = options.random ?? Math.random;
  const wait = options.pause ?? pause;
  checkLeaderTiming(timing);
  const leases = createLeases(cluster, options.namespace);
  let lease: Lease | null = null;
  let sighting: Sighting | undefined;
  /** When the last successful renewal was sent; -Infinity: it does not lead. */
  let renewedAtMs = -Infinity;
  /** Whether a write was sent that may have made this process the holder. */
  let mayHold = false;

  return { isLeader: () => leftMs() > 0, holder: () => holderOf(lease), sinceMs, run };

  function sinceMs(): number | null {
    const ms = Date.parse(lease?.metadata.creationTimestamp ?? '');
    return Number.isNaN(ms) ? null : ms;
  }

  async function run(signal: AbortSignal, callbacks: LeaderCallbacks): Promise<void> {
    while (await campaign(signal)) await lead(signal, callbacks);
    renewedAtMs = -Infinity;
    if (!mayHold) return;
    try {
      await within(releaseMs, wait, release);
    } catch (error) {
      log.warn({ err: error, lease: name }, 'lease not released, it has to run out');
    }
  }

  /** Resolves to true when this process leads, to false when the signal has aborted. */
  async function campaign(signal: AbortSignal): Promise<boolean> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        await acquire({ timeoutMs: timing.renewDeadlineMs / 2, signal });
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures === 1 && !hasAborted(signal)) {
          log.warn({ err: error, lease: name }, 'lease not reached, trying again');
        }
      }
      if (leftMs() > 0) return !hasAborted(signal);
      await wait(Math.min(standbyMs(timing, random()), untilExpiryMs()), signal);
    }
    return false;
  }

  async function lead(signal: AbortSignal, callbacks: LeaderCallbacks): Promise<void> {
    const term = new AbortController();
    const either = AbortSignal.any([signal, term.signal]);
    log.info({ lease: name, identity }, 'leading');
    callbacks.started();
    await Promise.race([renewals(either), expiry(either)]);
    renewedAtMs = -Infinity;
    term.abort();
    log.info({ lease: name, identity, holder: holderOf(lease) }, 'not leading any more');
    callbacks.stopped();
  }

  /** Resolves when the Lease is another's, the renew deadline has passed, or the signal has aborted. */
  async function renewals(signal: AbortSignal): Promise<void> {
    while (await wait(Math.min(timing.retryPeriodMs, leftMs()), signal)) {
      if (leftMs() <= 0) return;
      const sentAtMs = monotonicMs();
      try {
        // Half of the deadline, as client-go's users have it: a call that hangs leaves time for another one.
        const renewed = await renew(() => ({ timeoutMs: Math.min(timing.renewDeadlineMs / 2, leftMs()), signal }));
        if (renewed === 'lost' || hasAborted(signal) || leftMs() <= 0) return;
        if (renewed === 'renewed') renewedAtMs = sentAtMs;
      } catch (error) {
        if (!hasAborted(signal)) {
          log.warn({ err: error, lease: name, leftMs: leftMs() }, 'lease not renewed, trying again');
        }
      }
    }
  }

  /** Beside the renewals, since a call may take longer to come back than its time limit. */
  async function expiry(signal: AbortSignal): Promise<void> {
    while (leftMs() > 0 && (await wait(leftMs(), signal)));
  }

  /** Takes the Lease if nobody holds it, by then, or this process does. */
  async function acquire(bound: Bound): Promise<void> {
    const current = await leases.get(name, bound);
    if (current !== null) see(current);
    // A deleted Lease counts until it would have run out: its holder is given the time to make it anew.
    if (isHeldByOther()) return;
    const sentAtMs = monotonicMs();
    mayHold = true;
    const taken =
      current === null
        ? await leases.create(name, {}, ownSpec(null), bound)
        : await leases.update(current, ownSpec(current.spec), bound);
    if (taken === null) return;
    see(taken);
    renewedAtMs = sentAtMs;
  }

  /** `unsure`: others write to it, too, or it was deleted and made anew. */
  async function renew(bound: () => Bound): Promise<'renewed' | 'lost' | 'unsure'> {
    const known = lease !== null && (await leases.update(lease, ownSpec(lease.spec), bound()));
    if (known) return renewedTo(known);
    const current = await leases.get(name, bound());
    if (current !== null) see(current);
    // Also if it is nobody's: another may have led meanwhile, and released it.
    if (current !== null && holderOf(current) !== identity) return 'lost';
    const again =
      current === null
        ? await leases.create(name, {}, ownSpec(null), bound())
        : await leases.update(current, ownSpec(current.spec), bound());
    return again === null ? 'unsure' : renewedTo(again);
  }

  function renewedTo(written: Lease): 'renewed' {
    see(written);
    return 'renewed';
  }

  async function release(signal: AbortSignal): Promise<void> {
    const bound = { timeoutMs: releaseMs, signal };
    // A renewal that was broken off may have been written all the same, even just now.
    for (let tries = 0; tries < 3; tries += 1) {
      const current = await leases.get(name, bound);
      if (current !== null) see(current);
      if (holderOf(current) !== identity || current === null) return;
      const released = await leases.update(current, releasedSpec(current.spec, options.wallMs()), bound);
      if (released === null) continue;
      see(released);
      log.info({ lease: name, identity }, 'lease released');
      return;
    }
    throw new Error('it changes faster than it can be written');
  }

  function see(current: Lease): void {
    lease = current;
    sighting = sight(sighting, current, monotonicMs());
    mayHold = holderOf(current) === identity;
  }

  function ownSpec(before: LeaseSpec | null): LeaseSpec {
    return holdingSpec(before, { identity, leaseDurationMs: timing.leaseDurationMs, wallMs: options.wallMs() });
  }

  /** Until the renew deadline; 0 and below: it does not lead. */
  function leftMs(): number {
    return renewedAtMs + timing.renewDeadlineMs - monotonicMs();
  }

  function isHeldByOther(): boolean {
    const holder = holderOf(lease);
    return holder !== null && holder !== identity && expiresInMs() > 0;
  }

  function expiresInMs(): number {
    if (lease === null || sighting === undefined) return -Infinity;
    const seconds = lease.spec.leaseDurationSeconds ?? leaseSeconds(timing.leaseDurationMs);
    return sighting.sinceMs + seconds * 1000 - monotonicMs();
  }

  /** A timer may come a millisecond early. */
  function untilExpiryMs(): number {
    return isHeldByOther() ? expiresInMs() + 1 : Infinity;
  }
}

/** Asked anew: what was false before an await may be true after it. */
function hasAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
