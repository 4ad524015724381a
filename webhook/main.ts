import { collectDefaultMetrics, Registry } from 'prom-client';
import { connectCluster, loadKubeConfig } from '../shared/service/cluster.ts';
import { createLogger } from '../shared/service/logger.ts';
import { shutdownSignal } from '../shared/service/shutdown.ts';
import { readWebhookConfig } from './config.ts';
import { startWebhook } from './start.ts';

const reading = readWebhookConfig(process.env);
if (!reading.ok) {
  console.error(reading.message);
  process.exit(1);
}
const { config } = reading;
const logger = createLogger({ name: 'webhook', level: config.logLevel });
const registry = new Registry();
collectDefaultMetrics({ register: registry });
try {
  const { port, probePort, stopped } = await startWebhook(config, {
    logger,
    registry,
    signal: shutdownSignal(),
    connect: (kubeconfig) => connectCluster(loadKubeConfig(kubeconfig)),
  });
  logger.info({ port, probePort }, 'webhook is listening');
  await stopped;
  // The API client's idle connections would keep the process for as long as the server likes.
  process.exit(0);
} catch (error) {
  logger.fatal({ err: error }, 'webhook failed');
  process.exitCode = 1;
}
