import { ApiError, waitAfterMs } from './api-error.ts';
import { backoffMs, type Backoff } from './backoff.ts';
import type { Cluster } from './cluster.ts';
import { readLines } from './lines.ts';
import { pause } from './pause.ts';

/** What a watched object must have for the watch itself. */
export interface Watched {
  readonly metadata: { readonly name?: string; readonly namespace?: string; readonly resourceVersion?: string };
}

export interface WatchOptions<Raw extends Watched, Kept> {
  /** The collection, for example `/api/v1/pods`. */
  readonly path: string;
  readonly labelSelector?: string;
  /** What is kept in memory of an object: a watch of 5,000 whole pods costs 340 MB, of trimmed ones much less. */
  readonly keep: (object: Raw) => Kept;
  /** Called for each object that came, changed or went (null), the first list included. */
  readonly changed: (key: string, kept: Kept | null) => void;
  readonly noted: (event: WatchNote) => void;
  /** Objects a page of the list holds: all of a page are in memory at once. */
  readonly pageSize?: number;
  readonly timing?: Partial<WatchTiming>;
  readonly random?: () => number;
}

export interface WatchTiming {
  /** Asked of the server, which then ends the watch by itself. */
  readonly watchMs: number;
  /**
   * A watch without any event for this long is taken for dead. The server sends a bookmark every minute or so
   * (KEP-956), so silence of two minutes is a broken connection that nobody closed.
   */
  readonly silenceMs: number;
  readonly backoff: Backoff;
}

export type WatchNote =
  | { readonly kind: 'listed'; readonly objects: number }
  | { readonly kind: 'watching' }
  /** The server ended the watch in order, or its history is gone (410): nothing is wrong. */
  | { readonly kind: 'ended'; readonly why: 'closed' | 'expired' }
  | { readonly kind: 'broken'; readonly error: unknown; readonly retryInMs: number };

const defaultTiming: WatchTiming = {
  watchMs: 300_000,
  silenceMs: 120_000,
  // An API server that restarts is back within seconds; pods wait for their hooks meanwhile, so the bound is low.
  backoff: { firstMs: 200, maxMs: 5_000 },
};

/** Objects a page of the list holds unless said otherwise, as client-go asks for. */
const defaultPageSize = 500;

/** A collection kept in step with the API server. */
export interface Watch<Kept> {
  get(key: string): Kept | undefined;
  values(): Iterable<Kept>;
  /** True once the first list has been read. */
  synced(): boolean;
  /** Lists and watches until the signal aborts; resolves then. Never throws for what the server or the network does. */
  run(signal: AbortSignal): Promise<void>;
}

interface Event<Raw> {
  readonly type: string;
  readonly object: Raw & { readonly code?: number; readonly message?: string };
}

/** `namespace/name`, or the name of what has no namespace. */
export function keyOf(object: Watched): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? (name ?? '') : `${namespace}/${name ?? ''}`;
}

/**
 * A watch that never gives up: after an error, a cut, silence or a compacted history (410) it goes on from the last
 * resourceVersion, or lists again and reports what came, changed and went between.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export function createWatch<Raw extends Watched, Kept>(
  cluster: Cluster,
  options: WatchOptions<Raw, Kept>,
): Watch<Kept> {
  const timing = { ...defaultTiming, ...options.timing };
  const random = options.random ?? Math.random;
  const objects = new Map<string, { readonly version: string; readonly kept: Kept }>();
  let version: string | null = null;
  let synced = false;
  /** In a row: any event that is not an error ends the row. */
  let failures = 0;

  return { get: (key) => objects.get(key)?.kept, values, synced: () => synced, run };

  function* values(): Iterable<Kept> {
    for (const { kept } of objects.values()) yield kept;
  }

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        version ??= await list(signal);
        options.noted({ kind: 'watching' });
        const why = await watch(signal);
        options.noted({ kind: 'ended', why });
        failures += 1;
        // A server that ends every watch before anything came must not be asked in a tight loop.
        if (failures > 1) await pause(backoffMs(timing.backoff, failures, random()), signal);
      } catch (error) {
        failures += 1;
        const retryInMs = waitAfterMs(error, backoffMs(timing.backoff, failures, random()));
        if (error instanceof ApiError && error.status === 410) version = null;
        if (!hasAborted(signal)) options.noted({ kind: 'broken', error, retryInMs });
        await pause(retryInMs, signal);
      }
    }
  }

  async function list(signal: AbortSignal): Promise<string> {
    const seen = new Set<string>();
    let token = '';
    for (;;) {
      const query = new URLSearchParams({ limit: String(options.pageSize ?? defaultPageSize) });
      if (options.labelSelector !== undefined) query.set('labelSelector', options.labelSelector);
      if (token !== '') query.set('continue', token);
      const page = await cluster.call<{
        metadata: { resourceVersion: string; continue?: string };
        items: Raw[] | null;
      }>({ method: 'GET', path: `${options.path}?${query.toString()}` }, signal);
      for (const object of page.items ?? []) {
        seen.add(keyOf(object));
        put(object);
      }
      token = page.metadata.continue ?? '';
      if (token === '') return reconcileWith(seen, page.metadata.resourceVersion);
    }
  }

  /** Drops what the list no longer has; returns the version from which to watch. */
  function reconcileWith(seen: ReadonlySet<string>, listed: string): string {
    for (const key of [...objects.keys()]) if (!seen.has(key)) remove(key);
    synced = true;
    options.noted({ kind: 'listed', objects: seen.size });
    return listed;
  }

  function put(object: Raw): void {
    const key = keyOf(object);
    const objectVersion = object.metadata.resourceVersion ?? '';
    if (objects.get(key)?.version === objectVersion) return;
    const kept = options.keep(object);
    objects.set(key, { version: objectVersion, kept });
    options.changed(key, kept);
  }

  function remove(key: string): void {
    if (objects.delete(key)) options.changed(key, null);
  }

  /** Resolves when the server ended the watch; throws when it broke or fell silent. */
  async function watch(signal: AbortSignal): Promise<'closed' | 'expired'> {
    const silence = new AbortController();
    const fallSilent = () => silence.abort(new Error(`nothing came for ${timing.silenceMs} ms`));
    let timer = setTimeout(fallSilent, timing.silenceMs);
    try {
      const query = new URLSearchParams({
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: version ?? '',
        timeoutSeconds: String(Math.ceil(timing.watchMs / 1000)),
      });
      if (options.labelSelector !== undefined) query.set('labelSelector', options.labelSelector);
      const either = AbortSignal.any([signal, silence.signal]);
      const answer = await cluster.stream(`${options.path}?${query.toString()}`, either);
      for await (const line of readLines(answer)) {
        clearTimeout(timer);
        timer = setTimeout(fallSilent, timing.silenceMs);
        if (!apply(JSON.parse(line) as Event<Raw>)) return 'expired';
        failures = 0;
      }
      return 'closed';
    } catch (error) {
      throw silence.signal.aborted ? silence.signal.reason : error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Returns false if the history is gone and a new list is needed; throws for any other error event. */
  function apply(event: Event<Raw>): boolean {
    switch (event.type) {
      case 'ADDED':
      case 'MODIFIED':
        put(event.object);
        break;
      case 'DELETED':
        remove(keyOf(event.object));
        break;
      case 'ERROR':
        version = null;
        if (event.object.code === 410) return false;
        throw new Error(`the watch ended with an error: ${event.object.code ?? ''} ${event.object.message ?? ''}`);
      default:
    }
    version = event.object.metadata.resourceVersion ?? version;
    return true;
  }
}

/** Asked anew: what was false before an await may be true after it. */
function hasAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
