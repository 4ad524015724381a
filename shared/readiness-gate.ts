import { ownKeys } from './annotations.ts';
import { parseBoolean } from './boolean.ts';
import { readyCondition } from './condition.ts';
import { pointer, type JsonPatchOperation } from './json-patch.ts';
import type { Pod } from './pod.ts';
import type { HookWarning } from './warning.ts';
import { warnings } from './warning-sentences.ts';

/** Reads whether a pod is to get no traffic before its hooks are done (hooks.md section 8). null: the pod says nothing of it. */
export function parseReadinessGate(pod: Pod): { value: boolean | null; warnings: readonly HookWarning[] } {
  const text = pod.metadata.annotations?.[ownKeys.readinessGate];
  if (text === undefined) return { value: null, warnings: [] };
  const value = parseBoolean(text);
  return { value, warnings: value === null ? [warnings.strangeBoolean(ownKeys.readinessGate, text)] : [] };
}

/** Adds the gate. One that came out of a backup stays: a pod's gates are the user's, and the executor opens it. */
export function readinessGatePatch(pod: Pod, isGated: boolean): JsonPatchOperation[] {
  if (!isGated) return [];
  const gate = { conditionType: readyCondition };
  const present = pod.spec.readinessGates ?? null;
  if (present === null) return [{ op: 'add', path: pointer('spec', 'readinessGates'), value: [gate] }];
  if (present.some(({ conditionType }) => conditionType === readyCondition)) return [];
  return [{ op: 'add', path: pointer('spec', 'readinessGates', '-'), value: gate }];
}
