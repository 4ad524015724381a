import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import type { Pod, PodCondition } from '../../shared/pod.ts';
import { ApiError, ApiUnreachable } from '../../shared/service/api-error.ts';
import type { ApiRequest, Cluster } from '../../shared/service/cluster.ts';

type Fault = (request: ApiRequest) => Promise<void> | void;

interface Patch {
  readonly metadata: {
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string | null>>;
  };
  readonly status?: { readonly conditions: readonly PodCondition[] };
}

/** The pods of an API server in memory, its watch, its marks and its Events, with a fault wherever a test wants one. */
export class FakeApi {
  /** What was asked, as `GET db`, `PATCH db`, `POST event`, `LIST`, in order. */
  readonly asked: string[] = [];
  readonly events: { readonly reason: string; readonly note: string; readonly metadata: { readonly name: string } }[] =
    [];
  /** Throws, or waits, before a request is served; or after it, when only the answer is lost. */
  before: Fault = () => undefined;
  after: Fault = () => undefined;
  readonly #pods = new Map<string, Pod>();
  readonly #watchers = new Set<PassThrough>();
  readonly #listeners = new Set<() => void>();
  #version = 1;

  /** Creates a pod, or gives it another state, as the kubelet does. */
  put(pod: Pod): Pod {
    const name = pod.metadata.name ?? '';
    this.#version += 1;
    const stored = { ...pod, metadata: { ...pod.metadata, resourceVersion: String(this.#version) } };
    const type = this.#pods.has(name) ? 'MODIFIED' : 'ADDED';
    this.#pods.set(name, stored);
    this.#tell(type, stored);
    return stored;
  }

  delete(name: string): void {
    const pod = this.pod(name);
    this.#pods.delete(name);
    this.#version += 1;
    this.#tell('DELETED', { ...pod, metadata: { ...pod.metadata, resourceVersion: String(this.#version) } });
  }

  pod(name: string): Pod {
    const pod = this.#pods.get(name);
    if (pod === undefined) throw new Error(`there is no pod ${name}`);
    return pod;
  }

  mark(name: string): string {
    const mark = this.pod(name).status?.conditions?.find(({ type }) => type === 'restorehooks.io/hooks');
    return mark === undefined ? 'none' : `${mark.status} ${mark.reason ?? ''}`;
  }

  count(asked: string): number {
    return this.asked.filter((each) => each === asked).length;
  }

  /** Resolves when the condition holds; it is looked at after each request. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#listeners.add(resolve));
  }

  /** The client of it. Its execs are another server's. */
  cluster(connection: Cluster['connection']): Cluster {
    return {
      connection,
      call: async <T>(request: ApiRequest, signal?: AbortSignal) => {
        this.asked.push(told(request));
        try {
          await abortable(this.before(request), signal);
          const answer = this.#serve(request) as T;
          await abortable(this.after(request), signal);
          return answer;
        } catch (error) {
          throw error instanceof ApiError ? error : new ApiUnreachable(request.method, request.path, error);
        } finally {
          setImmediate(() => {
            for (const listener of this.#listeners) listener();
            this.#listeners.clear();
          });
        }
      },
      stream: (_path, signal) => {
        const stream = new PassThrough();
        this.#watchers.add(stream);
        signal.addEventListener('abort', () => stream.destroy(signal.reason as Error));
        stream.on('close', () => this.#watchers.delete(stream));
        return Promise.resolve(stream as unknown as IncomingMessage);
      },
    };
  }

  #tell(type: string, object: Pod): void {
    for (const watcher of this.#watchers) watcher.write(`${JSON.stringify({ type, object })}\n`);
  }

  #serve(request: ApiRequest): unknown {
    const { method, path } = request;
    if (told(request) === 'LIST') {
      return { metadata: { resourceVersion: String(this.#version) }, items: [...this.#pods.values()] };
    }
    if (method === 'POST') return this.events.push(request.body as FakeApi['events'][number]);
    const pod = this.#pods.get(podName(path));
    if (pod === undefined) throw new ApiError('not found', 404, 'NotFound', null);
    if (method === 'GET') return pod;
    const { metadata, status } = request.body as Patch;
    const stale = metadata.resourceVersion !== undefined && metadata.resourceVersion !== pod.metadata.resourceVersion;
    if (metadata.uid !== pod.metadata.uid || stale) throw new ApiError('conflict', 409, 'Conflict', null);
    const conditions = status?.conditions ?? [];
    const kept = (pod.status?.conditions ?? []).filter(({ type }) => conditions.every((c) => c.type !== type));
    const annotations = Object.entries({ ...pod.metadata.annotations, ...metadata.annotations });
    const written = annotations.flatMap(([key, value]) => (value === null ? [] : [[key, value] as const]));
    return this.put({
      ...pod,
      metadata: { ...pod.metadata, annotations: Object.fromEntries(written) },
      status: { ...pod.status, conditions: [...kept, ...conditions] },
    });
  }
}

function podName(path: string): string {
  return /\/pods\/([^/?]+)/.exec(path)?.[1] ?? '';
}

function told({ method, path }: ApiRequest): string {
  if (method === 'POST') return 'POST event';
  return podName(path) === '' ? 'LIST' : `${method} ${podName(path)}`;
}

async function abortable(fault: Promise<void> | void, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return fault;
  signal.throwIfAborted();
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop);
  });
  try {
    await Promise.race([fault, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
