import type { RestoreScope } from '../shared/restored.ts';
import type { Logger } from '../shared/service/logger.ts';
import { admit, type Admission } from './admit.ts';
import type { HttpsApp } from './https-server.ts';
import type { WebhookMetrics } from './metrics.ts';
import { readReview, type PodRequest } from './review.ts';

export interface MutateOptions {
  readonly scope: RestoreScope;
  readonly metrics: WebhookMetrics;
  readonly logger: Logger;
  /** Once aborted, answers ask the client to go elsewhere with its next request. */
  readonly signal: AbortSignal;
}

/** Gives the server its one route, `POST /mutate`, with what is counted and logged about it. */
export function routeMutate(app: HttpsApp, options: MutateOptions): void {
  const { scope, metrics, logger, signal } = options;
  app.addHook('onSend', async (_request, reply) => {
    if (signal.aborted) reply.header('connection', 'close');
    return Promise.resolve();
  });
  app.addHook('onResponse', (_request, reply, done) => {
    metrics.duration.observe(reply.elapsedTime / 1000);
    if (reply.statusCode >= 400) metrics.requests.inc({ outcome: reply.statusCode < 500 ? 'bad_request' : 'failed' });
    done();
  });
  app.post('/mutate', (httpRequest, reply) => {
    const reading = readReview(httpRequest.body);
    if (!reading.ok) {
      logger.info({ problem: reading.problem, peer: httpRequest.ip }, 'request refused');
      return reply.code(400).send({ error: reading.problem });
    }
    const admission = admit(reading.request, scope);
    count(admission, reading.request, metrics);
    log(admission, reading.request, logger);
    const { response } = admission;
    return reply.send({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
  });
  app.route({
    method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: '/mutate',
    handler: (_request, reply) => reply.code(405).header('allow', 'POST').send({ error: 'only POST is served here' }),
  });
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
  const { init, exec, warnings } = admission.plan;
  const hooks = { init: init.length, exec: exec.length, warnings: warnings.map(({ code }) => code) };
  logger.info({ ...fields, outcome: admission.outcome, ...hooks }, 'restored pod admitted');
}
