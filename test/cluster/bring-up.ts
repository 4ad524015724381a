import { makeCgroup } from './cgroup.ts';
import { writeCertificates } from './certificates.ts';
import { startComponent, type ComponentName } from './component.ts';
import { componentOf } from './components.ts';
import { configureContainerd } from './containerd.ts';
import { cgroupOf, type Instance } from './instance.ts';
import { configureKubelet } from './kubelet.ts';
import { connectNode } from './network.ts';
import { startNode } from './node.ts';
import type { Progress } from './progress.ts';
import { awaitPods } from './readiness.ts';

/** Each step starts what needs nothing but the steps before it. */
const steps: readonly (readonly ComponentName[])[] = [
  ['etcd', 'containerd', 'registry'],
  ['kube-apiserver'],
  ['kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'],
];

/**
 * Makes a claimed instance's node and starts everything in it. Resolves when pods can be made. Throws with nothing under way any
 * more, but with what is there left to be removed.
 */
export async function bringUp(instance: Instance, progress: Progress, signal: AbortSignal | undefined): Promise<void> {
  progress.step(`Making the node of ${instance.name}`);
  await together(signal, [
    async () => configureContainerd(instance, await startNode(instance)),
    () => writeCertificates(instance),
    () => makeCgroup(cgroupOf(instance.name)),
    () => configureKubelet(instance),
  ]);
  await connectNode(instance);
  for (const step of steps) {
    progress.step(`Waiting for ${step.join(', ')}`);
    const starts = step.map(
      (name) => (joint: AbortSignal) => startComponent(instance, componentOf(instance, name), joint),
    );
    await together(signal, starts);
  }
  progress.step('Waiting for the node to be Ready and the default service account');
  await awaitPods(instance, signal);
}

/** Does tasks side by side. When one fails the others are broken off, and waited for: nothing may be made while it is removed. */
async function together(
  signal: AbortSignal | undefined,
  tasks: readonly ((joint: AbortSignal) => Promise<void>)[],
): Promise<void> {
  signal?.throwIfAborted();
  const failure = new AbortController();
  const joint = signal === undefined ? failure.signal : AbortSignal.any([signal, failure.signal]);
  await Promise.all(tasks.map((task) => task(joint).catch((error: unknown) => failure.abort(error))));
  joint.throwIfAborted();
}
