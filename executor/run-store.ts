import { hookRunPath, type HookRun, type HookRunSpec, type HookRunStatus } from '../shared/hook-run.ts';
import { ApiError } from '../shared/service/api-error.ts';
import type { Cluster } from '../shared/service/cluster.ts';

/** What became of a write. `conflict`: it is at another version, and was not written. `gone`: there is none (any more). */
export type Written = HookRun | 'conflict' | 'gone';

/** The HookRuns at the API server. Each method throws as Cluster.call does, for what it does not return. */
export interface RunStore {
  /** Resolves to the HookRun as it is stored, made now or before; `gone`: its namespace is going. */
  create(run: HookRun, signal: AbortSignal): Promise<HookRun | 'gone'>;
  get(namespace: string, name: string, signal: AbortSignal): Promise<HookRun | null>;
  /** Writes the status if the HookRun is still the one at hand, at its version. */
  writeStatus(run: HookRun, status: HookRunStatus, signal: AbortSignal): Promise<Written>;
  writeSpec(run: HookRun, spec: Partial<HookRunSpec>, signal: AbortSignal): Promise<Written>;
}

export interface RunStoreNotes {
  readonly wrote: () => void;
  readonly conflicted: () => void;
}

const manager = 'fieldManager=restore-hooks-executor';

/** Makes the store. A merge patch leaves alone what a newer version keeps in an object. */
export function createRunStore(cluster: Cluster, notes: RunStoreNotes): RunStore {
  async function get(namespace: string, name: string, signal: AbortSignal): Promise<HookRun | null> {
    try {
      return lighten(await cluster.call<HookRun>({ method: 'GET', path: hookRunPath(namespace, name) }, signal));
    } catch (error) {
      if (isStatus(error, 404)) return null;
      throw error;
    }
  }

  async function patch(run: HookRun, subresource: string, change: object, signal: AbortSignal): Promise<Written> {
    const { namespace, name, uid, resourceVersion } = run.metadata;
    const path = `${hookRunPath(namespace, name)}${subresource}?${manager}`;
    const body = { metadata: { uid, resourceVersion }, ...change };
    try {
      const written = await cluster.call<HookRun>(
        { method: 'PATCH', path, contentType: 'application/merge-patch+json', body },
        signal,
      );
      notes.wrote();
      return lighten(written);
    } catch (error) {
      if (isStatus(error, 404)) return 'gone';
      if (!isStatus(error, 409)) throw error;
      notes.conflicted();
      return 'conflict';
    }
  }

  return {
    get,
    async create(run, signal) {
      const { namespace, name } = run.metadata;
      try {
        const made = await cluster.call<HookRun>(
          { method: 'POST', path: `${hookRunPath(namespace)}?${manager}`, body: run },
          signal,
        );
        notes.wrote();
        return lighten(made);
      } catch (error) {
        if (error instanceof ApiError && error.status === 403 && error.message.includes('being terminated'))
          return 'gone';
        if (!isStatus(error, 409)) throw error;
        const found = await get(namespace, name, signal);
        if (found === null) throw error;
        return found;
      }
    },
    writeStatus: (run, status, signal) => patch(run, '/status', { status }, signal),
    writeSpec: (run, spec, signal) => patch(run, '', { spec }, signal),
  };
}

/** Thousands may be unfinished, and each is held as it was written last: managed fields, which no patch needs, would be most of it. */
function lighten({ metadata, ...run }: HookRun): HookRun {
  const { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp, labels } = metadata;
  return {
    ...run,
    metadata: {
      name,
      namespace,
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(creationTimestamp != null && { creationTimestamp }),
      ...(deletionTimestamp != null && { deletionTimestamp }),
      ...(labels != null && { labels }),
    },
  };
}

function isStatus(error: unknown, status: number): boolean {
  return error instanceof ApiError && error.status === status;
}
