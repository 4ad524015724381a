import { startComponent, stopComponent } from '../cluster/component.ts';
import { componentOf } from '../cluster/components.ts';
import { readInstance } from '../cluster/instance.ts';

const name = 'kube-controller-manager';

/**
 * Has the controller manager take a node for gone that has not been heard of for so long; the default is 50 s. A kubelet renews its
 * Lease every 10 s.
 *
 * @returns starts it with the default again
 */
export async function nodeGracePeriod(cluster: string, seconds: number): Promise<() => Promise<void>> {
  const instance = await readInstance(cluster);
  if (instance === null) throw new Error(`there is no cluster ${cluster}`);
  const component = componentOf(instance, name);
  const restart = async (flags: readonly string[]) => {
    await stopComponent(instance, name, 'SIGKILL');
    await startComponent(instance, { ...component, command: [...component.command, ...flags] });
  };
  await restart([`--node-monitor-grace-period=${seconds}s`, '--node-monitor-period=1s']);
  return () => restart([]);
}
