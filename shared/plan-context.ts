import type { Inheritable } from './inherit.ts';
import type { Policy } from './policy.ts';
import type { RestoreFinding } from './restore.ts';

/** Who runs hooks in this cluster (hooks.md section 10). `auto` becomes one of the first two by discovery. */
export type Mode = 'standalone' | 'takeover' | 'observe';

export const modes = ['auto', 'takeover', 'standalone', 'observe'] as const;
export type ModeSetting = (typeof modes)[number];

/** What a plan is made from besides the pod. */
export interface PlanContext {
  readonly mode: Mode;
  /**
   * `admission`: the pod is being created, and a command in Velero's annotation can still be moved. `run`: it is there, and in
   * a takeover what has not been moved is Velero's.
   */
  readonly stage: 'admission' | 'run';
  readonly restore: RestoreFinding;
  /** Those that concern the pod's namespace, in their order (`policiesFor`). */
  readonly policies: readonly Policy[];
  /** What init hooks inherit where neither pod nor policy says. */
  readonly inherit: readonly Inheritable[];
  /** In a takeover: the namespaces taken over. null: all. */
  readonly takeoverNamespaces: readonly string[] | null;
}

/** A restored pod without a Restore, in a cluster without policies. */
export const annotationsOnly: PlanContext = {
  mode: 'standalone',
  stage: 'admission',
  restore: { is: 'none' },
  policies: [],
  inherit: [],
  takeoverNamespaces: null,
};
