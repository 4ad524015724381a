import { commandPatch } from './command-patch.ts';
import type { Plan } from './hook.ts';
import { initPatch } from './init-patch.ts';
import type { JsonPatchOperation } from './json-patch.ts';
import { placeInit } from './place-init.ts';
import type { Pod } from './pod.ts';
import { readinessGatePatch } from './readiness-gate.ts';
import { stampPatch } from './stamp.ts';

/**
 * What a restored pod needs changed at its creation: its init hooks in their place, its readiness gate, its command where
 * its owner looks for it, and the stamp that lets the executor take it. Applied and asked again, it gives no operation.
 *
 * @param restore the restore label's value, which may be empty
 */
export function admissionPatch(pod: Pod, plan: Plan, restore: string): JsonPatchOperation[] {
  if (plan.left === 'observed') return [];
  return [
    ...initPatch(pod, placeInit(pod, plan.init)),
    ...readinessGatePatch(pod, plan.readinessGate),
    ...commandPatch(pod, plan.command),
    ...stampPatch(pod, restore, plan.stamp),
  ];
}
