import { ApiError } from '../shared/service/api-error.ts';
import type { ApiRequest, Cluster } from '../shared/service/cluster.ts';
import type { pause } from '../shared/service/pause.ts';

/** By which one executor at a time decides and begins hooks. */
export const leaderLeaseName = 'restore-hooks-executor';

/** For a Lease that does not say its duration. */
const unknownDurationSeconds = 60;

/** Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/ */
export interface LeaseSpec {
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number | null;
  readonly acquireTime?: string | null;
  readonly renewTime?: string | null;
  readonly leaseTransitions?: number | null;
}

export interface Lease {
  readonly apiVersion: 'coordination.k8s.io/v1';
  readonly kind: 'Lease';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: LeaseSpec;
}

/** How long one call may take, and what breaks it off. */
export interface Bound {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** The Leases of one namespace. All throw ApiError and ApiUnreachable; what is expected to happen is a value. */
export interface Leases {
  /** null: there is none. */
  get(name: string, bound: Bound): Promise<Lease | null>;
  /** null: there is one already. */
  create(name: string, labels: Readonly<Record<string, string>>, spec: LeaseSpec, bound: Bound): Promise<Lease | null>;
  /** Only if it has not changed since it was read. null: it has, or is gone. */
  update(lease: Lease, spec: LeaseSpec, bound: Bound): Promise<Lease | null>;
  /** Whatever has become of it. null: it is gone. */
  merge(name: string, spec: LeaseSpec, bound: Bound): Promise<Lease | null>;
  /** With a lease, only if it has not changed since it was read. One that is gone, or has changed, is no error. */
  remove(lease: string | Lease, bound: Bound): Promise<void>;
  /** The first of those with the label. */
  list(labelSelector: string, limit: number, bound: Bound): Promise<readonly Lease[]>;
}

/** Makes the client of a namespace's Leases. Nothing is sent before the first call. */
export function createLeases(cluster: Cluster, namespace: string): Leases {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;

  async function call<T>(request: ApiRequest, bound: Bound, ...expected: readonly number[]): Promise<T | null> {
    try {
      return await cluster.call<T>({ ...request, timeoutMs: Math.max(1, Math.floor(bound.timeoutMs)) }, bound.signal);
    } catch (error) {
      if (error instanceof ApiError && expected.includes(error.status)) return null;
      throw error;
    }
  }

  return {
    get: (name, bound) => call({ method: 'GET', path: `${path}/${name}` }, bound, 404),
    create(name, labels, spec, bound) {
      const metadata = { name, namespace, labels };
      const body: Lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
      return call({ method: 'POST', path, body }, bound, 409);
    },
    update: (lease, spec, bound) =>
      call({ method: 'PUT', path: `${path}/${lease.metadata.name}`, body: { ...lease, spec } }, bound, 404, 409),
    merge: (name, spec, bound) =>
      call(
        { method: 'PATCH', path: `${path}/${name}`, contentType: 'application/merge-patch+json', body: { spec } },
        bound,
        404,
      ),
    async remove(lease, bound) {
      const name = typeof lease === 'string' ? lease : lease.metadata.name;
      const { uid, resourceVersion } = typeof lease === 'string' ? {} : lease.metadata;
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } };
      await call({ method: 'DELETE', path: `${path}/${name}`, body }, bound, 404, 409);
    },
    async list(labelSelector, limit, bound) {
      const query = new URLSearchParams({ labelSelector, limit: String(limit) });
      const page = await call<{ items: Lease[] | null }>({ method: 'GET', path: `${path}?${query.toString()}` }, bound);
      return page?.items ?? [];
    },
  };
}

/** A time as the API server writes it in Leases: RFC 3339 with microseconds. */
export function microTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '000Z');
}

/** Whole seconds, and never fewer than asked for: others must not take a holder for gone before it does so itself. */
export function leaseSeconds(durationMs: number): number {
  return Math.max(1, Math.ceil(durationMs / 1000));
}

/** After so many milliseconds without a change its holder is gone. */
export function leaseDurationMs({ spec }: Lease): number {
  return (spec.leaseDurationSeconds ?? unknownDurationSeconds) * 1000;
}

/** What a Lease said, and since when by the own monotonic clock: the clocks of others are not to be believed. */
export interface Sighting {
  readonly spec: string;
  readonly sinceMs: number;
}

/** Notes that a Lease was seen: the time stays while its spec does. */
export function sight(before: Sighting | undefined, lease: Lease, nowMs: number): Sighting {
  const spec = JSON.stringify(lease.spec);
  return before?.spec === spec ? before : { spec, sinceMs: nowMs };
}

/**
 * Work that is not waited for longer than `ms`; its signal aborts then. Throws what the work throws.
 *
 * @param wait the clock's pause
 */
export async function within(
  ms: number,
  wait: typeof pause,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const ended = new AbortController();
  const late = new AbortController();
  try {
    await Promise.race([work(late.signal), wait(ms, ended.signal)]);
  } finally {
    ended.abort();
    late.abort();
  }
}
