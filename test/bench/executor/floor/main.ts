import { eachOf } from '../../../../executor/each-of.ts';
import { defaultExecTiming, execute } from '../../../../executor/exec-session.ts';
import { readExecStatus } from '../../../../executor/exec-status.ts';
import { openCluster } from '../../../../shared/service/open-cluster.ts';
import type { FloorAnswer, FloorRequest } from './protocol.ts';

/**
 * The floor under the executor: the same execs by the same client, and nothing else. A process of its own, as the executor is
 * one. It does what its parent asks and ends with it.
 */
const [kubeconfig = ''] = process.argv.slice(2);
const cluster = await openCluster(kubeconfig, {});
const never = new AbortController().signal;
const listener = { opened: () => undefined, stdout: () => undefined, stderr: () => undefined };

process.on('message', (request: FloorRequest) => {
  void answer(request).then((told) => process.send?.(told));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

async function answer(request: FloorRequest): Promise<FloorAnswer> {
  const before = process.cpuUsage();
  const startMs = performance.now();
  try {
    await runAll(request);
  } catch (error) {
    return { is: 'error', message: error instanceof Error ? error.message : String(error) };
  }
  const { user, system } = process.cpuUsage(before);
  return { is: 'done', seconds: (performance.now() - startMs) / 1000, cpuSeconds: (user + system) / 1e6 };
}

async function runAll({ namespace, pods, parallel }: FloorRequest): Promise<void> {
  await eachOf(pods, parallel, async ({ name, commands }) => {
    for (const command of commands) await runOne(namespace, name, command);
  });
}

async function runOne(namespace: string, pod: string, command: readonly string[]): Promise<void> {
  const target = { namespace, pod, container: 'main' };
  const end = await execute(cluster, target, command, listener, defaultExecTiming, never);
  if (end.how !== 'status') throw new Error(`an exec ended with ${end.how}: ${end.message}`);
  const outcome = readExecStatus(end.text, true);
  if (!outcome.ok) throw new Error(`a command failed: ${outcome.message}`);
}
