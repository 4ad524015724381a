import { join } from 'node:path';
import { ensureBinaries } from './binaries.ts';
import { withLock } from './cache.ts';
import { writeCertificates } from './certificates.ts';
import { claim } from './claim.ts';
import { startComponent } from './component.ts';
import { apiServer } from './control-plane.ts';
import { etcd } from './etcd.ts';
import {
  addressesIn,
  checkName,
  kubeconfigOf,
  lockFile,
  readProcess,
  writeInstance,
  type Instance,
} from './instance.ts';
import { configureKwok, kwok } from './kwok.ts';
import { connectNode } from './network.ts';
import { startNode } from './node.ts';
import { ensurePackages } from './packages.ts';
import { silent, type Progress } from './progress.ts';
import { requireRoot } from './requirement.ts';
import { remove } from './sweep.ts';
import { ensureTool } from './tools.ts';

const parts = ['etcd', 'kube-apiserver', 'kwok'] as const;

/** etcd, the API server and kwok: for measurements with pods by the thousand. There are no controllers and no scheduler. */
export interface KwokCluster {
  /** Of the administrator. */
  readonly kubeconfig: string;
  readonly kubectl: string;
  readonly hostAddress: string;
  /** Process ids, as this machine knows them. */
  readonly pids: Readonly<Record<(typeof parts)[number], number>>;
  /** Ends it and removes all it has on this machine. */
  stop(): Promise<void>;
}

export interface KwokClusterOptions {
  readonly name: string;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

/**
 * Starts such a cluster, which belongs to this process and goes with it, however it ends. Nodes are whatever Node objects are
 * made; pods name theirs in spec.nodeName, and there are no service accounts but those that are made.
 * Throws, with nothing left behind, if it cannot, and the signal's reason.
 */
export async function startKwokCluster(options: KwokClusterOptions): Promise<KwokCluster> {
  const { name, progress, signal } = options;
  checkName(name);
  requireRoot(process.platform, process.getuid?.());
  await ensurePackages(progress);
  const binaries = await ensureBinaries(progress);
  const program = await ensureTool('kwok', progress);
  signal?.throwIfAborted();
  const instance = await withLock(lockFile, progress, () => claim(name, true, binaries, progress));
  const stop = () => withLock(lockFile, silent, () => remove(instance));
  try {
    await bringUp(instance, program, options);
    await writeInstance({ ...instance, state: 'running' });
    const [etcdPid, apiServerPid, kwokPid] = await Promise.all(parts.map((part) => pidOf(instance, part)));
    return {
      kubeconfig: kubeconfigOf(instance),
      kubectl: join(instance.binaries, 'kubectl'),
      hostAddress: addressesIn(instance).host,
      pids: { etcd: etcdPid ?? 0, 'kube-apiserver': apiServerPid ?? 0, kwok: kwokPid ?? 0 },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function bringUp(instance: Instance, program: string, options: KwokClusterOptions): Promise<void> {
  const { progress, signal } = options;
  progress.step(`Making the node of ${instance.name}`);
  await startNode(instance);
  await Promise.all([writeCertificates(instance), configureKwok(instance)]);
  await connectNode(instance);
  const server = apiServer(instance);
  // kwok watches from version 0 on, which the API server takes for a list as a stream; from etcd 3.4 it can make none.
  const command = [...server.command, '--feature-gates=WatchList=false'];
  for (const component of [etcd(instance), { ...server, command }, kwok(instance, program)]) {
    signal?.throwIfAborted();
    progress.step(`Waiting for ${component.name}`);
    await startComponent(instance, component, signal);
  }
}

async function pidOf(instance: Instance, name: string): Promise<number> {
  const found = await readProcess(instance.name, name);
  if (found === null) throw new Error(`${name} was not written down`);
  return found.pid;
}
