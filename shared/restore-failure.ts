import type { HookRunRestore } from './hook-run.ts';
import type { RunSummary } from './run-summary.ts';

/** Whose hooks a failure with on-error Fail may cancel. */
export interface Concerned {
  readonly namespace: string;
  readonly pod: { readonly name: string; readonly uid: string };
  readonly restore: HookRunRestore;
  /** Of the pod, Unix time in milliseconds. null: not known. */
  readonly podCreatedAtMs: number | null;
  /** When a rerun was asked for. null: it is the first run. */
  readonly rerunAtMs: number | null;
}

export interface FailureScope {
  /** For restores without a Restore: pods of the same label in all namespaces count as one restore. */
  readonly clusterWide: boolean;
  /** Without a Restore, so long after a failure the label's value may be used again, in milliseconds. */
  readonly windowMs: number;
  readonly systemNamespace: string;
}

/**
 * What makes pods one restore for on-error Fail (hooks.md section 7): the Restore's UID, or else the label's value within one
 * namespace. null: the pod alone, which its own record tells.
 */
export function failureGroup(
  restore: HookRunRestore,
  namespace: string,
  { clusterWide }: Pick<FailureScope, 'clusterWide'>,
): string | null {
  if (restore.uid !== undefined) return `restore ${restore.uid}`;
  if (restore.label === '') return null;
  return clusterWide ? `label ${restore.label}` : `label ${namespace}/${restore.label}`;
}

/**
 * Why the hooks of a pod that have not begun are cancelled, for people; null: no failure of its restore concerns it.
 *
 * @param failed those of its group in which a hook with on-error Fail has failed
 */
export function cancelledBy(pod: Concerned, failed: Iterable<RunSummary>, scope: FailureScope): string | null {
  for (const { namespace, pod: other, failure, restore } of failed) {
    if (failure === null || other.uid === pod.pod.uid) continue;
    const { atMs, hook, container, policyNamespace } = failure;
    if (pod.rerunAtMs !== null && atMs <= pod.rerunAtMs) continue;
    const isTenants = policyNamespace !== null && policyNamespace !== scope.systemNamespace;
    if (isTenants && namespace !== pod.namespace) continue;
    const isLater = pod.podCreatedAtMs !== null && pod.podCreatedAtMs > atMs + scope.windowMs;
    if (restore.uid === undefined && isLater) continue;
    const where = `hook ${hook + 1} (container ${container}) of pod ${namespace}/${other.name}`;
    return `${where}, whose on-error is Fail, failed; not run`;
  }
  return null;
}
