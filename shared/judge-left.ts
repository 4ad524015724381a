import { admittedForKey } from './annotations.ts';
import type { Left } from './hook.ts';
import type { PlanContext } from './plan-context.ts';
import type { Pod } from './pod.ts';

/** The API server's bound on the keys and values of all annotations of an object (apimachinery, TotalAnnotationSizeLimitB). */
export const annotationsLimitBytes = 256 * 1024;

/** Whether a restored pod is none of ours, as a whole, and why (hooks.md section 10). null: it is ours. */
export function judgeLeft(pod: Pod, label: string, context: PlanContext): Left | null {
  const { mode, stage, restore, takeoverNamespaces } = context;
  if (mode === 'observe') return 'observed';
  if (mode === 'standalone' && restore.is === 'found' && restore.restore.started) return 'velero-at-work';
  if (mode === 'takeover') {
    if (restore.is === 'found' && restore.restore.holdsHooks) return 'restore-holds-hooks';
    if (takeoverNamespaces !== null && !takeoverNamespaces.includes(pod.metadata.namespace ?? '')) {
      return 'not-taken-over';
    }
  }
  return stage === 'admission' && stampOverflows(pod, label) ? 'too-large' : null;
}

/**
 * Moving a command makes its key shorter, so that the stamp alone can be too much. A pod with too many annotations of its own
 * is refused with or without it.
 */
function stampOverflows(pod: Pod, label: string): boolean {
  const annotations = pod.metadata.annotations ?? {};
  const stamped = annotationsBytes({ ...annotations, [admittedForKey]: label });
  return stamped > annotationsLimitBytes && annotationsBytes(annotations) <= annotationsLimitBytes;
}

/** What the API server counts. */
export function annotationsBytes(annotations: Readonly<Record<string, string>>): number {
  const encoder = new TextEncoder();
  const characters = Object.entries(annotations).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  // No text has more than three bytes of UTF-8 for each unit of UTF-16, so that most need not be encoded.
  if (characters * 3 <= annotationsLimitBytes) return characters;
  return Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + encoder.encode(key).length + encoder.encode(value).length,
    0,
  );
}
