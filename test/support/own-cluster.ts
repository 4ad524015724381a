import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { loadKubeConfig } from '../../shared/service/cluster.ts';
import type { Cluster } from '../cluster/cluster.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the demo and most tests need of a cluster; the embedded one can do more. */
export type AnyCluster = Pick<Cluster, 'kubeconfig' | 'kubectl' | 'hostAddress'>;

/**
 * The user's own cluster, named by RESTORE_HOOKS_KUBECONFIG. null: none is named.
 *
 * Its API server must reach the webhook on this machine: at RESTORE_HOOKS_HOST_ADDRESS, or else at the address from which this
 * machine reaches the API server. Throws, and says which variable to set, if that is a loopback address.
 */
export async function findOwnCluster(env: Environment): Promise<AnyCluster | null> {
  const kubeconfig = env.RESTORE_HOOKS_KUBECONFIG ?? '';
  if (kubeconfig === '') return null;
  const { server = '' } = loadKubeConfig(kubeconfig).getCurrentCluster() ?? {};
  const hostAddress = env.RESTORE_HOOKS_HOST_ADDRESS ?? (await addressTowards(new URL(server).hostname));
  if (/^(127\.|::1$)/.test(hostAddress)) {
    throw new Error(
      `The API server of ${kubeconfig} is reached through ${hostAddress}, where it cannot reach a webhook on this machine.\n` +
        'Set RESTORE_HOOKS_HOST_ADDRESS to an address at which it can (for kind: the gateway of its Docker network).',
    );
  }
  return { kubeconfig, kubectl: 'kubectl', hostAddress };
}

/** The address of this machine that its routes choose towards another; nothing is sent. */
async function addressTowards(host: string): Promise<string> {
  const socket = createSocket('udp4');
  try {
    socket.connect(9, host);
    await once(socket, 'connect');
    return socket.address().address;
  } finally {
    socket.close();
  }
}
