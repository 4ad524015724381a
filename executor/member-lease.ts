import { shortHash } from '../shared/hash.ts';
import { backoffMs } from '../shared/service/backoff.ts';
import type { Cluster } from '../shared/service/cluster.ts';
import type { Logger } from '../shared/service/logger.ts';
import { pause } from '../shared/service/pause.ts';
import { createLeases, leaseSeconds, microTime, within, type LeaseSpec } from './lease.ts';

export interface MemberLeaseOptions {
  readonly namespace: string;
  /** Of this process, and of no other, nor of one before it. */
  readonly identity: string;
  /** How long others must have seen no renewal before they take this executor for gone. */
  readonly durationMs: number;
  readonly renewMs: number;
  readonly log: Logger;
  readonly monotonicMs: () => number;
  /** For the times in the Lease, which are for people to read. */
  readonly wallMs: () => number;
  readonly random?: () => number;
  readonly pause?: typeof pause;
}

/** The Lease by which others know that this executor may be running hooks. */
export interface MemberLease {
  /**
   * Whether nobody can take this executor for gone yet, by the clock and not by a timer. What remains is the moment between
   * the question and the arrival of what is sent upon it: a process frozen there for longer than the margin, a fifth of the lease.
   */
  isFresh(): boolean;
  /** Resolves when the Lease has been written for the first time; never, if the signal aborts before. */
  readonly ready: Promise<void>;
  /** Makes the Lease and renews it until the signal aborts; then deletes it, within 2 seconds. Never throws. */
  run(signal: AbortSignal): Promise<void>;
}

/** All members' Leases bear it. */
export const memberLabel = 'restorehooks.io/executor';

/** A fifth: what is asked may be acted upon a moment later. */
const freshPart = 0.8;
const removeMs = 2_000;
const firstRetryMs = 200;
/** A Lease's name is a DNS subdomain. */
const longestName = 253;
const prefix = 'restore-hooks-executor-';

/** The name of the Lease of an executor: its identity, and a hash of it where it would not do as a name. */
export function memberLeaseName(identity: string): string {
  const plain = `${prefix}${identity}`;
  if (plain.length <= longestName && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(identity)) return plain;
  const hash = shortHash(identity);
  const safe = plain.toLowerCase().replace(/[^-a-z0-9]+/g, '-');
  return `${safe.slice(0, longestName - hash.length - 1).replace(/-+$/, '')}-${hash}`;
}

/** Makes the member's Lease of this process. Nothing is sent before `run`. */
export function createMemberLease(cluster: Cluster, options: MemberLeaseOptions): MemberLease {
  const { identity, durationMs, renewMs, log, monotonicMs } = options;
  if (!(durationMs * freshPart > renewMs && renewMs > 0)) {
    throw new RangeError('a member lease must be renewed before it stops being fresh');
  }
  const random = options.random ?? Math.random;
  const wait = options.pause ?? pause;
  const leases = createLeases(cluster, options.namespace);
  const name = memberLeaseName(identity);
  const { promise: ready, resolve: becomeReady } = Promise.withResolvers<undefined>();
  /** When the last successful renewal was sent: others cannot have seen it before. */
  let sentAtMs = -Infinity;
  let acquireTime: string | null = null;

  return { isFresh: () => monotonicMs() < sentAtMs + durationMs * freshPart, ready, run };

  async function run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const beganAtMs = monotonicMs();
      try {
        await renew(signal);
        failures = 0;
        becomeReady(undefined);
        await wait(Math.max(0, beganAtMs + renewMs - monotonicMs()), signal);
      } catch (error) {
        failures += 1;
        if (hasAborted(signal)) break;
        log.warn(
          { err: error, lease: name, fresh: monotonicMs() < sentAtMs + durationMs * freshPart },
          'lease not renewed',
        );
        await wait(backoffMs({ firstMs: Math.min(firstRetryMs, renewMs), maxMs: renewMs }, failures, random()), signal);
      }
    }
    // Before anybody can learn that it is gone.
    sentAtMs = -Infinity;
    if (acquireTime === null) return;
    try {
      await within(removeMs, wait, (bound) => leases.remove(name, { timeoutMs: removeMs, signal: bound }));
    } catch (error) {
      log.warn({ err: error, lease: name }, 'lease not deleted, it has to run out');
    }
  }

  async function renew(signal: AbortSignal): Promise<void> {
    // Half of the time it has: an API server that is slow is waited for, and a call that hangs leaves time for another one.
    const bound = { timeoutMs: (durationMs * freshPart) / 2, signal };
    // From here on there may be one to delete.
    acquireTime ??= microTime(options.wallMs());
    for (const write of [merge, create, merge]) {
      const beganAtMs = monotonicMs();
      if ((await write(acquireTime)) === null) continue;
      if (!hasAborted(signal)) sentAtMs = beganAtMs;
      return;
    }
    throw new Error('the lease comes and goes');

    function merge(acquired: string) {
      return leases.merge(name, spec(acquired), bound);
    }
    function create(acquired: string) {
      return leases.create(name, { [memberLabel]: 'true' }, spec(acquired), bound);
    }
  }

  function spec(acquired: string): LeaseSpec {
    return {
      holderIdentity: identity,
      leaseDurationSeconds: leaseSeconds(durationMs),
      acquireTime: acquired,
      renewTime: microTime(options.wallMs()),
    };
  }
}

/** Asked anew: what was false before an await may be true after it. */
function hasAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
