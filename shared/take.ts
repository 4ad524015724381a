import { admittedForKey } from './annotations.ts';
import { findMark } from './condition.ts';
import type { Plan } from './hook.ts';
import { annotationsOnly, type PlanContext } from './plan-context.ts';
import type { Pod } from './pod.ts';
import { isAfterCompletion } from './restore.ts';
import { isMirror, type RestoreScope } from './restored.ts';

/** What the executor is to make of a pod when it first sees it. */
export type Taking =
  | { readonly is: 'taken'; readonly restore: string }
  /** No hook of it is run, and nothing is said. */
  | {
      readonly is: 'left';
      readonly why:
        | 'not restored'
        | 'excluded'
        | 'controlled'
        | 'done before'
        | 'no hooks'
        | 'not stamped'
        /** Made after its Restore was complete. */
        | 'too late'
        /** `plan.left` says why; what the plan warns of is said. */
        | 'not ours';
    }
  /** Restored with hooks, past the webhook: nothing is run, and it is said (hooks.md section 1). */
  | { readonly is: 'missed' }
  /** Its hooks were begun, and their HookRun is gone, so that nobody can take them up: nothing is run, and it is said. */
  | { readonly is: 'interrupted' };

/**
 * The rules by which a label, which stays on a pod for life, never starts a hook on its own: only the webhook's stamp for
 * this very restore does, and only on a pod that bears no mark of an earlier run (hooks.md section 1).
 *
 * @param plan at stage `run`
 * @param installedAtMs Unix time in milliseconds; an older pod without the stamp was never this system's to hook
 */
export function judgeTaking(
  pod: Pod,
  plan: Plan,
  scope: RestoreScope,
  installedAtMs: number,
  context: Pick<PlanContext, 'mode' | 'restore'> = annotationsOnly,
): Taking {
  const { labels, annotations, namespace = '' } = pod.metadata;
  const restore = labels?.[scope.labelKey];
  if (restore === undefined) return { is: 'left', why: 'not restored' };
  if (scope.excludedNamespaces.includes(namespace)) return { is: 'left', why: 'excluded' };
  const stamped = annotations?.[admittedForKey] === restore;
  const mark = findMark(pod);
  if (mark !== null)
    return stamped && (mark.reason === 'Running' || mark.reason === 'Waiting')
      ? { is: 'interrupted' }
      : { is: 'left', why: 'done before' };
  const createdAtMs = Date.parse(pod.metadata.creationTimestamp ?? '');
  const found = context.restore.is === 'found' ? context.restore.restore : null;
  if (found !== null && isAfterCompletion(createdAtMs, found)) return { is: 'left', why: 'too late' };
  const controlled = isMadeByController(pod);
  // A template can bear a copied stamp: its pods are no restore, and yet no hook is dropped without a word.
  if (controlled && !stamped) return { is: 'left', why: 'controlled' };
  if (plan.left !== null) return { is: 'left', why: 'not ours' };
  // A node's own pod is made by no restore, whatever its manifest says.
  if (isMirror(pod)) return { is: 'left', why: 'not stamped' };
  // With a stamp and no hooks, since they are gone or were hoped for, it is marked: hooks written to it later must never run.
  if (stamped && !controlled) return { is: 'taken', restore };
  const isTakeover = context.mode === 'takeover';
  const init = plan.init.filter(({ source }) => !isTakeover || source !== 'annotation');
  if (init.length + plan.exec.length === 0) return { is: 'left', why: 'no hooks' };
  if (pod.metadata.deletionTimestamp != null) return { is: 'left', why: 'not stamped' };
  const sinceMs = Math.max(installedAtMs, found?.createdAtMs ?? 0);
  return createdAtMs >= sinceMs ? { is: 'missed' } : { is: 'left', why: 'not stamped' };
}

/**
 * A pod from a labelled template, and no restore. Controllers set generateName on the pods they make; a restore drops it, so
 * a controller's ownerReference without it is the adoption of a restored pod.
 */
function isMadeByController({ metadata }: Pod): boolean {
  return metadata.generateName !== undefined && (metadata.ownerReferences ?? []).some(({ controller }) => controller);
}
