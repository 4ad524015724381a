import { setTimeout as delay } from 'node:timers/promises';
import { eachOf } from '../../../executor/each-of.ts';
import { admittedForKey } from '../../../shared/annotations.ts';
import { hookRunApiVersion, hookRunPlural } from '../../../shared/hook-run.ts';
import { defaultRestoreLabel } from '../../../shared/restored.ts';
import type { Cluster } from '../../../shared/service/api-client.ts';
import { nodeName } from './scene.ts';

/** Requests at a time. */
const parallel = 16;
const pollMs = 200;
/** Of thousands of objects at once. */
const deleteTimeoutMs = 120_000;

/** Pods of one restore, alike but for their names. */
export interface PodSet {
  readonly namespace: string;
  readonly names: readonly string[];
  /** The commands of a pod's hooks, in their order. */
  readonly commandsOf: (pod: string) => readonly (readonly string[])[];
}

export function podNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `pod-${index}`);
}

/** A pod as the webhook lets it through: restored, with its hooks in annotations, stamped. */
export function restoredPod({ namespace, commandsOf }: PodSet, name: string): object {
  const [command, ...more] = commandsOf(name);
  const hooks =
    more.length === 0
      ? { 'post.hook.restore.velero.io/command': JSON.stringify(command) }
      : { 'restorehooks.io/exec': JSON.stringify(commandsOf(name).map((each) => ({ command: each }))) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: { app: 'shop', [defaultRestoreLabel]: namespace, 'velero.io/backup-name': namespace },
      annotations: { [admittedForKey]: namespace, ...hooks },
    },
    spec: {
      nodeName,
      automountServiceAccountToken: false,
      containers: [{ name: 'main', image: 'busybox:1.35', command: ['sleep', 'infinity'] }],
      // Those that the API server would add for each.
      tolerations: [{ operator: 'Exists' }],
    },
  };
}

/** Creates all pods, and resolves when all are Running. */
export async function createPods(api: Cluster, pods: PodSet, signal: AbortSignal): Promise<void> {
  await eachOf(pods.names, parallel, (name) => createPod(api, pods, name, signal));
  const waiting = new URLSearchParams({ fieldSelector: 'status.phase!=Running', limit: '1', resourceVersion: '0' });
  const path = `${podsPath(pods.namespace)}?${waiting.toString()}`;
  while ((await api.call<{ readonly items: readonly unknown[] }>({ method: 'GET', path }, signal)).items.length > 0) {
    await delay(pollMs, undefined, { signal });
  }
}

export async function createPod(api: Cluster, pods: PodSet, name: string, signal: AbortSignal): Promise<void> {
  await api.call({ method: 'POST', path: podsPath(pods.namespace), body: restoredPod(pods, name) }, signal);
}

/** Deletes all pods and HookRuns of a namespace, and resolves when they are gone. */
export async function deleteAll(api: Cluster, namespace: string, signal: AbortSignal): Promise<void> {
  for (const path of [`${podsPath(namespace)}?gracePeriodSeconds=0`, hookRunsPath(namespace)]) {
    await api.call({ method: 'DELETE', path, timeoutMs: deleteTimeoutMs }, signal);
  }
}

/** All objects of a collection. */
export async function listAll<T>(api: Cluster, path: string, signal: AbortSignal): Promise<T[]> {
  const found: T[] = [];
  let token = '';
  do {
    const query = new URLSearchParams({ limit: '500', ...(token !== '' && { continue: token }) });
    const page = await api.call<Page<T>>({ method: 'GET', path: `${path}?${query.toString()}` }, signal);
    found.push(...page.items);
    token = page.metadata.continue ?? '';
  } while (token !== '');
  return found;
}

interface Page<T> {
  /** The token of the next page is absent or empty on the last one. */
  readonly metadata: { readonly continue?: string };
  readonly items: readonly T[];
}

export function podsPath(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/pods`;
}

export function hookRunsPath(namespace: string): string {
  return `/apis/${hookRunApiVersion}/namespaces/${namespace}/${hookRunPlural}`;
}
