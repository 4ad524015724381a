import { hooksCondition, readyCondition } from '../shared/condition.ts';
import type { Pod, PodCondition } from '../shared/pod.ts';
import { ApiError } from '../shared/service/api-error.ts';
import type { Cluster } from '../shared/service/cluster.ts';

/** A pod by name, and the UID that says which of that name's pods is meant. */
export interface PodRef {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** The pod as the API server has it now. null: there is none of that name. Throws as Cluster.call does. */
export async function getPod(cluster: Cluster, { namespace, name }: PodRef, signal: AbortSignal): Promise<Pod | null> {
  try {
    return await cluster.call<Pod>({ method: 'GET', path: podPath(namespace, name) }, signal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/**
 * Writes conditions into the pod's status, if it is still this pod; the kubelet keeps conditions that are not its own.
 *
 * @param annotations changed in the same write
 * @param resourceVersion the write is made only if the pod is still at this version. null: at any version of this UID
 * @returns `conflict` if another pod has the name, or this one changes faster than the server can patch it; `gone` if there
 *   is none. Throws as Cluster.call does.
 */
export async function writeConditions(
  cluster: Cluster,
  pod: PodRef,
  conditions: readonly PodCondition[],
  signal: AbortSignal,
  annotations: AnnotationChanges = {},
  resourceVersion: string | null = null,
): Promise<'written' | 'conflict' | 'gone'> {
  const version = resourceVersion === null ? {} : { resourceVersion };
  const metadata = { uid: pod.uid, ...version, ...annotated(annotations) };
  return patchStatus(cluster, pod, { metadata, status: { conditions } }, signal);
}

/** Annotations to be set, or, by null, to be removed. */
export type AnnotationChanges = Readonly<Record<string, string | null>>;

/** Changes annotations of a pod, which pods/status allows. Returns and throws as writeConditions does. */
export function annotatePod(
  cluster: Cluster,
  pod: PodRef,
  annotations: AnnotationChanges,
  signal: AbortSignal,
): Promise<'written' | 'conflict' | 'gone'> {
  return patchStatus(cluster, pod, { metadata: { uid: pod.uid, ...annotated(annotations) } }, signal);
}

function annotated(annotations: AnnotationChanges): { readonly annotations?: AnnotationChanges } {
  return Object.keys(annotations).length === 0 ? {} : { annotations };
}

async function patchStatus(
  cluster: Cluster,
  pod: PodRef,
  body: unknown,
  signal: AbortSignal,
): Promise<'written' | 'conflict' | 'gone'> {
  try {
    await cluster.call(
      {
        method: 'PATCH',
        path: `${podPath(pod.namespace, pod.name)}/status?fieldManager=restore-hooks-executor`,
        contentType: 'application/strategic-merge-patch+json',
        body,
      },
      signal,
    );
    return 'written';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404) return 'gone';
    // 409: another version, or another UID (a precondition); some servers call the UID an immutable field (422).
    if (error.status === 409 || error.status === 422) return 'conflict';
    throw error;
  }
}

/** What of a pod the executor keeps in memory: enough to plan and to decide, without specs and managed fields. */
export function trimPod(pod: Pod): Pod {
  const { metadata, spec, status } = pod;
  const trimContainers = (containers: Pod['spec']['containers']) =>
    containers.map(({ name, image, command, args, restartPolicy, restartPolicyRules }) => ({
      name,
      ...(image === undefined ? {} : { image }),
      ...(command == null ? {} : { command }),
      ...(args == null ? {} : { args }),
      ...(restartPolicy == null ? {} : { restartPolicy }),
      ...(restartPolicyRules == null ? {} : { restartPolicyRules }),
    }));
  const { name, generateName, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp } = metadata;
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => concernsHooks(key));
  return {
    metadata: {
      ...(name === undefined ? {} : { name }),
      ...(generateName === undefined ? {} : { generateName }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp == null ? {} : { creationTimestamp }),
      ...(deletionTimestamp == null ? {} : { deletionTimestamp }),
      labels: metadata.labels ?? {},
      annotations: Object.fromEntries(annotations),
      ownerReferences: (metadata.ownerReferences ?? []).map(({ controller }) => ({ controller: controller === true })),
    },
    spec: {
      ...(spec.restartPolicy === undefined ? {} : { restartPolicy: spec.restartPolicy }),
      containers: trimContainers(spec.containers),
      ...(spec.initContainers == null ? {} : { initContainers: trimContainers(spec.initContainers) }),
      ...(spec.readinessGates == null ? {} : { readinessGates: spec.readinessGates }),
      // Without these init hooks would be read otherwise than in the webhook, and warned about in other words.
      ...trimForInit(spec),
    },
    status: {
      ...(status?.phase === undefined ? {} : { phase: status.phase }),
      conditions: (status?.conditions ?? []).filter(({ type }) => type === hooksCondition || type === readyCondition),
      containerStatuses: (status?.containerStatuses ?? []).map(trimStatus),
      initContainerStatuses: (status?.initContainerStatuses ?? []).map(trimStatus),
    },
  };
}

function trimForInit({ volumes, resourceClaims, resources, hostNetwork, hostUsers, os }: Pod['spec']) {
  return {
    volumes: (volumes ?? []).map(({ name, persistentVolumeClaim, ephemeral }) => ({
      name,
      ...(persistentVolumeClaim == null ? {} : { persistentVolumeClaim: {} }),
      ...(ephemeral == null ? {} : { ephemeral: {} }),
    })),
    ...(resourceClaims == null ? {} : { resourceClaims: resourceClaims.map(({ name }) => ({ name })) }),
    ...(resources?.requests == null ? {} : { resources: { requests: resources.requests } }),
    ...(hostNetwork === undefined ? {} : { hostNetwork }),
    ...(hostUsers == null ? {} : { hostUsers }),
    ...(os?.name === undefined ? {} : { os: { name: os.name } }),
  };
}

function trimStatus({
  name,
  containerID,
  ready,
  state,
  lastState,
}: NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]) {
  return {
    name,
    ...(containerID === undefined ? {} : { containerID }),
    ...(ready === undefined ? {} : { ready }),
    ...(state === undefined ? {} : { state }),
    ...(lastState === undefined ? {} : { lastState }),
  };
}

function concernsHooks(annotation: string): boolean {
  return /(^|\.)(velero|restorehooks)\.io\/|^kubernetes\.io\/config\.mirror$/.test(annotation);
}

function podPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
}
