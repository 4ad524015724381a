import { admittedForKey } from './annotations.ts';
import type { JsonPatchOperation } from './json-patch.ts';
import { pointer } from './json-patch.ts';
import type { Pod } from './pod.ts';

/**
 * Sets the stamp on a pod that is to be taken, over what a backup brought along, and takes it off any other: hooks
 * written to that pod later, while it lives, must never run.
 */
export function stampPatch(pod: Pod, restore: string, isTaken: boolean): JsonPatchOperation[] {
  const stamp = stampOf(pod);
  const path = pointer('metadata', 'annotations', admittedForKey);
  if (!isTaken) return stamp === null ? [] : [{ op: 'remove', path }];
  if (stamp === restore) return [];
  if ((pod.metadata.annotations ?? null) === null) {
    return [{ op: 'add', path: pointer('metadata', 'annotations'), value: { [admittedForKey]: restore } }];
  }
  return [{ op: 'add', path, value: restore }];
}

function stampOf(pod: Pod): string | null {
  return pod.metadata.annotations?.[admittedForKey] ?? null;
}
