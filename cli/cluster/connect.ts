import { connectCluster, loadKubeConfig, type Cluster } from '../../shared/service/cluster.ts';

/** Which cluster is meant, and as whom. */
export interface ClusterChoice {
  /** null: by the rules of kubectl. */
  readonly kubeconfig: string | null;
  readonly context: string | null;
}

/** Somebody waits in front of a terminal. */
export const answerTimeoutMs = 15_000;

/** The client of the cluster that is meant. Nothing is asked yet. Throws if the kubeconfig cannot be used. */
export function connect({ kubeconfig, context }: ClusterChoice): Cluster {
  const config = loadKubeConfig(kubeconfig, context);
  const server = config.getCurrentCluster()?.server ?? '';
  // What the client library makes up if it finds no kubeconfig.
  if (!server.startsWith('https:')) throw new Error(`no kubeconfig that names an https server was found (${server})`);
  return connectCluster(config);
}
