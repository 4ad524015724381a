import { once } from 'node:events';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Registry } from 'prom-client';
import type { Logger } from '../shared/service/logger.ts';
import type { Cluster } from '../shared/service/api-client.ts';
import { annotationPlanning, createPlanning, type Planning } from '../shared/service/planning.ts';
import { startProbes, type Readiness } from '../shared/service/probes.ts';
import type { WebhookConfig } from './config.ts';
import { createHttpsServer } from './https-server.ts';
import { createWebhookMetrics } from './metrics.ts';
import { addRoutes } from './routes.ts';
import { openTls } from './tls.ts';

export interface Webhook {
  /** The HTTPS port that was bound. */
  readonly port: number;
  /** The port of /healthz, /readyz and /metrics that was bound. */
  readonly probePort: number;
  /** Resolves once the signal was aborted and all has stopped. */
  readonly stopped: Promise<void>;
}

export interface WebhookDependencies {
  readonly logger: Logger;
  /** Aborted to stop: not ready at once, then running requests end, then nothing listens any more. */
  readonly signal: AbortSignal;
  readonly registry?: Registry;
  /** Called only if the configuration wants Restores and policies. */
  readonly connect: (kubeconfig: string | null) => Promise<Cluster>;
}

/**
 * Starts the webhook: it serves when this resolves.
 *
 * @throws where the certificate cannot be served, the authority of clients cannot be read, or a port cannot be bound.
 */
export async function startWebhook(config: WebhookConfig, dependencies: WebhookDependencies): Promise<Webhook> {
  const { logger, signal, registry = new Registry() } = dependencies;
  const metrics = createWebhookMetrics(registry);
  const tls = await openTls(config, { metrics, logger });
  const app = createHttpsServer({
    certificate: tls.certificate(),
    clientAuthority: tls.clientAuthority(),
    limits: config.limits,
    logger,
  });
  const planning = await makePlanning(config, dependencies, () => metrics.restoreLookups.inc());
  const knowing = planning.run(signal);
  const { scope, planning: settings } = config;
  addRoutes(app, { scope, planning, settings, clients: tls.clients, metrics, logger, signal });
  await app.ready();

  let listening = false;
  // A resource that comes later is read within a moment, and asked for until then.
  let wasReady = false;
  const readiness = (): Readiness => {
    if (signal.aborted) return { ready: false, reason: 'shutting down' };
    if (!listening) return { ready: false, reason: 'starting' };
    if (!wasReady && !planning.ready().ready) return planning.ready();
    if (tls.certificate().expiresAtMs <= Date.now()) return { ready: false, reason: 'the certificate has expired' };
    return { ready: true };
  };
  const probes = await startProbes({ ...config.probes, registry, readiness });
  try {
    app.server.listen(config.https.port, config.https.host);
    await once(app.server, 'listening');
  } catch (error) {
    await probes.close();
    throw error;
  }
  listening = true;

  const renewal = tls.renew((context) => app.server.setSecureContext(context), signal);
  void planning.known.then(() => {
    wasReady = true;
    logger.info({ mode: planning.mode() }, 'webhook is ready');
  });
  const stop = async () => {
    await aborted(signal);
    logger.info('webhook is shutting down');
    await closeServer(app.server, config.shutdown);
    await Promise.all([renewal, knowing]);
    await probes.close();
    logger.info('webhook has stopped');
  };
  return { port: (app.server.address() as AddressInfo).port, probePort: probes.port, stopped: stop() };
}

async function makePlanning(
  { planning }: WebhookConfig,
  { connect, logger }: WebhookDependencies,
  asked: () => void,
): Promise<Planning> {
  if (planning.sources === 'annotations') return annotationPlanning(planning);
  return createPlanning(await connect(planning.kubeconfig), { ...planning, log: logger, asked });
}

/** New requests are served until the endpoints have forgotten this pod: one that is turned away is a hook that is missed. */
async function closeServer(server: Server, { delayMs, graceMs }: WebhookConfig['shutdown']): Promise<void> {
  await delay(delayMs);
  const closed = once(server, 'close');
  server.close();
  const cutOff = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(cutOff);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
