import { startCluster } from '../cluster/cluster.ts';
import { openProgress } from '../cluster/progress.ts';

/**
 * Starts the cluster all end-to-end tests share, unless RESTORE_HOOKS_KUBECONFIG names one to be used instead. Tests find it
 * by RESTORE_HOOKS_TEST_KUBECONFIG and, where it is the embedded one, RESTORE_HOOKS_TEST_CLUSTER, the name for attachCluster.
 */
export default async function start(): Promise<void> {
  const given = process.env.RESTORE_HOOKS_KUBECONFIG;
  if (given !== undefined && given !== '') {
    process.env.RESTORE_HOOKS_TEST_KUBECONFIG = given;
    return;
  }
  const interrupt = new AbortController();
  // Jest tears nothing down when it is interrupted.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => interrupt.abort(new Error(`ended by ${signal}`)));
  }
  using progress = openProgress(process.stderr);
  const cluster = await startCluster({
    name: `test-${process.pid}`,
    owner: true,
    progress,
    signal: interrupt.signal,
  });
  const end = (): void => void cluster.stop().finally(() => process.exit(1));
  if (interrupt.signal.aborted) end();
  else interrupt.signal.addEventListener('abort', end, { once: true });
  process.env.RESTORE_HOOKS_TEST_CLUSTER = cluster.name;
  process.env.RESTORE_HOOKS_TEST_KUBECONFIG = cluster.kubeconfig;
}
