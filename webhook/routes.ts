import type { HttpsApp } from './https-server.ts';
import type { WebhookMetrics } from './metrics.ts';
import { routeMutateRestore, type MutateRestoreOptions } from './mutate-restore.ts';
import { routeMutate, type MutateOptions } from './mutate.ts';

export interface RoutesOptions extends MutateOptions, MutateRestoreOptions {
  readonly metrics: WebhookMetrics;
  /** Once aborted, answers ask the client to go elsewhere with its next request. */
  readonly signal: AbortSignal;
}

/** Gives the server its routes, and what holds for each of them. */
export function addRoutes(app: HttpsApp, options: RoutesOptions): void {
  const { metrics, signal } = options;
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (signal.aborted) reply.header('connection', 'close');
    done(null, payload);
  });
  app.addHook('onResponse', (_request, reply, done) => {
    metrics.duration.observe(reply.elapsedTime / 1000);
    if (reply.statusCode >= 400) metrics.requests.inc({ outcome: reply.statusCode < 500 ? 'bad_request' : 'failed' });
    done();
  });
  routeMutate(app, options);
  routeMutateRestore(app, options);
  for (const url of ['/mutate', '/mutate-restore']) {
    app.route({
      method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      url,
      handler: (_request, reply) => reply.code(405).header('allow', 'POST').send({ error: 'only POST is served here' }),
    });
  }
}
