import { movedHooksKey } from './annotations.ts';
import { annotationsBytes, annotationsLimitBytes } from './judge-left.ts';
import { pointer, type JsonPatchOperation } from './json-patch.ts';
import { holdsHooks, type RestoreObject } from './restore.ts';
import type { HookWarning } from './warning.ts';
import { warnings } from './warning-sentences.ts';
import type { Json } from './yaml-value.ts';

/** What is to become of a Restore's hooks while it is created or updated in a takeover. */
export interface RestoreMove {
  /**
   * `moved` into the annotation; `dropped`, since they came too late; `left` to Velero, which may have read them, or for which
   * they are too large; `nothing`: it holds none.
   */
  readonly outcome: 'moved' | 'dropped' | 'left' | 'nothing';
  readonly patch: readonly JsonPatchOperation[];
  readonly warnings: readonly HookWarning[];
}

/** A Velero that is not at work on it yet will read it again. */
const openPhases: readonly string[] = ['', 'New'];

/**
 * Moves the hooks of a Restore out of Velero's sight, so that the executor runs them (hooks.md section 10). Hooks that stood
 * there before this request are left: Velero may have read them, and would run them, too (docs/adr/0009).
 *
 * @param before the Restore as it is stored; null: it is being created
 */
export function moveRestore(restore: RestoreObject, before: RestoreObject | null): RestoreMove {
  const hooks = restore.spec?.hooks;
  const name = restore.metadata.name ?? '';
  if (hooks === undefined || !holdsHooks(hooks)) return { outcome: 'nothing', patch: [], warnings: [] };
  if (before !== null && holdsHooks(before.spec?.hooks)) return { outcome: 'left', patch: [], warnings: [] };
  const emptied: JsonPatchOperation = { op: 'add', path: pointer('spec', 'hooks'), value: {} };
  const phase = restore.status?.phase ?? '';
  if (!openPhases.includes(phase)) {
    // A copy of one that is over, which nobody will work on: a record, and not a wish.
    if (before === null) return { outcome: 'left', patch: [], warnings: [] };
    return { outcome: 'dropped', patch: [emptied], warnings: [warnings.restoreHooksDropped(name, phase)] };
  }
  const text = textOf(hooks);
  const annotations = restore.metadata.annotations ?? null;
  if (text === null || annotationsBytes({ ...annotations, [movedHooksKey]: text }) > annotationsLimitBytes) {
    return { outcome: 'left', patch: [], warnings: [warnings.restoreHooksTooLarge(name)] };
  }
  const path = pointer('metadata', 'annotations');
  const annotated: JsonPatchOperation =
    annotations === null
      ? { op: 'add', path, value: { [movedHooksKey]: text } }
      : { op: 'add', path: pointer('metadata', 'annotations', movedHooksKey), value: text };
  return { outcome: 'moved', patch: [annotated, emptied], warnings: [] };
}

/** null: it nests deeper than can be written, and nobody has a use for it. */
function textOf(hooks: Json): string | null {
  try {
    return JSON.stringify(hooks);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
