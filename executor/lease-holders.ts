import type { Cluster } from '../shared/service/cluster.ts';
import type { Logger } from '../shared/service/logger.ts';
import { pause } from '../shared/service/pause.ts';
import type { Holders } from './end-claim.ts';
import { createLeases, leaseDurationMs, sight, type Lease, type Sighting } from './lease.ts';
import { memberLabel, memberLeaseName } from './member-lease.ts';

export interface HoldersOptions {
  readonly namespace: string;
  readonly log: Logger;
  readonly monotonicMs: () => number;
  /** Between two looks at all members' Leases. */
  readonly lookMs?: number;
  readonly pause?: typeof pause;
}

/** Watches over the Leases of all executors. */
export interface LeaseHolders extends Holders {
  /**
   * Looks at all members' Leases now and then until the signal aborts, so that one that has run out is known for it when
   * `goneInMs` is asked, and deletes those that nobody has renewed for an hour. Never throws.
   */
  run(signal: AbortSignal): Promise<void>;
}

const lookMs = 5_000;
/** Members are two or three; their dead are swept. */
const mostKept = 1_000;
const mostListed = 500;
/** Far longer than any lease, and than a process is frozen and comes back. */
const deadMs = 3_600_000;
const callMs = 5_000;
/** An API server that cannot be asked is asked again after this. */
const askAgainMs = 1_000;

/**
 * Tells whether the holder of a claim is gone: its Lease does not exist, or has been seen unchanged for its duration by the
 * own monotonic clock. The times written in it are not read.
 */
export function createHolders(cluster: Cluster, options: HoldersOptions): LeaseHolders {
  const { log, monotonicMs } = options;
  const wait = options.pause ?? pause;
  const leases = createLeases(cluster, options.namespace);
  /** By name; the one seen to change longest ago comes first. */
  const sightings = new Map<string, Sighting>();

  return { goneInMs, run };

  async function goneInMs(holder: string): Promise<number> {
    const name = memberLeaseName(holder);
    // What is known of the Lease holds for the moment of the question, not for that of the answer.
    const askedAtMs = monotonicMs();
    try {
      const lease = await leases.get(name, { timeoutMs: callMs });
      if (lease === null) {
        sightings.delete(name);
        return 0;
      }
      const { sinceMs } = see(lease);
      return Math.max(0, Math.ceil(sinceMs + leaseDurationMs(lease) - askedAtMs));
    } catch (error) {
      log.warn({ err: error, lease: name, retryInMs: askAgainMs }, 'lease not read, its holder counts as there');
      return askAgainMs;
    }
  }

  async function run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        await look(signal);
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures === 1 && !hasAborted(signal)) log.warn({ err: error }, 'leases not listed, trying again');
      }
      await wait(options.lookMs ?? lookMs, signal);
    }
  }

  async function look(signal: AbortSignal): Promise<void> {
    const bound = { timeoutMs: callMs, signal };
    const askedAtMs = monotonicMs();
    const listed = await leases.list(`${memberLabel}=true`, mostListed, bound);
    const names = new Set(listed.map(({ metadata }) => metadata.name));
    for (const name of [...sightings.keys()]) if (!names.has(name)) sightings.delete(name);
    for (const lease of listed) {
      if (askedAtMs - see(lease).sinceMs < deadMs) continue;
      // Only as it was seen: its holder may be back just now.
      await leases.remove(lease, bound);
      log.info({ lease: lease.metadata.name }, 'lease of a dead executor deleted');
    }
  }

  function see(lease: Lease): Sighting {
    const { name } = lease.metadata;
    const before = sightings.get(name);
    const now = sight(before, lease, monotonicMs());
    if (now === before) return now;
    sightings.delete(name);
    sightings.set(name, now);
    for (const oldest of sightings.keys()) {
      if (sightings.size <= mostKept) break;
      sightings.delete(oldest);
    }
    return now;
  }
}

/** Asked anew: what was false before an await may be true after it. */
function hasAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
