import { kubectl } from './kubectl.ts';
import type { AnyCluster } from './own-cluster.ts';

export const restoreLabel = 'velero.io/restore-name';
export const stampKey = 'restorehooks.io/admitted-for';
export const movedKey = 'post.hook.restorehooks.io/command';
export const commandKey = 'post.hook.restore.velero.io/command';
export const containerKey = 'post.hook.restore.velero.io/container';

/** An own list with one hook. */
export const ownList = { 'restorehooks.io/exec': '[{"command": ["id"]}]' };
/** A hook by Velero's annotations. */
export const hooked = { [commandKey]: '["id"]', [containerKey]: 'main' };
export const labelled = { [restoreLabel]: 'r1' };

interface PodMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly generateName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly object[];
  readonly finalizers?: readonly string[];
}

/** A pod that no scheduler looks at: it is there, and does nothing. */
export function restingPod(metadata: PodMetadata) {
  const containers = [{ name: 'main', image: 'busybox:1.35' }];
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { schedulerName: 'nobody', containers } };
}

/** The path of a namespace's pods, or of one of them. */
export function podsPath(namespace: string, ...rest: readonly string[]): string {
  return ['/api/v1/namespaces', namespace, 'pods', ...rest].join('/');
}

/** A controller's ownerReference to an object that is there, or the garbage collector would take the pod away. */
export async function makeOwner(cluster: AnyCluster, namespace: string, name: string): Promise<object> {
  const args = ['-n', namespace, 'create', 'configmap', name, '-o', 'jsonpath={.metadata.uid}'];
  const { stdout: uid } = await kubectl(cluster, args);
  return { apiVersion: 'v1', kind: 'ConfigMap', name, uid, controller: true };
}
