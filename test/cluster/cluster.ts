import { once } from 'node:events';
import { join } from 'node:path';
import { ensureBinaries } from './binaries.ts';
import { bringUp } from './bring-up.ts';
import { withLock } from './cache.ts';
import { claim } from './claim.ts';
import { signalComponent, startComponent, stopComponent, type ComponentName } from './component.ts';
import { componentOf } from './components.ts';
import { ensureImages, type ImageName } from './images.ts';
import {
  addressesIn,
  checkName,
  kubeconfigOf,
  lockFile,
  nodeNameOf,
  readInstance,
  writeInstance,
  type Instance,
} from './instance.ts';
import { ensurePackages } from './packages.ts';
import { silent, type Progress } from './progress.ts';
import { requireRoot } from './requirement.ts';
import { deadBecause, remove } from './sweep.ts';

/** A running cluster of one node. */
export interface Cluster {
  readonly name: string;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** Path of the program. */
  readonly kubectl: string;
  /** Folder of kubectl and the other programs of Kubernetes. */
  readonly binaries: string;
  readonly kubernetesVersion: string;
  /** Of this machine, as the API server and the pods reach it: the host of a webhook's URL. */
  readonly hostAddress: string;
  readonly nodeName: string;
  readonly folder: string;
  /** Folder of a log for each component. */
  readonly logs: string;
  /** Ends it and removes all it has on this machine; does nothing if that was done. */
  stop(): Promise<void>;
  /** Ends a component, SIGTERM unless told otherwise, and resolves when its process is gone. Containers go on without. */
  stopComponent(name: ComponentName, signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts a component that was stopped, with the same addresses and files, and resolves when it is ready. */
  startComponent(name: ComponentName): Promise<void>;
  /** Stops a component as it is, with its connections open, until it is resumed. */
  pauseComponent(name: ComponentName): Promise<void>;
  resumeComponent(name: ComponentName): Promise<void>;
}

export interface StartOptions {
  /** `default` unless given. */
  readonly name?: string;
  /** Whether the cluster belongs to this process and goes with it, however it ends. Otherwise it stays until taken down. */
  readonly owner: boolean;
  /** Images the pods can have besides pause, busybox and what else these are called. */
  readonly images?: readonly ImageName[];
  readonly progress: Progress;
  /** Breaks the start off: what is there already is taken down again. */
  readonly signal?: AbortSignal;
}

/**
 * Starts a cluster and resolves when pods can be made in it: the node is Ready and the default service account is there.
 * Sweeps what earlier ones left whose owner is gone. Throws if it cannot (nothing is left then), if one of that name runs,
 * and the signal's reason.
 */
export async function startCluster(options: StartOptions): Promise<Cluster> {
  const { name = 'default', progress, signal } = options;
  const images = [...new Set<ImageName>(['pause', 'busybox', ...(options.images ?? [])])];
  checkName(name);
  requireRoot(process.platform, process.getuid?.());
  await unlessAborted(ensurePackages(progress), signal);
  const binaries = await unlessAborted(ensureBinaries(progress), signal);
  await unlessAborted(ensureImages(progress, images), signal);
  const began = performance.now();
  const instance = await withLock(lockFile, progress, () => claim(name, options.owner, binaries, progress));
  try {
    await bringUp(instance, progress, signal);
    await writeInstance({ ...instance, state: 'running' });
  } catch (error) {
    progress.step(`Taking ${name} down again`);
    await takeDown(instance, progress, error);
    signal?.throwIfAborted();
    throw error;
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  progress.done(`The cluster ${name} (Kubernetes ${instance.kubernetesVersion}) is ready after ${seconds} s.`);
  return clusterOf(instance);
}

async function takeDown(instance: Instance, progress: Progress, why: unknown): Promise<void> {
  try {
    await withLock(lockFile, progress, () => remove(instance));
  } catch (error) {
    throw new AggregateError([why, error], `${String(why)}\nIt could not be taken down, either: ${String(error)}`, {
      cause: error,
    });
  }
}

/** What is built by programs of its own cannot be broken off, but need not be waited for. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  signal.throwIfAborted();
  const finished = new AbortController();
  const aborted = once(signal, 'abort', { signal: finished.signal }).then(() => null);
  // Whichever comes second must not be an error nobody hears of.
  aborted.catch(() => undefined);
  work.catch(() => undefined);
  try {
    await Promise.race([work, aborted]);
    signal.throwIfAborted();
    return await work;
  } finally {
    finished.abort();
  }
}

/** The running cluster of that name, also one that another process started. Throws if there is none. */
export async function attachCluster(name: string): Promise<Cluster> {
  const instance = await readInstance(name);
  if (instance === null)
    throw new Error(`there is no cluster ${name}: start it with "npm run cluster -- up --name ${name}"`);
  const dead = await deadBecause(instance);
  if (dead !== null) throw new Error(`the cluster ${name} does not run any more: ${dead}`);
  if (instance.state === 'starting') throw new Error(`the cluster ${name} is still starting`);
  return clusterOf(instance);
}

function clusterOf(instance: Instance): Cluster {
  return {
    name: instance.name,
    kubeconfig: kubeconfigOf(instance),
    kubectl: join(instance.binaries, 'kubectl'),
    binaries: instance.binaries,
    kubernetesVersion: instance.kubernetesVersion,
    hostAddress: addressesIn(instance).host,
    nodeName: nodeNameOf(instance.name),
    folder: instance.folder,
    logs: join(instance.folder, 'logs'),
    stop: () => withLock(lockFile, silent, () => remove(instance)),
    stopComponent: (name, signal = 'SIGTERM') => stopComponent(instance, name, signal),
    startComponent: (name) => startComponent(instance, componentOf(instance, name)),
    pauseComponent: (name) => signalComponent(instance, name, 'SIGSTOP'),
    resumeComponent: (name) => signalComponent(instance, name, 'SIGCONT'),
  };
}
