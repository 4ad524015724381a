import type { JsonPatchOperation } from '../shared/json-patch.ts';

/** The response of an AdmissionReview: nothing is ever refused here. */
export interface AdmissionResponse {
  readonly uid: string;
  readonly allowed: true;
  readonly warnings?: readonly string[];
  /** The API server refuses a patchType without a patch, so both are there or neither. */
  readonly patchType?: 'JSONPatch';
  /** A JSON Patch, in base64. */
  readonly patch?: string;
}

/** An answer's patch: nothing, where there are no operations. */
export function encodePatch(patch: readonly JsonPatchOperation[]): Pick<AdmissionResponse, 'patch' | 'patchType'> {
  if (patch.length === 0) return {};
  return { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
}

/** The body of an answer. */
export function reviewOf(response: AdmissionResponse) {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
}
