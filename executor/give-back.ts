import { movedHooksKey } from '../shared/annotations.ts';
import type { ObjectMeta } from '../shared/pod.ts';
import type { RestoreObject } from '../shared/restore.ts';
import { returnHooks } from '../shared/return-hooks.ts';
import { ApiError, waitAfterMs } from '../shared/service/api-error.ts';
import { backoffMs, type Backoff } from '../shared/service/backoff.ts';
import type { Cluster } from '../shared/service/api-client.ts';
import type { Logger } from '../shared/service/logger.ts';
import { pause } from '../shared/service/pause.ts';
import { commandBack } from './command-back.ts';
import { eachOf } from './each-of.ts';
import { annotatePod } from './pod-api.ts';

export interface GiveBackOptions {
  /** Where Velero's Restores are. */
  readonly restoreNamespaces: readonly string[];
  readonly log: Logger;
  readonly backoff?: Backoff;
}

/** What was moved, and what could not be. */
export interface GivenBack {
  readonly pods: number;
  readonly restores: number;
  /** Still where the takeover moved it: the API server refused, or what was moved cannot be read. */
  readonly left: number;
}

interface MetadataList {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly { readonly metadata: ObjectMeta }[] | null;
}

const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
/** Of metadata, a page of this many is a few hundred KB. */
const pageSize = 500;
const concurrency = 8;
/** With the back-off, an API server may be away for about half a minute. */
const tries = 6;

/**
 * Moves what a takeover has moved back to where its users wrote it, in all pods and in the Restores, for the time when no executor
 * will do so any more (hooks.md section 10). What was moved back before, is gone or was written anew meanwhile is left alone.
 *
 * @throws as Cluster.call does, if pods or Restores cannot even be listed after several tries.
 */
export async function giveBack(cluster: Cluster, options: GiveBackOptions, signal: AbortSignal): Promise<GivenBack> {
  const { log, backoff = { firstMs: 500, maxMs: 10_000 } } = options;
  const given = { pods: 0, restores: 0, left: 0 };

  async function insist<T>(call: () => Promise<T>): Promise<T> {
    for (let failures = 1; ; failures += 1) {
      try {
        return await call();
      } catch (error) {
        const isFinal = error instanceof ApiError && error.status < 500 && error.status !== 409 && error.status !== 429;
        if (isFinal || failures === tries || signal.aborted) throw error;
        log.warn({ err: error }, 'not moved back, trying again');
        await pause(waitAfterMs(error, backoffMs(backoff, failures, Math.random())), signal);
      }
    }
  }

  /** Every object's metadata, page by page; none where the API server does not serve them. */
  async function eachListed(path: string, act: (metadata: ObjectMeta) => Promise<void>): Promise<void> {
    let token = '';
    do {
      const query = `limit=${pageSize}${token === '' ? '' : `&continue=${encodeURIComponent(token)}`}`;
      const list = await insist(() => listOrNone(cluster, `${path}?${query}`, signal));
      await eachOf(list.items ?? [], concurrency, ({ metadata }) => act(metadata));
      token = list.metadata.continue ?? '';
    } while (token !== '');
  }

  async function change(kind: 'pods' | 'restores', { namespace, name }: ObjectMeta, act: () => Promise<boolean>) {
    try {
      const isGiven = await insist(act);
      if (!isGiven) return;
      given[kind] += 1;
      log.info({ kind, namespace, name }, 'moved back');
    } catch (error) {
      given.left += 1;
      log.error({ err: error, kind, namespace, name }, 'not moved back');
    }
  }

  await eachListed('/api/v1/pods', async (metadata) => {
    const { namespace = '', name = '', uid = '' } = metadata;
    const changes = commandBack({ metadata });
    if (Object.keys(changes).length === 0) return;
    await change('pods', metadata, async () => {
      const written = await annotatePod(cluster, { namespace, name, uid }, changes, signal);
      // Another pod of the name was made since, by whoever made it as it is.
      return written === 'written';
    });
  });
  for (const namespace of options.restoreNamespaces) {
    const path = `/apis/velero.io/v1/namespaces/${encodeURIComponent(namespace)}/restores`;
    await eachListed(path, async (metadata) => {
      if (metadata.annotations?.[movedHooksKey] === undefined) return;
      await change('restores', metadata, () => giveBackHooks(cluster, `${path}/${metadata.name ?? ''}`, signal));
    });
  }
  log.info(given, 'what a takeover had moved is moved back');
  return given;
}

/** False: there is nothing to be moved any more. Throws as Cluster.call does, 409 if it changed meanwhile. */
async function giveBackHooks(cluster: Cluster, path: string, signal: AbortSignal): Promise<boolean> {
  let restore: RestoreObject;
  try {
    restore = await cluster.call<RestoreObject>({ method: 'GET', path }, signal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
  const back = returnHooks(restore);
  switch (back.is) {
    case 'nothing':
      return false;
    case 'unreadable':
      throw new Error(`the annotation ${movedHooksKey} holds no JSON object: correct or remove it by hand`);
    case 'return': {
      const { resourceVersion = '' } = restore.metadata;
      const body = {
        metadata: { ...back.metadata, resourceVersion },
        ...(back.spec === undefined ? {} : { spec: back.spec }),
      };
      await cluster.call({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body }, signal);
      return true;
    }
  }
}

async function listOrNone(cluster: Cluster, path: string, signal: AbortSignal): Promise<MetadataList> {
  try {
    return await cluster.call<MetadataList>({ method: 'GET', path, accept: metadataOnly }, signal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return { metadata: {}, items: [] };
    throw error;
  }
}
