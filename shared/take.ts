import { admittedForKey } from './annotations.ts';
import { findMark } from './condition.ts';
import type { Plan } from './hook.ts';
import type { Pod } from './pod.ts';
import { isMirror, type RestoreScope } from './restored.ts';

/** What the executor is to make of a pod when it first sees it. */
export type Taking =
  | { readonly is: 'taken'; readonly restore: string }
  /** No hook of it is run, and nothing is said. */
  | {
      readonly is: 'left';
      readonly why: 'not restored' | 'excluded' | 'controlled' | 'done before' | 'no hooks' | 'not stamped';
    }
  /** Restored with hooks, past the webhook: nothing is run, and it is said (hooks.md section 1). */
  | { readonly is: 'missed' }
  /** Its hooks were begun by an executor that is gone, which nobody can take up: nothing is run, and it is said. */
  | { readonly is: 'interrupted' };

/**
 * The rules by which a label, which stays on a pod for life, never starts a hook on its own: only the webhook's stamp for
 * this very restore does, and only on a pod that bears no mark of an earlier run (hooks.md section 1).
 *
 * @param installedAtMs Unix time in milliseconds; an older pod without the stamp was never this system's to hook
 */
export function judgeTaking(pod: Pod, plan: Plan, scope: RestoreScope, installedAtMs: number): Taking {
  const { labels, annotations, namespace = '' } = pod.metadata;
  const restore = labels?.[scope.labelKey];
  if (restore === undefined) return { is: 'left', why: 'not restored' };
  if (scope.excludedNamespaces.includes(namespace)) return { is: 'left', why: 'excluded' };
  const stamped = annotations?.[admittedForKey] === restore;
  const mark = findMark(pod);
  if (mark !== null)
    return stamped && mark.reason === 'Running' ? { is: 'interrupted' } : { is: 'left', why: 'done before' };
  if (plan.init.length + plan.exec.length === 0) return { is: 'left', why: 'no hooks' };
  const controlled = isMadeByController(pod);
  if (stamped && !controlled) return { is: 'taken', restore };
  // A template can bear a copied stamp: its pods are no restore, and yet no hook is dropped without a word.
  if (controlled && !stamped) return { is: 'left', why: 'controlled' };
  if (isMirror(pod) || pod.metadata.deletionTimestamp != null) return { is: 'left', why: 'not stamped' };
  const createdAtMs = Date.parse(pod.metadata.creationTimestamp ?? '');
  return createdAtMs >= installedAtMs ? { is: 'missed' } : { is: 'left', why: 'not stamped' };
}

/**
 * A pod from a labelled template, and no restore. Controllers set generateName on the pods they make; a restore drops it, so
 * a controller's ownerReference without it is the adoption of a restored pod.
 */
function isMadeByController({ metadata }: Pod): boolean {
  return metadata.generateName !== undefined && (metadata.ownerReferences ?? []).some(({ controller }) => controller);
}
