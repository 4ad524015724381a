import { admittedForKey, execKeys, movedCommandKey } from './annotations.ts';
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
  const before = annotations[admittedForKey];
  const own = annotationsBytes(annotations);
  const replaced = before === undefined ? 0 : annotationsBytes({ [admittedForKey]: before });
  const stamped = own - replaced + annotationsBytes({ [admittedForKey]: label });
  return own <= annotationsLimitBytes && stamped > annotationsLimitBytes;
}

/** Whether Velero's key, which is longer than ours, has room for a moved command. At admission the stamp makes room. */
export function canMoveBack(pod: Pod, stage: PlanContext['stage']): boolean {
  const { [movedCommandKey]: moved = '', [admittedForKey]: stamp, ...others } = pod.metadata.annotations ?? {};
  const stays = stage === 'run' && stamp !== undefined ? { [admittedForKey]: stamp } : {};
  return annotationsBytes({ [execKeys.command]: moved, ...others, ...stays }) <= annotationsLimitBytes;
}

/** What the API server counts. */
export function annotationsBytes(annotations: Readonly<Record<string, string>>): number {
  return Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
}
