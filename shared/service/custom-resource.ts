import { ApiError } from './api-error.ts';
import type { Cluster } from './cluster.ts';
import { pause } from './pause.ts';
import { createWatch, type Watch, type Watched, type WatchNote, type WatchTiming } from './watch.ts';

export interface CustomResourceOptions<Raw extends Watched, Kept> {
  /** For example `velero.io/v1`. */
  readonly groupVersion: string;
  /** The plural name, for example `restores`. */
  readonly resource: string;
  /** Those watched, each by a watch of its own. null: all, by one. */
  readonly namespaces: readonly string[] | null;
  readonly keep: (object: Raw) => Kept;
  /** Called for each object that came, changed or went (null); also when the API server ceases to serve the resource. */
  readonly changed: (key: string, kept: Kept | null) => void;
  readonly noted: (note: CustomResourceNote) => void;
  readonly pageSize?: number;
  /** How often it is asked whether the resource is served. */
  readonly discoveryMs: number;
  readonly watchTiming?: Partial<WatchTiming>;
}

export type CustomResourceNote =
  | { readonly kind: 'served' | 'not served' }
  | { readonly kind: 'discovery failed' | 'lookup failed'; readonly error: unknown }
  | { readonly kind: 'watch'; readonly note: WatchNote };

/** Objects of a custom resource, kept in step while the API server serves it: its definition may come and go. */
export interface CustomResource<Kept> {
  /** Whether the API server serves it, as of the last discovery. null: none has succeeded yet. */
  served(): boolean | null;
  /** True once all there is has been read, which of a resource that is not served is nothing. */
  synced(): boolean;
  /** True while every watch has been read and none is broken, so that what is not there does not exist. */
  isLive(): boolean;
  values(): Iterable<Kept>;
  /** Discovers and watches until the signal aborts; resolves then. Never throws for what the server or the network does. */
  run(signal: AbortSignal): Promise<void>;
}

interface Watching {
  readonly stop: AbortController;
  readonly ended: Promise<unknown>;
}

/** Until the first answer, it is asked this often: whoever waits to be ready waits for it. */
const firstDiscoveryMs = 500;

/** Makes the collection. Nothing is sent before `run`. */
export function createCustomResource<Raw extends Watched, Kept>(
  cluster: Cluster,
  options: CustomResourceOptions<Raw, Kept>,
): CustomResource<Kept> {
  let served: boolean | null = null;
  let watches: readonly Watch<Kept>[] = [];
  const broken = new Set<number>();
  const keys = new Set<string>();

  return { served: () => served, synced, isLive, values, run };

  function synced(): boolean {
    return served !== null && (!served || watches.every((watch) => watch.synced()));
  }

  function isLive(): boolean {
    return synced() && broken.size === 0;
  }

  function* values(): Iterable<Kept> {
    for (const watch of watches) yield* watch.values();
  }

  async function run(signal: AbortSignal): Promise<void> {
    let watching: Watching | null = null;
    while (!signal.aborted) {
      const now = await discover(signal);
      if (now === true) watching ??= begin(signal);
      if (now === false && watching !== null) {
        watching.stop.abort();
        await watching.ended;
        watching = null;
        forget();
      }
      if (now !== null && now !== served) {
        served = now;
        options.noted({ kind: now ? 'served' : 'not served' });
      }
      await pause(served === null ? firstDiscoveryMs : options.discoveryMs, signal);
    }
    await watching?.ended;
  }

  /** null: it cannot be told now. */
  async function discover(signal: AbortSignal): Promise<boolean | null> {
    try {
      const path = `/apis/${options.groupVersion}`;
      const list = await cluster.call<{ resources?: { name?: string }[] }>({ method: 'GET', path }, signal);
      return (list.resources ?? []).some(({ name }) => name === options.resource);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return false;
      if (!signal.aborted) options.noted({ kind: 'discovery failed', error });
      return null;
    }
  }

  function begin(signal: AbortSignal): Watching {
    const stop = new AbortController();
    broken.clear();
    const paths = options.namespaces?.map((namespace) => `/namespaces/${encodeURIComponent(namespace)}`) ?? [''];
    watches = paths.map((path, index) => watchOf(`/apis/${options.groupVersion}${path}/${options.resource}`, index));
    const either = AbortSignal.any([signal, stop.signal]);
    return { stop, ended: Promise.all(watches.map((watch) => watch.run(either))) };
  }

  function watchOf(path: string, index: number): Watch<Kept> {
    return createWatch<Raw, Kept>(cluster, {
      path,
      keep: options.keep,
      changed: (key, kept) => {
        if (kept === null) keys.delete(key);
        else keys.add(key);
        options.changed(key, kept);
      },
      noted: (note) => {
        if (note.kind === 'broken') broken.add(index);
        else if (note.kind === 'watching') broken.delete(index);
        options.noted({ kind: 'watch', note });
      },
      ...(options.pageSize !== undefined && { pageSize: options.pageSize }),
      ...(options.watchTiming !== undefined && { timing: options.watchTiming }),
    });
  }

  function forget(): void {
    watches = [];
    for (const key of keys) options.changed(key, null);
    keys.clear();
  }
}
