import type { Pod } from './pod.ts';

/** What counts as a restore, and where none is looked at. The webhook and the executor are given the same. */
export interface RestoreScope {
  /** The label that a restore tool sets on what it restores. */
  readonly labelKey: string;
  readonly excludedNamespaces: readonly string[];
}

/** Velero's. */
export const defaultRestoreLabel = 'velero.io/restore-name';

/** The cluster's own namespace and this system's. */
export const defaultExcludedNamespaces: readonly string[] = ['kube-system', 'restore-hooks'];

export type RestoredJudgement =
  /** `restore` is the label's value, which may be empty. */
  | { readonly restored: true; readonly restore: string }
  | { readonly restored: false; readonly reason: 'NoLabel' | 'ExcludedNamespace' | 'MirrorPod' | 'Controlled' };

/** Set by a kubelet on the API server's image of a static pod, which no restore can have made. */
const mirrorKey = 'kubernetes.io/config.mirror';

/**
 * Judges, while a pod is being created, whether a restore creates it (hooks.md section 1). Later this cannot be told from
 * the pod alone: a ReplicaSet may have adopted it since.
 *
 * @param pod with its namespace filled in
 */
export function judgeRestored(pod: Pod, scope: RestoreScope): RestoredJudgement {
  const { metadata } = pod;
  const restore = restoreOf(pod, scope.labelKey);
  if (restore === null) return { restored: false, reason: 'NoLabel' };
  if (scope.excludedNamespaces.includes(metadata.namespace ?? '')) {
    return { restored: false, reason: 'ExcludedNamespace' };
  }
  if (isMirror(pod)) return { restored: false, reason: 'MirrorPod' };
  // Velero strips owners, so a pod with a controller comes from a template that bears the label.
  if (metadata.ownerReferences?.some(({ controller }) => controller === true)) {
    return { restored: false, reason: 'Controlled' };
  }
  return { restored: true, restore };
}

function restoreOf(pod: Pod, labelKey: string): string | null {
  const labels = pod.metadata.labels ?? {};
  return Object.hasOwn(labels, labelKey) ? (labels[labelKey] ?? null) : null;
}

/** Whether the pod is the API server's image of a static pod, which only its kubelet can change. */
export function isMirror({ metadata }: Pod): boolean {
  return Object.hasOwn(metadata.annotations ?? {}, mirrorKey);
}
