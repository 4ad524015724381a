import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import type { RestoreObject } from '../../shared/restore.ts';
import { ApiError, ApiUnreachable } from '../../shared/service/api-error.ts';
import type { ApiRequest, Cluster } from '../../shared/service/cluster.ts';

/** An API server with Restores and nothing else, whose watch is as slow, and whose answers are as bad, as a test wants. */
export class RestoresApi {
  /** What was asked, as `discovery`, `list`, `watch`, `names` or `get NAME`, in order. */
  readonly asked: string[] = [];
  served = true;
  /** Throws, or waits, before a request is answered. */
  before: (asked: string) => Promise<void> | void = () => undefined;
  readonly #restores = new Map<string, RestoreObject>();
  readonly #watchers = new Set<PassThrough>();
  #version = 1;

  /** Stores a Restore, which the watch does not tell of yet. */
  store(name: string, more: Partial<RestoreObject> = {}): RestoreObject {
    this.#version += 1;
    const metadata = { namespace: 'velero', name, uid: `uid-${name}`, resourceVersion: String(this.#version) };
    const restore: RestoreObject = { ...more, metadata: { ...metadata, ...more.metadata } };
    this.#restores.set(name, restore);
    return restore;
  }

  /** Has the watch tell of it. */
  tell(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: RestoreObject): void {
    if (type === 'DELETED') this.#restores.delete(object.metadata.name ?? '');
    for (const watcher of this.#watchers) watcher.write(`${JSON.stringify({ type, object })}\n`);
  }

  /** Breaks every watch. */
  cut(): void {
    for (const watcher of this.#watchers) watcher.destroy(new Error('socket hang up'));
  }

  count(asked: string): number {
    return this.asked.filter((each) => each === asked).length;
  }

  cluster(): Cluster {
    return {
      connection: () => Promise.reject(new Error('nothing is executed here')),
      call: async <T>(request: ApiRequest, signal?: AbortSignal) => {
        const asked = told(request);
        this.asked.push(asked);
        try {
          await raced(Promise.resolve(this.before(asked)), signal);
          return this.#answer(asked) as T;
        } catch (error) {
          throw error instanceof ApiError ? error : new ApiUnreachable(request.method, request.path, error);
        }
      },
      stream: (_path, signal) => {
        this.asked.push('watch');
        const stream = new PassThrough();
        this.#watchers.add(stream);
        signal.addEventListener('abort', () => stream.destroy(signal.reason as Error));
        stream.on('close', () => this.#watchers.delete(stream));
        return Promise.resolve(stream as unknown as IncomingMessage);
      },
    };
  }

  #answer(asked: string): unknown {
    if (!this.served) throw new ApiError('not found', 404, 'NotFound', null);
    if (asked === 'discovery') return { resources: [{ name: 'restores' }] };
    const items = [...this.#restores.values()];
    if (asked === 'list' || asked === 'names') return { metadata: { resourceVersion: String(this.#version) }, items };
    const restore = this.#restores.get(asked.slice('get '.length));
    if (restore === undefined) throw new ApiError('not found', 404, 'NotFound', null);
    return restore;
  }
}

function told({ path, accept }: ApiRequest): string {
  const name = /\/restores\/([^/?]+)/.exec(path)?.[1];
  if (name !== undefined) return `get ${name}`;
  if (!path.includes('/restores')) return 'discovery';
  return accept === undefined ? 'list' : 'names';
}

async function raced(wait: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return wait;
  signal.throwIfAborted();
  await Promise.race([
    wait,
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
  ]);
}
