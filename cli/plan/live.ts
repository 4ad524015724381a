import type { PolicyObject } from '../../shared/policy.ts';
import { policyApiVersion } from '../../shared/policy.ts';
import type { RestoreObject } from '../../shared/restore.ts';
import { ApiError } from '../../shared/service/api-error.ts';
import { connectCluster, loadKubeConfig, type Cluster } from '../../shared/service/cluster.ts';

export interface LiveOptions {
  /** null: by the rules of kubectl. */
  readonly kubeconfig: string | null;
  readonly context: string | null;
  /** null: all. */
  readonly restoreNamespaces: readonly string[] | null;
}

export interface LiveObjects {
  readonly restores: readonly RestoreObject[];
  readonly policies: readonly PolicyObject[];
  /** Whether the API server serves Restores. */
  readonly restoresServed: boolean;
}

/** Somebody waits in front of a terminal. */
const timeoutMs = 15_000;
/** Of Restores with their hooks, a page of this many is some MB at most. */
const pageSize = 200;

/**
 * Reads the Restores and policies of a cluster; where it does not know these kinds, there are none. Throws if the kubeconfig
 * cannot be used, and as Cluster.call does.
 */
export async function readLive({ kubeconfig, context, restoreNamespaces }: LiveOptions): Promise<LiveObjects> {
  const config = loadKubeConfig(kubeconfig, context);
  const server = config.getCurrentCluster()?.server ?? '';
  // What the client library makes up if it finds no kubeconfig.
  if (!server.startsWith('https:')) throw new Error(`no kubeconfig that names an https server was found (${server})`);
  const cluster = connectCluster(config);
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
    cluster.call<{ readonly resources?: readonly { readonly name?: string }[] }>({ method: 'GET', path, timeoutMs }),
  );
  return found?.resources?.some(({ name }) => name === resource) ?? false;
}

interface ObjectList<T> {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly T[] | null;
}

async function list<T>(cluster: Cluster, path: string): Promise<T[]> {
  const items: T[] = [];
  let token = '';
  do {
    const query = new URLSearchParams({ limit: String(pageSize), ...(token !== '' && { continue: token }) });
    const page = await noneIfUnknown(() =>
      cluster.call<ObjectList<T>>({ method: 'GET', path: `${path}?${query.toString()}`, timeoutMs }),
    );
    items.push(...(page?.items ?? []));
    token = page?.metadata.continue ?? '';
  } while (token !== '');
  return items;
}

async function noneIfUnknown<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
