import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheFolder } from './cache.ts';
import { logOf, readProcess, type Instance } from './instance.ts';
import { launch } from './node.ts';
import { awaitEnd, isAlive, readIfThere, send } from './process.ts';

export const componentNames = [
  'etcd',
  'containerd',
  'registry',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
] as const;

/** In the order of their starting. */
export type ComponentName = (typeof componentNames)[number];

export interface Component {
  /** kwok is in the kubelet's place, in a cluster of fake nodes. */
  readonly name: ComponentName | 'kwok';
  readonly command: readonly string[];
  /** Whether it does its work now. */
  readonly ready: () => Promise<boolean>;
}

/** A component that did not become ready. The message holds the end of its log and where the rest is. */
export class ComponentFailed extends Error {
  override readonly name = 'ComponentFailed';
}

/** On an idle machine none takes 5 s; this is for one with two busy cores. */
const readyTimeoutMs = 120_000;
/** After SIGTERM; the API server drains its requests for up to a minute. */
const endTimeoutMs = 90_000;
const pollMs = 25;
const logLinesInError = 15;

/** Starts a component, which must not run. Resolves when it is ready; throws ComponentFailed if it ends before, or is late. */
export async function startComponent(instance: Instance, component: Component, signal?: AbortSignal): Promise<void> {
  const folders = [instance.binaries, '/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  // No more of the environment than this: a proxy, for one, would come between containerd and its registry.
  await launch(instance, component.name, component.command, {
    PATH: folders.join(':'),
    HOME: instance.folder,
    XDG_CACHE_HOME: dirname(cacheFolder(process.env)),
  });
  await awaitReady(instance, component, signal);
}

/** Resolves when a started component is ready. Throws as startComponent does, and the signal's reason. */
export async function awaitReady(instance: Instance, component: Component, signal?: AbortSignal): Promise<void> {
  const deadline = performance.now() + readyTimeoutMs;
  while (!(await component.ready())) {
    signal?.throwIfAborted();
    if (!(await runs(instance, component.name))) throw await failure(instance, component.name, 'ended');
    if (performance.now() > deadline) {
      throw await failure(instance, component.name, `was not ready after ${readyTimeoutMs / 1000} s`);
    }
    await delay(pollMs);
  }
}

/** Ends a component with the signal and resolves when it is gone; does nothing if it does not run. */
export async function stopComponent(
  instance: Instance,
  name: ComponentName,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<void> {
  const process = await readProcess(instance.name, name);
  if (process === null) return;
  await send(process, signal);
  // A stopped one takes a SIGTERM only when it goes on.
  await send(process, 'SIGCONT');
  if (!(await awaitEnd(process, endTimeoutMs))) throw await failure(instance, name, `did not end on ${signal}`);
}

/** SIGSTOP or SIGCONT to a component. */
export async function signalComponent(instance: Instance, name: ComponentName, signal: NodeJS.Signals): Promise<void> {
  const process = await readProcess(instance.name, name);
  if (process === null) throw new Error(`${name} does not run`);
  await send(process, signal);
}

/** Whether the component's process is there. */
export async function runs(instance: Instance, name: Component['name']): Promise<boolean> {
  const process = await readProcess(instance.name, name);
  return process !== null && (await isAlive(process));
}

async function failure(instance: Instance, name: string, what: string): Promise<ComponentFailed> {
  const log = logOf(instance, name);
  const lines = ((await readIfThere(log)) ?? '').trimEnd().split('\n').slice(-logLinesInError);
  return new ComponentFailed([`${name} ${what}. The end of ${log}:`, ...lines.map((line) => `  ${line}`)].join('\n'));
}
