import { execKeys, movedCommandKey } from '../shared/annotations.ts';
import type { ObjectMeta } from '../shared/pod.ts';
import type { AnnotationChanges } from './pod-api.ts';

/** The annotations as the user wrote them, for backups and an uninstall to find (hooks.md section 10). Empty: they are. */
export function commandBack(pod: { readonly metadata: Pick<ObjectMeta, 'annotations'> } | null): AnnotationChanges {
  const annotations = pod?.metadata.annotations ?? {};
  const moved = annotations[movedCommandKey];
  if (moved === undefined) return {};
  return { [movedCommandKey]: null, [execKeys.command]: annotations[execKeys.command] ?? moved };
}
