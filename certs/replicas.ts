import type { Cluster } from '../shared/service/api-client.ts';
import type { Replica } from './situation.ts';
import { askTls, type TlsAddress } from './tls-ask.ts';

/** A replica in the same cluster answers within milliseconds; one that needs longer is asked again later. */
const askTimeoutMs = 3_000;

interface SliceList {
  readonly items?: readonly {
    readonly endpoints?: readonly { readonly addresses?: readonly string[] }[] | null;
    readonly ports?: readonly { readonly name?: string; readonly port?: number }[] | null;
  }[];
}

/**
 * Finds the addresses of a Service, ready or not, in its EndpointSlices: one that is not ready may be called a moment later. One
 * page: a Service of more than 500 slices has more than 50,000 replicas.
 */
export async function findReplicas(
  cluster: Cluster,
  service: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<readonly Pick<TlsAddress, 'host' | 'port'>[]> {
  const query = new URLSearchParams({ labelSelector: `kubernetes.io/service-name=${service.name}`, limit: '500' });
  const path = `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(service.namespace)}/endpointslices`;
  const { items = [] } = await cluster.call<SliceList>({ method: 'GET', path: `${path}?${query.toString()}` }, signal);
  return items.flatMap(({ endpoints, ports }) =>
    (endpoints ?? []).flatMap(({ addresses = [] }) =>
      addresses.flatMap((host) => tlsPorts(ports ?? []).map((port) => ({ host, port }))),
    ),
  );
}

/** The one called `https`, or the only one: a Service may have others, for metrics. */
function tlsPorts(ports: readonly { readonly name?: string; readonly port?: number }[]): readonly number[] {
  const named = ports.filter(({ name }) => name === 'https');
  const [port, ...more] = named.length > 0 ? named : ports;
  return port?.port === undefined || more.length > 0 ? [] : [port.port];
}

/** Asks each of them, at once, what it serves. */
export function askReplicas(addresses: readonly TlsAddress[]): Promise<readonly Replica[]> {
  return Promise.all(
    addresses.map(async (address) => {
      const { served } = await askTls(address, '', askTimeoutMs);
      return { address: `${address.host}:${address.port}`, leaf: served?.toString() ?? null };
    }),
  );
}
