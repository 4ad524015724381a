import { readEnvironment } from '../shared/service/environment.ts';
import { openCluster } from '../shared/service/open-cluster.ts';
import { createLogger } from '../shared/service/logger.ts';
import { shutdownSignal } from '../shared/service/shutdown.ts';
import { executorEnvironment } from './config.ts';
import { runExecutor } from './start.ts';

const reading = readEnvironment(executorEnvironment, process.env);
if (!reading.ok) {
  process.stderr.write(`restore-hooks executor: the configuration is not usable\n${reading.message}\n`);
  process.exit(2);
}
const log = createLogger({ name: 'executor', level: reading.config.logLevel });
try {
  const connect = (kubeconfig: string | null) => openCluster(kubeconfig, process.env);
  await runExecutor(reading.config, connect, log, shutdownSignal());
  // The API client's idle connections would keep the process for as long as the server likes.
  process.exit(0);
} catch (error) {
  log.fatal({ err: error }, 'executor failed');
  process.exit(1);
}
