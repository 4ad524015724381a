import type { Cluster } from '../shared/service/cluster.ts';
import type { Logger } from '../shared/service/logger.ts';
import { pause } from '../shared/service/pause.ts';
import { createLeases, leaderLeaseName, leaseDurationMs, sight, type Lease, type Sighting } from './lease.ts';
import { memberLabel } from './member-lease.ts';

export interface DeadLeasesOptions {
  /** Where the executors' Leases are. */
  readonly namespace: string;
  readonly log: Logger;
  readonly monotonicMs: () => number;
  /** Between two looks. */
  readonly lookMs?: number;
  /** After this, what has not been decided yet is left. */
  readonly patienceMs?: number;
  readonly pause?: typeof pause;
}

const mostListed = 500;
const callMs = 5_000;

/**
 * Deletes the Leases of executors that are gone: nobody does it for the last ones, since an uninstall takes their rights away
 * before they end. One that is still renewed when it would have run out has a holder, and is left. Never throws: a Lease that stays does
 * no harm.
 */
export async function removeDeadLeases(
  cluster: Cluster,
  options: DeadLeasesOptions,
  signal: AbortSignal,
): Promise<void> {
  const { log, monotonicMs, lookMs = 1_000, patienceMs = 60_000 } = options;
  const wait = options.pause ?? pause;
  const leases = createLeases(cluster, options.namespace);
  const bound = { timeoutMs: callMs, signal };
  const beganAtMs = monotonicMs();
  const sightings = new Map<string, Sighting>();

  async function undecided(lease: Lease): Promise<boolean> {
    const { name } = lease.metadata;
    const seen = sight(sightings.get(name), lease, monotonicMs());
    sightings.set(name, seen);
    const durationMs = leaseDurationMs(lease);
    if (monotonicMs() - seen.sinceMs >= durationMs) {
      // Only as it was seen: its holder may be back just now.
      await leases.remove(lease, bound);
      log.info({ lease: name }, 'lease of a dead executor deleted, unless it was renewed just now');
      return true;
    }
    return seen.sinceMs - beganAtMs < durationMs;
  }

  async function look(): Promise<boolean> {
    const members = await leases.list(`${memberLabel}=true`, mostListed, bound);
    const leader = await leases.get(leaderLeaseName, bound);
    const answers = [];
    for (const lease of leader === null ? members : [...members, leader]) answers.push(await undecided(lease));
    return answers.includes(true);
  }

  let failures = 0;
  for (let isOpen = true; isOpen && !signal.aborted && monotonicMs() - beganAtMs < patienceMs;) {
    try {
      isOpen = await look();
    } catch (error) {
      failures += 1;
      if (failures === 1) log.warn({ err: error }, 'leases not looked at, trying again');
    }
    if (isOpen) await wait(lookMs, signal);
  }
}
