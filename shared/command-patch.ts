import { execKeys, movedCommandKey } from './annotations.ts';
import type { Plan } from './hook.ts';
import { pointer, type JsonPatchOperation } from './json-patch.ts';
import type { Pod } from './pod.ts';

/** Moves the annotated command to where its owner looks for it (hooks.md section 10). */
export function commandPatch(pod: Pod, command: Plan['command']): JsonPatchOperation[] {
  const veleros = pointer('metadata', 'annotations', execKeys.command);
  const ours = pointer('metadata', 'annotations', movedCommandKey);
  switch (command) {
    case 'stays':
      return [];
    case 'moves':
      // Over what an earlier takeover left there: a move replaces its target (RFC 6902 section 4.4).
      return [{ op: 'move', from: veleros, path: ours }];
    case 'moves back':
      // What the user wrote since counts.
      return pod.metadata.annotations?.[execKeys.command] === undefined
        ? [{ op: 'move', from: ours, path: veleros }]
        : [{ op: 'remove', path: ours }];
  }
}
