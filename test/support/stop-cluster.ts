import { attachCluster } from '../cluster/cluster.ts';

/** Ends the cluster of start-cluster.ts, if there is one. */
export default async function stop(): Promise<void> {
  const name = process.env.RESTORE_HOOKS_TEST_CLUSTER;
  if (name !== undefined) await (await attachCluster(name)).stop();
}
