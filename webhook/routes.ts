import type { ClientCheck } from './client-check.ts';
import type { HttpsApp } from './https-server.ts';
import type { RequestOutcome, WebhookMetrics } from './metrics.ts';
import type { Logger } from '../shared/service/logger.ts';
import { routeMutateRestore, type MutateRestoreOptions } from './mutate-restore.ts';
import { routeMutate, type MutateOptions } from './mutate.ts';

export interface RoutesOptions extends MutateOptions, MutateRestoreOptions {
  /** null: any client is answered. */
  readonly clients: ClientCheck | null;
  readonly metrics: WebhookMetrics;
  /** Once aborted, answers ask the client to go elsewhere with its next request. */
  readonly signal: AbortSignal;
}

/** Gives the server its routes, and what holds for each of them. */
export function addRoutes(app: HttpsApp, options: RoutesOptions): void {
  const { clients, metrics, signal } = options;
  app.addHook('onSend', (request, reply, payload, done) => {
    if (signal.aborted || clients?.isStale(request.raw.socket) === true) reply.header('connection', 'close');
    done(null, payload);
  });
  if (clients !== null) refuseStrangers(app, clients, options.logger);
  app.addHook('onResponse', (_request, reply, done) => {
    metrics.duration.observe(reply.elapsedTime / 1000);
    if (reply.statusCode >= 400) metrics.requests.inc({ outcome: outcomeOf(reply.statusCode) });
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

/** Before anything of the body is read. */
function refuseStrangers(app: HttpsApp, clients: ClientCheck, logger: Logger): void {
  app.server.on('secureConnection', (socket) => clients.connected(socket));
  app.addHook('onRequest', (request, _reply, done) => {
    const problem = clients.problem(request.raw.socket);
    if (problem === null) done();
    else {
      logger.info({ problem, peer: request.ip }, 'client refused');
      done(Object.assign(new Error(problem), { statusCode: 403 }));
    }
  });
}

function outcomeOf(status: number): RequestOutcome {
  if (status === 403) return 'unauthorized';
  if (status === 429) return 'busy';
  return status < 500 ? 'bad_request' : 'failed';
}
