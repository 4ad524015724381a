import type { RestoreScope } from '../shared/restored.ts';
import type { Logger } from '../shared/service/logger.ts';
import type { Planning } from '../shared/service/planning.ts';
import { admit, judgeRequest, pass, type Admission } from './admit.ts';
import type { HttpsApp } from './https-server.ts';
import type { WebhookMetrics } from './metrics.ts';
import { reviewOf } from './response.ts';
import { readReview, type PodRequest } from './review.ts';

export interface MutateOptions {
  readonly scope: RestoreScope;
  readonly planning: Planning;
  readonly metrics: WebhookMetrics;
  readonly logger: Logger;
}

/** Gives the server `POST /mutate`, for pods, with what is counted and logged about it. */
export function routeMutate(app: HttpsApp, options: MutateOptions): void {
  const { scope, planning, metrics, logger } = options;
  app.post('/mutate', async (httpRequest, reply) => {
    const reading = readReview(httpRequest.body);
    if (!reading.ok) {
      logger.info({ problem: reading.problem, peer: httpRequest.ip }, 'request refused');
      return reply.code(400).send({ error: reading.problem });
    }
    const admission = await answer(reading.request, scope, planning);
    count(admission, reading.request, metrics);
    log(admission, reading.request, logger);
    return reply.send(reviewOf(admission.response));
  });
}

async function answer(request: PodRequest, scope: RestoreScope, planning: Planning): Promise<Admission> {
  const judgement = judgeRequest(request, scope);
  if (!judgement.restored) return pass(request, judgement.outcome);
  const { namespace = '' } = request.pod.metadata;
  return admit(request, judgement.restore, await planning.contextFor(namespace, judgement.restore, 'admission', null));
}

function count(admission: Admission, { dryRun }: PodRequest, metrics: WebhookMetrics): void {
  metrics.requests.inc({ outcome: admission.outcome });
  if (admission.outcome === 'patched' && !dryRun) metrics.patchedPods.inc();
  if (!('plan' in admission)) return;
  for (const { code } of admission.plan.warnings) metrics.warnings.inc({ code });
}

/** A line for every restored pod, and none of the text of a command, which may hold a password. */
function log(admission: Admission, { pod, dryRun }: PodRequest, logger: Logger): void {
  if (!('restore' in admission)) return;
  const { namespace, name = pod.metadata.generateName } = pod.metadata;
  const fields = { namespace, pod: name, restore: admission.restore, dryRun };
  if (admission.outcome === 'failed') {
    logger.error({ ...fields, err: admission.error }, 'restored pod admitted without its hooks');
    return;
  }
  const { init, exec, warnings, left, command } = admission.plan;
  const hooks = { init: init.length, exec: exec.length, warnings: warnings.map(({ code }) => code), left, command };
  logger.info({ ...fields, outcome: admission.outcome, ...hooks }, 'restored pod admitted');
}
