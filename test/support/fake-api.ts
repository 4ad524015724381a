import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { hookRunPlural, type HookRun } from '../../shared/hook-run.ts';
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

interface RunPatch {
  readonly metadata: { readonly uid?: string; readonly resourceVersion?: string };
  readonly spec?: Partial<HookRun['spec']>;
  readonly status?: HookRun['status'];
}

/** Pods and HookRuns of an API server in memory, their watches, and Events, with a fault wherever a test wants one. */
export class FakeApi {
  /**
   * What was asked, as `GET db`, `PATCH db`, `POST event`, `LIST`, in order; of HookRuns as `POST run`, `GET run`, `PATCH run`,
   * `LIST runs`, and `DISCOVER`.
   */
  readonly asked: string[] = [];
  readonly events: { readonly reason: string; readonly note: string; readonly metadata: { readonly name: string } }[] =
    [];
  /** Throws, or waits, before a request is served; or after it, when only the answer is lost. */
  before: Fault = () => undefined;
  after: Fault = () => undefined;
  readonly #pods = new Map<string, Pod>();
  readonly #runs = new Map<string, HookRun>();
  readonly #watchers = new Map<PassThrough, 'pods' | 'runs'>();
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

  /** Gives a pod a state of which no watch tells: it has fallen silent. */
  putUnseen(pod: Pod): void {
    this.#version += 1;
    const metadata = { ...pod.metadata, resourceVersion: String(this.#version) };
    this.#pods.set(pod.metadata.name ?? '', { ...pod, metadata });
  }

  /** Takes all labels off a pod: watches by a label take it for gone. */
  unlabel(name: string): void {
    const { metadata, ...pod } = this.pod(name);
    this.putUnseen({ ...pod, metadata: { ...metadata, labels: {} } });
    this.#tell('DELETED', this.pod(name));
  }

  /** The HookRun of a pod, by the pod's name. */
  run(pod: string): HookRun {
    const run = [...this.#runs.values()].find(({ spec }) => spec.pod.name === pod);
    if (run === undefined) throw new Error(`there is no HookRun of ${pod}`);
    return run;
  }

  /** Stores a HookRun, as somebody else may. */
  putRun(run: HookRun): HookRun {
    const { name } = run.metadata;
    this.#version += 1;
    const stored = {
      ...run,
      metadata: { uid: `uid of ${name}`, ...run.metadata, resourceVersion: String(this.#version) },
    };
    const type = this.#runs.has(name) ? 'MODIFIED' : 'ADDED';
    this.#runs.set(name, stored);
    this.#tell(type, stored, 'runs');
    return stored;
  }

  deleteRun(pod: string): void {
    const run = this.run(pod);
    this.#runs.delete(run.metadata.name);
    this.#version += 1;
    const metadata = { ...run.metadata, resourceVersion: String(this.#version) };
    this.#tell('DELETED', { ...run, metadata }, 'runs');
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
      stream: (path, signal) => {
        const stream = new PassThrough();
        this.#watchers.set(stream, isOfRuns(path) ? 'runs' : 'pods');
        signal.addEventListener('abort', () => stream.destroy(signal.reason as Error));
        stream.on('close', () => this.#watchers.delete(stream));
        return Promise.resolve(stream as unknown as IncomingMessage);
      },
    };
  }

  #tell(type: string, object: Pod | HookRun, of: 'pods' | 'runs' = 'pods'): void {
    for (const [watcher, kind] of this.#watchers) {
      if (kind === of) watcher.write(`${JSON.stringify({ type, object })}\n`);
    }
  }

  #serve(request: ApiRequest): unknown {
    const { method, path } = request;
    if (told(request) === 'DISCOVER') return { resources: [{ name: hookRunPlural }] };
    if (isOfRuns(path)) return this.#serveRuns(request);
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

  #serveRuns({ method, path, body }: ApiRequest): unknown {
    if (method === 'POST') {
      const { apiVersion, kind, metadata, spec } = body as HookRun;
      const run: HookRun = { apiVersion, kind, metadata, spec };
      if (this.#runs.has(run.metadata.name)) throw new ApiError('exists', 409, 'AlreadyExists', null);
      return this.putRun(run);
    }
    if (method === 'GET' && runName(path) === '') {
      return { metadata: { resourceVersion: String(this.#version) }, items: [...this.#runs.values()] };
    }
    const run = this.#runs.get(runName(path));
    if (run === undefined) throw new ApiError('not found', 404, 'NotFound', null);
    if (method === 'GET') return run;
    const { metadata, spec, status } = body as RunPatch;
    if (metadata.resourceVersion !== run.metadata.resourceVersion || metadata.uid !== run.metadata.uid) {
      throw new ApiError('conflict', 409, 'Conflict', null);
    }
    if (path.includes('/status')) return this.putRun({ ...run, ...(status !== undefined && { status }) });
    return this.putRun({ ...run, spec: { ...run.spec, ...spec } });
  }
}

function isOfRuns(path: string): boolean {
  return path.includes(`/${hookRunPlural}`);
}

function runName(path: string): string {
  return decodeURIComponent(new RegExp(`/${hookRunPlural}/([^/?]+)`).exec(path)?.[1] ?? '');
}

function podName(path: string): string {
  return /\/pods\/([^/?]+)/.exec(path)?.[1] ?? '';
}

function told({ method, path }: ApiRequest): string {
  if (/^\/apis\/[^/]+\/[^/]+$/.test(path)) return 'DISCOVER';
  if (isOfRuns(path)) return method === 'GET' && runName(path) === '' ? 'LIST runs' : `${method} run`;
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
