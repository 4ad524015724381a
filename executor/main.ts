import { readEnvironment } from '../shared/service/environment.ts';
import { boundHeapGrowth } from '../shared/service/heap.ts';
import { openCluster } from '../shared/service/open-cluster.ts';
import { createLogger } from '../shared/service/logger.ts';
import { shutdownSignal } from '../shared/service/shutdown.ts';
import { executorEnvironment } from './config.ts';
import { removeDeadLeases } from './dead-leases.ts';
import { giveBackEnvironment } from './give-back-config.ts';
import { giveBack } from './give-back.ts';
import { runExecutor } from './start.ts';

// A burst of thousands of pods leaves much behind for a moment.
boundHeapGrowth(30);
const connect = (kubeconfig: string | null) => openCluster(kubeconfig, process.env);
const [command, ...more] = process.argv.slice(2);
if (command === undefined) await execute();
else if (command === 'give-back' && more.length === 0) await giveAllBack();
else refuse(`there is no ${[command, ...more].join(' ')}: give-back, or nothing`);

async function execute(): Promise<void> {
  const reading = readEnvironment(executorEnvironment, process.env);
  if (!reading.ok) return refuse(`the configuration is not usable\n${reading.message}`);
  const log = createLogger({ name: 'executor', level: reading.config.logLevel });
  try {
    await runExecutor(reading.config, connect, log, shutdownSignal());
    // The API client's idle connections would keep the process for as long as the server likes.
    process.exit(0);
  } catch (error) {
    log.fatal({ err: error }, 'executor failed');
    process.exit(1);
  }
}

/** For an uninstall: what a takeover has moved goes back, the Leases of executors that are gone go, and the process ends. */
async function giveAllBack(): Promise<void> {
  const reading = readEnvironment(giveBackEnvironment, process.env);
  if (!reading.ok) return refuse(`the configuration is not usable\n${reading.message}`);
  const { kubeconfig, systemNamespace: namespace, restoreNamespaces, logLevel } = reading.config;
  const log = createLogger({ name: 'give-back', level: logLevel });
  try {
    const cluster = await connect(kubeconfig);
    const signal = shutdownSignal();
    const leases = removeDeadLeases(cluster, { namespace, log, monotonicMs: () => performance.now() }, signal);
    const given = await giveBack(cluster, { restoreNamespaces, log }, signal);
    await leases;
    process.exit(given.left === 0 ? 0 : 1);
  } catch (error) {
    log.fatal({ err: error }, 'give-back failed');
    process.exit(1);
  }
}

function refuse(problem: string): never {
  process.stderr.write(`restore-hooks executor: ${problem}\n`);
  process.exit(2);
}
