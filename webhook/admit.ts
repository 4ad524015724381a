import { boundWarnings } from '../shared/bound-warnings.ts';
import type { Plan } from '../shared/hook.ts';
import { admissionPatch } from '../shared/patch.ts';
import type { PlanContext } from '../shared/plan-context.ts';
import { planPod } from '../shared/plan.ts';
import { isAfterCompletion } from '../shared/restore.ts';
import { judgeRestored, type RestoreScope } from '../shared/restored.ts';
import { stampPatch } from '../shared/stamp.ts';
import { encodePatch, type AdmissionResponse } from './response.ts';
import type { PodRequest } from './review.ts';

export type Admission = { readonly response: AdmissionResponse } & (
  | { readonly outcome: 'not_created' | 'not_restored' }
  | { readonly outcome: 'patched' | 'unchanged'; readonly restore: string; readonly plan: Plan }
  | { readonly outcome: 'failed'; readonly restore: string; readonly error: unknown }
);

export type RequestJudgement =
  | { readonly restored: true; readonly restore: string }
  | { readonly restored: false; readonly outcome: 'not_created' | 'not_restored' };

const failed = 'restore hooks: this pod could not be judged and none of its hooks is run; see the log of the webhook';

/** Whether a request creates a restored pod, by itself alone: only then its Restore needs to be known. */
export function judgeRequest({ operation, subResource, pod }: PodRequest, scope: RestoreScope): RequestJudgement {
  if (operation !== 'CREATE' || subResource !== '') return { restored: false, outcome: 'not_created' };
  const judgement = judgeRestored(pod, scope);
  return judgement.restored ? judgement : { restored: false, outcome: 'not_restored' };
}

/**
 * Answers the creation of a restored pod: it gets its init hooks and the stamp, and whoever created it hears
 * what was wrong in what was asked.
 *
 * @param restore the restore label's value
 * @param context at stage `admission`
 * @param plan for tests
 */
export function admit(
  request: PodRequest,
  restore: string,
  context: PlanContext,
  plan: typeof planPod = planPod,
): Admission {
  const { uid, pod } = request;
  if (context.restore.is === 'found' && isAfterCompletion(null, context.restore.restore)) {
    // A copy of a restored pod brings its stamp along, which would count once the Restore is deleted.
    const patch = context.mode === 'observe' ? [] : stampPatch(pod, restore, false);
    return { outcome: 'not_restored', response: { uid, allowed: true, ...encodePatch(patch) } };
  }
  try {
    const planned = plan(pod, restore, context);
    const patch = admissionPatch(pod, planned, restore);
    const response = { uid, allowed: true as const, ...warningsOf(planned), ...encodePatch(patch) };
    return { outcome: patch.length === 0 ? 'unchanged' : 'patched', response, restore, plan: planned };
  } catch (error) {
    // A hook is never worth a pod.
    return { outcome: 'failed', response: { uid, allowed: true, warnings: [failed] }, restore, error };
  }
}

/** Lets everything else pass untouched. */
export function pass({ uid }: PodRequest, outcome: 'not_created' | 'not_restored'): Admission {
  return { outcome, response: { uid, allowed: true } };
}

function warningsOf({ warnings }: Plan) {
  return warnings.length === 0 ? {} : { warnings: boundWarnings(warnings) };
}
