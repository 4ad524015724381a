export interface LeaderElectionTiming {
  /** How long others must have seen no change before they may take the Lease. */
  readonly leaseDurationMs: number;
  /** How long the leader goes on without having renewed. */
  readonly renewDeadlineMs: number;
  /** Between two tries to take or renew it. */
  readonly retryPeriodMs: number;
}

/** Those of client-go's users. Source: k8s.io/component-base/config, RecommendedDefaultLeaderElectionConfiguration. */
export const defaultLeaderElectionTiming: LeaderElectionTiming = {
  leaseDurationMs: 15_000,
  renewDeadlineMs: 10_000,
  retryPeriodMs: 2_000,
};

/** client-go's. */
const jitterFactor = 1.2;

/** Throws RangeError for a timing by which two could lead, or one never for long. The checks are client-go's. */
export function checkLeaderTiming({ leaseDurationMs, renewDeadlineMs, retryPeriodMs }: LeaderElectionTiming): void {
  if (!(leaseDurationMs > renewDeadlineMs)) throw new RangeError('the lease must last longer than the renew deadline');
  if (!(renewDeadlineMs > retryPeriodMs * jitterFactor)) {
    throw new RangeError(`the renew deadline must be longer than ${jitterFactor} retry periods`);
  }
  if (!(retryPeriodMs > 0)) throw new RangeError('the retry period must be longer than nothing');
}

/**
 * How long a standby waits between two tries. client-go waits for 1 to 2.2 periods; here it is one at most, so that a released
 * Lease is taken within one.
 *
 * @param random a number from 0 (inclusive) to 1
 */
export function standbyMs({ retryPeriodMs }: LeaderElectionTiming, random: number): number {
  return retryPeriodMs * (1 - random * (1 - 1 / jitterFactor));
}
