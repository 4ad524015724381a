import { pointer, type JsonPatchOperation } from './json-patch.ts';
import type { PlacedInit } from './place-init.ts';
import type { Pod } from './pod.ts';
import { lastWaitContainer } from './wait-container.ts';

/**
 * Puts the placed hooks first among the pod's init containers, in their order, or right after the last wait container. A
 * hook that is there already is left where it is, unless it would run before the data is there (hooks.md section 4).
 */
export function initPatch(pod: Pod, placed: readonly PlacedInit[]): JsonPatchOperation[] {
  const present = pod.spec.initContainers ?? [];
  if (present.length === 0) return placed.length === 0 ? [] : [addAll(placed)];
  // What stands where, as the operations change it: an init container by its index in the pod, or a hook put in.
  const order: (number | 'hook')[] = [...present.keys()];
  let cursor = lastWaitContainer(present, new Set(placed.map(({ index }) => index))) + 1;
  const operations: JsonPatchOperation[] = [];
  for (const place of placed) {
    if (place.index === null) {
      operations.push({ op: 'add', path: initPath(cursor), value: containerOf(place) });
      order.splice(cursor, 0, 'hook');
      cursor += 1;
      continue;
    }
    const position = order.indexOf(place.index);
    if (position >= cursor) {
      cursor = position + 1;
      continue;
    }
    operations.push({ op: 'move', from: initPath(position), path: initPath(cursor - 1) });
    order.splice(cursor - 1, 0, ...order.splice(position, 1));
  }
  return operations;
}

function addAll(placed: readonly PlacedInit[]): JsonPatchOperation {
  return { op: 'add', path: pointer('spec', 'initContainers'), value: placed.map(containerOf) };
}

function containerOf({ hook, name }: PlacedInit) {
  return { ...hook.container, name };
}

function initPath(index: number): string {
  return pointer('spec', 'initContainers', index);
}
