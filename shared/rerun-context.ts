import type { PlanContext } from './plan-context.ts';

/**
 * By what a rerun is planned: somebody has asked for the pod's hooks by name, so they count wherever they stand now, moved
 * back to Velero's keys or in the Restore that a Velero has worked on (hooks.md section 8).
 */
export function rerunContext(context: PlanContext): PlanContext {
  const { restore } = context;
  if (restore.is !== 'found') return { ...context, mode: 'standalone' };
  return { ...context, mode: 'standalone', restore: { ...restore, restore: { ...restore.restore, started: false } } };
}
