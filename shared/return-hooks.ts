import { movedHooksKey } from './annotations.ts';
import { holdsHooks, type RestoreObject } from './restore.ts';
import { isJsonMap } from './json-value.ts';
import type { Json } from './yaml-value.ts';

/** What becomes of a Restore whose hooks a takeover has moved, when there is nobody left to run them. */
export type HooksReturn =
  | { readonly is: 'nothing' }
  /** What stands in the annotation is no JSON object: it is left for a person to look at. */
  | { readonly is: 'unreadable' }
  | {
      readonly is: 'return';
      /** Of a merge patch; without `spec`, since what was written there meanwhile counts. */
      readonly metadata: { readonly annotations: Readonly<Record<string, null>> };
      readonly spec?: { readonly hooks: Json };
    };

/**
 * The inverse of `moveRestore`: the hooks back where the user wrote them. In whatever phase: Velero reads them only of a Restore
 * that it has not begun, and of the others they are a record.
 */
export function returnHooks({ metadata, spec }: RestoreObject): HooksReturn {
  const text = metadata.annotations?.[movedHooksKey];
  if (text === undefined) return { is: 'nothing' };
  const annotations = { [movedHooksKey]: null };
  if (holdsHooks(spec?.hooks)) return { is: 'return', metadata: { annotations } };
  const hooks = parse(text);
  return hooks === null ? { is: 'unreadable' } : { is: 'return', metadata: { annotations }, spec: { hooks } };
}

function parse(text: string): Json | null {
  try {
    const hooks = JSON.parse(text) as Json;
    return isJsonMap(hooks) ? hooks : null;
  } catch {
    return null;
  }
}
