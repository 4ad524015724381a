import {
  findingOf,
  isAfterCompletion,
  readRestore,
  type Restore,
  type RestoreFinding,
  type RestoreObject,
} from '../restore.ts';
import { noRules } from '../resource-rule.ts';
import type { Cluster } from './cluster.ts';
import { createCustomResource, type CustomResourceNote } from './custom-resource.ts';
import { createRecent } from './recent.ts';
import { createRestoreIndex, type KeptRestore } from './restore-index.ts';
import { getRestore, lookUpRestores } from './restore-lookup.ts';
import { createRulesCache } from './rules-cache.ts';
import { keyOf, type WatchTiming } from './watch.ts';

export interface RestoresOptions {
  /** Where Restores are watched: Velero's namespaces. */
  readonly namespaces: readonly string[];
  /** For one question to the API server, which a pod's creation waits for. */
  readonly lookupMs: number;
  /** Of hooks kept in memory; those of more Restores are asked for when they are needed. */
  readonly mostCharacters: number;
  readonly discoveryMs: number;
  readonly noted: (note: CustomResourceNote) => void;
  /** A question was sent to the API server. */
  readonly asked: () => void;
  readonly watchTiming?: Partial<WatchTiming>;
}

/** The Restores of a cluster, as far as their hooks go. */
export interface Restores {
  /** Whether the API server serves Restores. null: not known yet. */
  served(): boolean | null;
  synced(): boolean;
  /**
   * The Restore of the pods that bear this label value. Answers from memory, and asks the API server once where a name has
   * not been seen yet: a Restore is often milliseconds older than its pods. Never throws.
   *
   * @param createdAtMs of the pod; null: it is being created
   */
  find(labelValue: string, createdAtMs: number | null): Promise<RestoreFinding>;
  run(signal: AbortSignal): Promise<void>;
}

/** For this long an answer counts that the watch has not brought: it is milliseconds behind, or broken. */
const recentMs = 5_000;
/** A name that was not there when asked for: the watch brings it if it comes. */
const absentMs = 60_000;

/** With hooks, each may be as large as etcd takes, 1.5 MB, and all of a page are parsed at once. */
const pageSize = 50;

/** Makes the collection. Nothing is sent before `run` or `find`. */
export function createRestores(cluster: Cluster, options: RestoresOptions): Restores {
  const index = createRestoreIndex(options.mostCharacters);
  const rulesOf = createRulesCache();
  const found = createRecent<readonly Restore[]>(recentMs);
  const absent = createRecent<true>(absentMs);
  const asking = new Map<string, Promise<readonly Restore[] | null>>();
  const resource = createCustomResource<RestoreObject & { readonly metadata: { readonly name?: string } }, true>(
    cluster,
    {
      groupVersion: 'velero.io/v1',
      resource: 'restores',
      namespaces: options.namespaces,
      discoveryMs: options.discoveryMs,
      // The watch itself would keep all of them; the index keeps as much as may be.
      keep: (object) => {
        index.put(keyOf(object), readRestore(object));
        return true;
      },
      changed: (key, kept) => {
        if (kept === null) index.remove(key);
      },
      noted: options.noted,
      pageSize,
      ...(options.watchTiming !== undefined && { watchTiming: options.watchTiming }),
    },
  );

  return {
    served: () => resource.served(),
    synced: () => resource.synced(),
    run: (signal) => resource.run(signal),
    find,
  };

  async function find(labelValue: string, createdAtMs: number | null): Promise<RestoreFinding> {
    if (labelValue === '' || resource.served() === false) return { is: 'none' };
    const [newest, ...others] = [...index.find(labelValue)].sort(byAge);
    if (newest === undefined) return await findUnseen(labelValue);
    const ambiguous = others.length > 0;
    if (isAfterCompletion(createdAtMs, { ...newest, hooksText: '' })) {
      return { is: 'found', restore: { ...newest, hooksText: '' }, rules: noRules, ambiguous };
    }
    const { hooksText } = newest;
    if (hooksText !== null) {
      const restore = { ...newest, hooksText };
      return { is: 'found', restore, rules: rulesOf(restore), ambiguous };
    }
    const { namespace, name } = newest;
    const answer = await ask(JSON.stringify([namespace, name]), async (signal) => {
      const restore = await getRestore(cluster, namespace, name, signal);
      return restore === null ? [] : [restore];
    });
    if (answer === null) return { is: 'unreadable' };
    const finding = findingOf(answer, rulesOf);
    return finding.is === 'found' ? { ...finding, ambiguous } : finding;
  }

  async function findUnseen(labelValue: string): Promise<RestoreFinding> {
    if (absent.get(labelValue) === true && resource.isLive()) return { is: 'none' };
    const answer = await ask(labelValue, (signal) => lookUpRestores(cluster, labelValue, options.namespaces, signal));
    if (answer === null) return { is: 'unreadable' };
    if (answer.length === 0) absent.set(labelValue, true);
    return findingOf(answer, rulesOf);
  }

  /** Pods of one restore come by the hundred: one question is asked for all of them. null: no answer came. */
  function ask(
    key: string,
    question: (signal: AbortSignal) => Promise<readonly Restore[]>,
  ): Promise<readonly Restore[] | null> {
    const recent = found.get(key);
    if (recent !== undefined) return Promise.resolve(recent);
    const before = asking.get(key);
    if (before !== undefined) return before;
    options.asked();
    const answer = question(AbortSignal.timeout(options.lookupMs))
      .then((restores) => {
        if (restores.length > 0) found.set(key, restores);
        return restores;
      })
      .catch((error: unknown) => {
        options.noted({ kind: 'lookup failed', error });
        return null;
      })
      .finally(() => asking.delete(key));
    asking.set(key, answer);
    return answer;
  }
}

function byAge(one: KeptRestore, other: KeptRestore): number {
  return (other.createdAtMs ?? 0) - (one.createdAtMs ?? 0) || (one.namespace < other.namespace ? -1 : 1);
}
