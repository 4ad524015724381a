import type { Lease, LeaseSpec } from '../../executor/lease.ts';
import { ApiError, ApiUnreachable } from '../../shared/service/api-error.ts';
import type { ApiRequest, Cluster } from '../../shared/service/cluster.ts';

type Fault = (request: ApiRequest) => Promise<void> | void;

interface DeleteOptions {
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** The Leases of an API server in memory, under its optimistic lock, with a fault wherever a test wants one. */
export class LeaseApi {
  readonly asked: ApiRequest[] = [];
  /** Throws, or waits, before a request is served; or after it, when only the answer is lost. */
  before: Fault = () => undefined;
  after: Fault = () => undefined;
  readonly #leases = new Map<string, Lease>();
  #version = 0;

  get(name: string): Lease {
    const lease = this.#leases.get(name);
    if (lease === undefined) throw new Error(`there is no lease ${name}`);
    return lease;
  }

  has(name: string): boolean {
    return this.#leases.has(name);
  }

  /** Creates a Lease or changes it, as another client does. */
  put(name: string, spec: LeaseSpec, labels: Readonly<Record<string, string>> = {}): Lease {
    this.#version += 1;
    const before = this.#leases.get(name)?.metadata;
    const lease: Lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name,
        namespace: 'system',
        uid: before?.uid ?? `uid-${this.#version}`,
        labels: before?.labels ?? labels,
        resourceVersion: String(this.#version),
        creationTimestamp: before?.creationTimestamp ?? '2025-12-31T23:59:59Z',
      },
      spec,
    };
    this.#leases.set(name, lease);
    return lease;
  }

  delete(name: string): void {
    this.#leases.delete(name);
  }

  /** A client, as one process has it: what is cut off from it is its own. */
  client(): Cluster & { fault: Fault } {
    const unused = () => Promise.reject(new Error('not served here'));
    const client: Cluster & { fault: Fault } = {
      fault: () => undefined,
      stream: unused,
      connection: unused,
      call: async <T>(request: ApiRequest, signal?: AbortSignal) => {
        this.asked.push(request);
        try {
          await abortable(client.fault(request), signal);
          await abortable(this.before(request), signal);
          const answer = this.#serve(request) as T;
          await abortable(this.after(request), signal);
          return answer;
        } catch (error) {
          throw error instanceof ApiError ? error : new ApiUnreachable(request.method, request.path, error);
        }
      },
    };
    return client;
  }

  #serve({ method, path, body }: ApiRequest): unknown {
    const name = /\/namespaces\/system\/leases\/([^/?]+)$/.exec(path)?.[1] ?? '';
    if (method === 'POST') {
      const { metadata, spec } = body as Lease;
      if (this.#leases.has(metadata.name)) throw new ApiError('there is one', 409, 'AlreadyExists', null);
      return this.put(metadata.name, spec, metadata.labels);
    }
    if (name === '') return { items: this.#list(path) };
    const lease = this.#leases.get(name);
    if (lease === undefined) throw new ApiError('not found', 404, 'NotFound', null);
    if (method === 'GET') return lease;
    if (method === 'PATCH') return this.put(name, { ...lease.spec, ...(body as Lease).spec });
    const { resourceVersion } = method === 'PUT' ? (body as Lease).metadata : preconditionsOf(body as DeleteOptions);
    const isStale = resourceVersion !== undefined && resourceVersion !== lease.metadata.resourceVersion;
    if (isStale) throw new ApiError('conflict', 409, 'Conflict', null);
    if (method === 'PUT') return this.put(name, (body as Lease).spec);
    return this.#leases.delete(name);
  }

  #list(path: string): Lease[] {
    const [label = '', value] = (new URL(path, 'https://api').searchParams.get('labelSelector') ?? '').split('=');
    return [...this.#leases.values()].filter(({ metadata }) => metadata.labels?.[label] === value);
  }
}

function preconditionsOf({ preconditions = {} }: DeleteOptions): { readonly resourceVersion?: string } {
  return preconditions;
}

async function abortable(fault: Promise<void> | void, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined || fault === undefined) return fault;
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason as Error);
  signal.addEventListener('abort', stop);
  try {
    await Promise.race([fault, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
