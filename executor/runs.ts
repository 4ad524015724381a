import { hookRunApiVersion, hookRunName, hookRunPlural, type HookRun, type HookRunPhase } from '../shared/hook-run.ts';
import { cancelledBy, failureGroup, type Concerned, type FailureScope } from '../shared/restore-failure.ts';
import { summarizeRun, type RunSummary } from '../shared/run-summary.ts';
import type { Cluster } from '../shared/service/cluster.ts';
import { createCustomResource, type CustomResourceNote } from '../shared/service/custom-resource.ts';
import type { WatchTiming } from '../shared/service/watch.ts';

export interface RunsOptions {
  readonly scope: FailureScope;
  readonly discoveryMs: number;
  /** Called for each HookRun that came, changed or went. */
  readonly changed: (run: RunSummary, isGone: boolean) => void;
  /** Called when there is one more or less in a phase. */
  readonly counted: (phase: HookRunPhase, change: 1 | -1) => void;
  readonly noted: (note: CustomResourceNote) => void;
  readonly watchTiming?: Partial<WatchTiming>;
}

/** All HookRuns of the cluster, in brief. */
export interface Runs {
  /** null: it is not known yet; false: the API server does not serve HookRuns. */
  served(): boolean | null;
  synced(): boolean;
  values(): Iterable<RunSummary>;
  get(pod: { readonly namespace: string; readonly name: string; readonly uid: string }): RunSummary | null;
  /** Takes what was just written, or is about to be: a failure counts before the watch brings it. */
  note(run: RunSummary): void;
  /** It was found to be deleted: what was noted of it since must not stay. */
  forget(pod: { readonly namespace: string; readonly name: string; readonly uid: string }): void;
  /** Why the hooks of a pod that have not begun are cancelled; null: they are not. */
  cancelled(pod: Concerned): string | null;
  run(signal: AbortSignal): Promise<void>;
}

/** Makes the collection. Nothing is sent before `run`. */
export function createRuns(cluster: Cluster, options: RunsOptions): Runs {
  const known = new Map<string, RunSummary>();
  const failed = new Map<string, Map<string, RunSummary>>();
  const resource = createCustomResource<HookRun, RunSummary>(cluster, {
    groupVersion: hookRunApiVersion,
    resource: hookRunPlural,
    namespaces: null,
    discoveryMs: options.discoveryMs,
    keep: summarizeRun,
    changed: (key, run) => {
      const before = known.get(key);
      if (run !== null) {
        if (before !== undefined && !isNewer(run, before)) return;
        put(key, run);
        options.changed(run, false);
      } else if (before !== undefined) {
        drop(key, before);
        options.changed(before, true);
      }
    },
    noted: options.noted,
    ...(options.watchTiming !== undefined && { watchTiming: options.watchTiming }),
  });

  function put(key: string, run: RunSummary): void {
    const before = known.get(key);
    known.set(key, run);
    if (before !== undefined) options.counted(before.phase ?? 'Waiting', -1);
    options.counted(run.phase ?? 'Waiting', 1);
    const group = failureGroup(run.restore, run.namespace, options.scope);
    if (group === null || (before?.failure ?? null) === run.failure) return;
    const members = failed.get(group) ?? new Map<string, RunSummary>();
    if (run.failure === null) members.delete(key);
    else members.set(key, run);
    if (members.size === 0) failed.delete(group);
    else failed.set(group, members);
  }

  function drop(key: string, run: RunSummary): void {
    known.delete(key);
    options.counted(run.phase ?? 'Waiting', -1);
    const group = failureGroup(run.restore, run.namespace, options.scope);
    const members = failed.get(group ?? '');
    members?.delete(key);
    if (members?.size === 0) failed.delete(group ?? '');
  }

  return {
    served: () => resource.served(),
    synced: () => resource.synced(),
    values: () => known.values(),
    get: (pod) => known.get(`${pod.namespace}/${hookRunName(pod)}`) ?? null,
    note: (run) => put(`${run.namespace}/${run.name}`, run),
    forget(pod) {
      const key = `${pod.namespace}/${hookRunName(pod)}`;
      const run = known.get(key);
      if (run !== undefined) drop(key, run);
    },
    cancelled(pod) {
      const group = failureGroup(pod.restore, pod.namespace, options.scope);
      const members = group === null ? undefined : failed.get(group);
      return members === undefined ? null : cancelledBy(pod, members.values(), options.scope);
    },
    run: (signal) => resource.run(signal),
  };
}

/**
 * The watch may bring what is older than what was noted of a write since. Versions of one resource can be compared as numbers.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions (KEP-5504)
 */
function isNewer({ version }: RunSummary, before: RunSummary): boolean {
  const [one, other] = [version, before.version];
  return one.length === other.length ? one > other : one.length > other.length;
}
