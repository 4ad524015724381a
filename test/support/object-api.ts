import { ApiError, ApiUnreachable } from '../../shared/service/api-error.ts';
import type { ApiRequest, Cluster } from '../../shared/service/cluster.ts';

export interface StoredObject {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** Objects of one kind, or several, in memory, with versions, merge patches and preconditions, and a fault where a test wants one. */
export class ObjectApi {
  /** What was asked, as `GET NAME`, in order. */
  readonly asked: string[] = [];
  /** Throws, or does what another client does in that moment, before a request is served. */
  before: (asked: string, request: ApiRequest) => Promise<void> | void = () => undefined;
  readonly #objects = new Map<string, StoredObject>();
  #version = 0;

  put(object: StoredObject): StoredObject {
    this.#version += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    this.#objects.set(`${object.metadata.namespace}/${object.metadata.name}`, stored);
    return stored;
  }

  delete(namespace: string, name: string): void {
    this.#objects.delete(`${namespace}/${name}`);
  }

  get(namespace: string, name: string): StoredObject | null {
    return this.#objects.get(`${namespace}/${name}`) ?? null;
  }

  count(asked: string): number {
    return this.asked.filter((each) => each === asked).length;
  }

  cluster(): Cluster {
    return {
      connection: () => Promise.reject(new Error('nothing is executed here')),
      stream: () => Promise.reject(new Error('nothing is watched here')),
      call: async <T>(request: ApiRequest, signal?: AbortSignal) => {
        const [, namespace = '', name = ''] = /\/namespaces\/([^/]+)\/[^/]+\/([^/?]+)/.exec(request.path) ?? [];
        const asked = `${request.method} ${name}`;
        this.asked.push(asked);
        try {
          signal?.throwIfAborted();
          await this.before(asked, request);
          signal?.throwIfAborted();
          return this.#serve(`${namespace}/${name}`, request) as T;
        } catch (error) {
          throw error instanceof ApiError ? error : new ApiUnreachable(request.method, request.path, error);
        }
      },
    };
  }

  #serve(key: string, { method, body }: ApiRequest): unknown {
    const stored = this.#objects.get(key);
    if (stored === undefined) throw new ApiError(`${key} not found`, 404, 'NotFound', null);
    if (method === 'GET') return stored;
    const { preconditions, metadata } = body as { preconditions?: Precondition; metadata?: Precondition };
    const expected = (method === 'DELETE' ? preconditions : metadata) ?? {};
    const isOther = (expected.uid ?? stored.metadata.uid) !== stored.metadata.uid;
    const isLater = (expected.resourceVersion ?? stored.metadata.resourceVersion) !== stored.metadata.resourceVersion;
    if (isOther || isLater) throw new ApiError(`${key} has changed`, 409, 'Conflict', null);
    if (method === 'DELETE') {
      this.#objects.delete(key);
      return { kind: 'Status' };
    }
    return this.put(merge(stored, body) as StoredObject);
  }
}

interface Precondition {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** RFC 7396. */
function merge(into: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const kept = isMap(into) ? into : {};
  const merged = Object.entries(patch).map(([field, value]) => [field, merge(kept[field], value)] as const);
  return Object.fromEntries([...Object.entries(kept), ...merged].filter(([field]) => patch[field] !== null));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
