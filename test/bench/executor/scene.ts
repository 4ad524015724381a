import { readFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '../../../shared/service/api-client.ts';
import { openCluster } from '../../../shared/service/open-cluster.ts';
import { startKwokCluster, type KwokCluster } from '../../cluster/kwok-cluster.ts';
import type { Progress } from '../../cluster/progress.ts';
import { kubectl, kubectlJson } from '../../support/kubectl.ts';
import { installDefinitions } from '../../support/own-crds.ts';
import { cpuSecondsOf } from '../usage.ts';

/** The only Node there is. */
export const nodeName = 'bench';
const systemNamespace = 'restore-hooks';

/** A cluster of fake nodes with what the executor needs of one. */
export interface ExecutorScene {
  readonly cluster: KwokCluster;
  /** As the administrator. */
  readonly api: Cluster;
  /** With the rights of examples/install/rbac.yaml. */
  readonly executorKubeconfig: string;
  /** For files of this run. */
  readonly folder: string;
  /** Processor time that etcd, the API server and kwok have used; the commands of hooks are not in it. */
  serverCpuSeconds(): number;
  /** Makes a namespace in which pods can be made. */
  makeNamespace(name: string): Promise<void>;
}

/**
 * Starts it.
 *
 * @param stack ends it
 */
export async function startExecutorScene(
  stack: AsyncDisposableStack,
  progress: Progress,
  signal: AbortSignal,
): Promise<ExecutorScene> {
  const folder = await mkdtemp(join(tmpdir(), 'restore-hooks-bench-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const cluster = await startKwokCluster({ name: `bench-${process.pid}`, progress, signal });
  stack.defer(() => cluster.stop());
  const api = await openCluster(cluster.kubeconfig, {});
  await installDefinitions(cluster);
  const rbac = new URL('../../../examples/install/rbac.yaml', import.meta.url);
  await kubectl(cluster, ['apply', '-f', '-'], await readFile(rbac, 'utf8'));
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName } };
  await api.call({ method: 'POST', path: '/api/v1/nodes', body: node });
  await kubectl(cluster, ['wait', '--for=condition=Ready', `node/${nodeName}`, '--timeout=60s']);
  return {
    cluster,
    api,
    folder,
    executorKubeconfig: await writeKubeconfig(cluster, folder),
    serverCpuSeconds: () => Object.values(cluster.pids).reduce((sum, pid) => sum + cpuSecondsOf(pid), 0),
    async makeNamespace(name) {
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
      await api.call({ method: 'POST', path: '/api/v1/namespaces', body: namespace });
      // There is no controller that would make it.
      const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
      await api.call({ method: 'POST', path: `/api/v1/namespaces/${name}/serviceaccounts`, body: account });
    },
  };
}

async function writeKubeconfig(cluster: KwokCluster, folder: string): Promise<string> {
  const args = ['create', 'token', 'executor', '-n', systemNamespace, '--duration=10h'];
  const { stdout: token } = await kubectl(cluster, args);
  const view = ['config', 'view', '--raw'];
  const admin = await kubectlJson<{ readonly users: readonly { readonly name: string }[] }>(cluster, view);
  const users = admin.users.map(({ name }) => ({ name, user: { token: token.trim() } }));
  const file = join(folder, 'executor.kubeconfig');
  await writeFile(file, JSON.stringify({ ...admin, users }), { mode: 0o600 });
  return file;
}
