import { boundWarnings } from '../shared/bound-warnings.ts';
import type { Plan } from '../shared/hook.ts';
import type { JsonPatchOperation } from '../shared/json-patch.ts';
import { admissionPatch } from '../shared/patch.ts';
import { planPod } from '../shared/plan.ts';
import type { Pod } from '../shared/pod.ts';
import { judgeRestored, type RestoreScope } from '../shared/restored.ts';
import type { PodRequest } from './review.ts';

/** The response of an AdmissionReview: a pod is never refused here. */
export interface AdmissionResponse {
  readonly uid: string;
  readonly allowed: true;
  readonly warnings?: readonly string[];
  /** The API server refuses a patchType without a patch, so both are there or neither. */
  readonly patchType?: 'JSONPatch';
  /** A JSON Patch, in base64. */
  readonly patch?: string;
}

export type Admission = { readonly response: AdmissionResponse } & (
  | { readonly outcome: 'not_created' | 'not_restored' }
  | { readonly outcome: 'patched' | 'unchanged'; readonly restore: string; readonly plan: Plan }
  | { readonly outcome: 'failed'; readonly restore: string; readonly error: unknown }
);

const failed = 'restore hooks: this pod could not be judged and none of its hooks is run; see the log of the webhook';

/**
 * Answers an admission request: a pod that a restore creates gets its init hooks and the stamp, and whoever created it hears
 * what was wrong in what was asked; all else passes untouched.
 *
 * @param plan for tests
 */
export function admit(request: PodRequest, scope: RestoreScope, plan: (pod: Pod) => Plan = planPod): Admission {
  const { uid, pod } = request;
  if (request.operation !== 'CREATE' || request.subResource !== '') {
    return { outcome: 'not_created', response: { uid, allowed: true } };
  }
  const judgement = judgeRestored(pod, scope);
  if (!judgement.restored) return { outcome: 'not_restored', response: { uid, allowed: true } };
  const { restore } = judgement;
  try {
    const planned = plan(pod);
    const patch = admissionPatch(pod, planned, restore);
    const response = { uid, allowed: true as const, ...warningsOf(planned), ...encode(patch) };
    return { outcome: patch.length === 0 ? 'unchanged' : 'patched', response, restore, plan: planned };
  } catch (error) {
    return { outcome: 'failed', response: { uid, allowed: true, warnings: [failed] }, restore, error };
  }
}

function warningsOf({ warnings }: Plan) {
  return warnings.length === 0 ? {} : { warnings: boundWarnings(warnings) };
}

function encode(patch: readonly JsonPatchOperation[]) {
  if (patch.length === 0) return {};
  return { patchType: 'JSONPatch' as const, patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
}
