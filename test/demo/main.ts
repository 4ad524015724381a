import { parseArgs } from 'node:util';
import { shutdownSignal } from '../../shared/service/shutdown.ts';
import { startCluster, type Cluster } from '../cluster/cluster.ts';
import { openProgress } from '../cluster/progress.ts';
import { findOwnCluster } from '../support/own-cluster.ts';
import { startSystem } from '../support/system.ts';
import { Demo } from './demo.ts';

const usage = `Runs the examples of Velero's restore hooks page on a real Kubernetes of one node, made for it on this machine.

  npm run demo [-- --keep]

  --keep   leaves the cluster, the webhook and the executor up, and tells how to use them, until Ctrl-C

With RESTORE_HOOKS_KUBECONFIG it runs on a cluster of your own instead (namespace app, removed again; what
examples/install/rbac.yaml and charts/restore-hooks/files/crds make stays). Its API server must reach this machine at RESTORE_HOOKS_HOST_ADDRESS.

Exit code 0 if every hook did what it should and the data is back, else 1.
`;

const { values } = parseArgs({
  options: { keep: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}

const signal = shutdownSignal();
const progress = openProgress(process.stdout);
let code = 1;
try {
  await using stack = new AsyncDisposableStack();
  const own = await findOwnCluster(process.env);
  const name = `demo-${process.pid}`;
  const cluster = own ?? (await startOwned(name, stack));
  progress.step('Starting the webhook and the executor');
  const system = await startSystem(cluster);
  stack.defer(() => system.stop());
  progress.done('The webhook is registered with the API server, and the executor watches.');
  const demo = new Demo(cluster, system, signal);
  if (own !== null) stack.defer(() => demo.cleanUp());
  const good = await demo.run();
  code = good ? 0 : 1;
  if (values.keep) {
    console.log(`
The cluster is up until you press Ctrl-C. In another terminal, in this folder:

  export KUBECONFIG=${cluster.kubeconfig}
  ${own === null ? `npm run cluster -- exec --name ${name} kubectl` : 'kubectl'} -n app get pods
  ${own === null ? `npm run cluster -- exec --name ${name} kubectl` : 'kubectl'} -n app get events

Restore something of your own: create a pod with hook annotations and the label velero.io/restore-name.`);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
} catch (error) {
  if (!signal.aborted) console.error(error instanceof Error ? error.message : error);
  else console.error('Stopped.');
}
process.exit(code);

async function startOwned(name: string, stack: AsyncDisposableStack): Promise<Cluster> {
  const cluster = await startCluster({ name, owner: true, images: ['postgres'], progress, signal });
  stack.defer(() => cluster.stop());
  return cluster;
}
