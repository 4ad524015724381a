import { existsSync } from 'node:fs';
import { addressesOf, overlap } from './address.ts';
import { run } from './command.ts';
import { addressesIn, type Instance } from './instance.ts';
import { processOne } from './node.ts';

/** Routes of the host as `ip -json route` shows them. */
interface Route {
  readonly dst: string;
}

/** Ranges the host has a route to already, and which an instance must not take away from it. */
export async function usedRanges(): Promise<readonly string[]> {
  const routes = JSON.parse(await run('ip', ['-4', '-json', 'route', 'show', 'table', 'all'])) as readonly Route[];
  return routes.map(({ dst }) => dst).filter((dst) => dst !== 'default');
}

/** Whether the addresses of instance `number` are free for it. */
export function isFree(number: number, used: readonly string[]): boolean {
  const { block, device } = addressesOf(number);
  return !used.some((range) => overlap(range, block)) && !existsSync(`/sys/class/net/${device}`);
}

/**
 * Lays a cable between the host and the node, with routes at both ends: the host reaches pods and Services through the node,
 * where kube-proxy's rules are; the node and its pods reach the host, and nothing behind it.
 */
export async function connectNode(instance: Instance): Promise<void> {
  const { device, host, node, pods, services } = addressesIn(instance);
  const pid = String(await processOne(instance));
  await run('ip', ['link', 'add', device, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', pid]);
  await run('nsenter', [
    ...['--target', pid, '--net', 'sh', '-ec'],
    `ip address add ${node}/30 dev eth0; ip link set eth0 up; ip route add default via ${host}`,
  ]);
  await run('sh', [
    '-ec',
    `ip address add ${host}/30 dev ${device}; ip link set ${device} up;` +
      `for range in ${pods} ${services}; do ip route add $range via ${node} dev ${device}; done`,
  ]);
}

/** Takes the cable away, if it is there. The kernel would, too, but some time after the node's end. */
export async function disconnectNode(instance: Instance): Promise<void> {
  const { device } = addressesIn(instance);
  if (!existsSync(`/sys/class/net/${device}`)) return;
  try {
    await run('ip', ['link', 'delete', device]);
  } catch (error) {
    // The kernel was faster.
    if (existsSync(`/sys/class/net/${device}`)) throw error;
  }
}
