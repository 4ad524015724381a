import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Environment } from '../shared/service/environment.ts';
import { createLogger } from '../shared/service/logger.ts';
import { openCluster } from '../shared/service/open-cluster.ts';
import { shutdownSignal } from '../shared/service/shutdown.ts';
import type { WebhookConfig } from './config.ts';
import { startWebhook } from './start.ts';

/**
 * Runs the webhook until a signal ends the process.
 *
 * @param env where the API server is looked for
 * @returns whether it ended in order; if not, the log says why
 */
export async function serve(config: WebhookConfig, env: Environment): Promise<boolean> {
  const logger = createLogger({ name: 'webhook', level: config.logLevel });
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  try {
    const { port, probePort, stopped } = await startWebhook(config, {
      logger,
      registry,
      signal: shutdownSignal(),
      connect: (kubeconfig) => openCluster(kubeconfig, env),
    });
    logger.info({ port, probePort }, 'webhook is listening');
    await stopped;
    return true;
  } catch (error) {
    logger.fatal({ err: error }, 'webhook failed');
    return false;
  }
}
