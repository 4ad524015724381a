import type { ComponentName } from '../cluster/component.ts';
import { startComponent, stopComponent } from '../cluster/component.ts';
import { componentOf } from '../cluster/components.ts';
import { readInstance } from '../cluster/instance.ts';

/**
 * Starts a component anew with more flags than it has.
 *
 * @returns starts it as it was
 */
export async function withFlags(
  cluster: string,
  name: ComponentName,
  flags: readonly string[],
): Promise<() => Promise<void>> {
  const instance = await readInstance(cluster);
  if (instance === null) throw new Error(`there is no cluster ${cluster}`);
  const component = componentOf(instance, name);
  const restart = async (more: readonly string[]) => {
    await stopComponent(instance, name, 'SIGKILL');
    await startComponent(instance, { ...component, command: [...component.command, ...more] });
  };
  await restart(flags);
  return () => restart([]);
}
