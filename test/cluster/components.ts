import { componentNames, runs, startComponent, type Component, type ComponentName } from './component.ts';
import { containerd, registry } from './containerd.ts';
import { apiServer, controllerManager, scheduler } from './control-plane.ts';
import { etcd } from './etcd.ts';
import type { Instance } from './instance.ts';
import { kubelet } from './kubelet.ts';
import { proxy } from './proxy.ts';

const makers = {
  etcd,
  containerd,
  registry,
  'kube-apiserver': apiServer,
  'kube-controller-manager': controllerManager,
  'kube-scheduler': scheduler,
  kubelet,
  'kube-proxy': proxy,
} satisfies Record<ComponentName, (instance: Instance) => Component>;

export function componentOf(instance: Instance, name: ComponentName): Component {
  return makers[name](instance);
}

/** Starts the components that have ended, and returns their names. */
export async function startMissing(instance: Instance): Promise<readonly ComponentName[]> {
  const started: ComponentName[] = [];
  for (const name of componentNames) {
    if (await runs(instance, name)) continue;
    await startComponent(instance, componentOf(instance, name));
    started.push(name);
  }
  return started;
}
