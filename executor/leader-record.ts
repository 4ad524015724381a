import { leaseSeconds, microTime, type Lease, type LeaseSpec } from './lease.ts';

/** Who holds a Lease, expired or not. null: nobody, as after a release. */
export function holderOf(lease: Lease | null): string | null {
  const holder = lease?.spec.holderIdentity ?? '';
  return holder === '' ? null : holder;
}

/**
 * What makes `identity` the holder, or keeps it one. Leadership that passes on is counted; what else is in the spec stays.
 *
 * @param before null: there is no Lease
 */
export function holdingSpec(
  before: LeaseSpec | null,
  holder: { readonly identity: string; readonly leaseDurationMs: number; readonly wallMs: number },
): LeaseSpec {
  const now = microTime(holder.wallMs);
  const isOwn = before?.holderIdentity === holder.identity;
  const transitions = before?.leaseTransitions ?? 0;
  return {
    ...before,
    holderIdentity: holder.identity,
    leaseDurationSeconds: leaseSeconds(holder.leaseDurationMs),
    acquireTime: isOwn ? (before.acquireTime ?? now) : now,
    renewTime: now,
    leaseTransitions: before === null || isOwn ? transitions : transitions + 1,
  };
}

/** What lets another take the Lease at once, as client-go writes it. */
export function releasedSpec(before: LeaseSpec, wallMs: number): LeaseSpec {
  const now = microTime(wallMs);
  return { ...before, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now };
}
