import type { PolicyObject } from '../../shared/policy.ts';
import { policyApiVersion } from '../../shared/policy.ts';
import type { RestoreObject } from '../../shared/restore.ts';
import { ApiError } from '../../shared/service/api-error.ts';
import type { Cluster } from '../../shared/service/cluster.ts';
import { answerTimeoutMs, connect, type ClusterChoice } from '../cluster/connect.ts';
import { listObjects } from '../cluster/list.ts';

export interface LiveOptions extends ClusterChoice {
  /** null: all. */
  readonly restoreNamespaces: readonly string[] | null;
}

export interface LiveObjects {
  readonly restores: readonly RestoreObject[];
  readonly policies: readonly PolicyObject[];
  /** Whether the API server serves Restores. */
  readonly restoresServed: boolean;
}

/**
 * Reads the Restores and policies of a cluster; where it does not know these kinds, there are none. Throws if the kubeconfig
 * cannot be used, and as Cluster.call does.
 */
export async function readLive({ restoreNamespaces, ...choice }: LiveOptions): Promise<LiveObjects> {
  const cluster = connect(choice);
  const places = restoreNamespaces?.map((namespace) => `/namespaces/${encodeURIComponent(namespace)}`) ?? [''];
  const [restoresServed, policies, ...restores] = await Promise.all([
    isServed(cluster, 'velero.io/v1', 'restores'),
    list<PolicyObject>(cluster, `/apis/${policyApiVersion}/restorehookpolicies`),
    ...places.map((place) => list<RestoreObject>(cluster, `/apis/velero.io/v1${place}/restores`)),
  ]);
  return { restores: restores.flat(), policies, restoresServed };
}

async function isServed(cluster: Cluster, groupVersion: string, resource: string): Promise<boolean> {
  const path = `/apis/${groupVersion}`;
  const found = await noneIfUnknown(() =>
    cluster.call<{ readonly resources?: readonly { readonly name?: string }[] }>({
      method: 'GET',
      path,
      timeoutMs: answerTimeoutMs,
    }),
  );
  return found?.resources?.some(({ name }) => name === resource) ?? false;
}

async function list<T>(cluster: Cluster, path: string): Promise<T[]> {
  return (await noneIfUnknown(() => listObjects<T>(cluster, path))) ?? [];
}

async function noneIfUnknown<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
