import { executorUser, installGuard, removeGuard, renderExecutorRights } from './guard.ts';
import { userMaker, type User } from './guard-users.ts';
import { kubectl } from './kubectl.ts';
import type { AnyCluster } from './own-cluster.ts';
import { findCluster } from './scene.ts';
import { TestNamespace } from './test-namespace.ts';

/** A cluster under the guard, a namespace that nobody else uses, and who may do everything there or what the executor may. */
export interface GuardScene {
  readonly cluster: AnyCluster;
  readonly namespace: string;
  readonly user: (name: string, groups?: readonly string[]) => User;
  readonly administrator: User;
  readonly executor: User;
  /** Takes the guard and the executor's rights away again, and the namespace. */
  close(): Promise<void>;
}

/**
 * Installs the guard, and resolves when the API server judges by it.
 *
 * @param install what else the cluster needs, first
 */
export async function openGuardScene(
  install: (cluster: AnyCluster) => Promise<void> = () => Promise.resolve(),
): Promise<GuardScene> {
  const { cluster } = await findCluster();
  const home = await TestNamespace.make(cluster);
  await install(cluster);
  await installGuard(cluster);
  await kubectl(cluster, ['apply', '-f', '-'], await renderExecutorRights(cluster));
  const user = await userMaker(cluster);
  return {
    cluster,
    namespace: home.namespace,
    user,
    administrator: user('admin', ['system:masters']),
    executor: user(executorUser),
    async close() {
      await removeGuard(cluster);
      await kubectl(cluster, ['delete', '-f', '-'], await renderExecutorRights(cluster));
      await home.remove();
    },
  };
}
