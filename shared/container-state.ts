import type { Container, ContainerStatus, Pod, PodSpec } from './pod.ts';

/** How a container of a pod stands, as far as a hook is concerned. */
export type ContainerView =
  | { readonly is: 'missing' }
  | {
      readonly is: 'running';
      readonly containerID: string;
      readonly ready: boolean;
      /** The first start that the status still tells of, Unix time in milliseconds. null: the status tells none. */
      readonly upSinceMs: number | null;
    }
  /** Not running, and it may still come, or come again. */
  | { readonly is: 'coming'; readonly upSinceMs: number | null }
  | { readonly is: 'completed'; readonly exitCode: number };

/**
 * Looks at a container by name among the pod's containers and its native sidecars (init containers with restartPolicy
 * Always, KEP-753). Ordinary init containers are no place for a hook: they end before the pod runs.
 */
export function viewContainer(pod: Pod, name: string): ContainerView {
  const container = findHookable(pod, name);
  if (container === null) return { is: 'missing' };
  const status = findStatus(pod, name);
  const upSinceMs = firstStart(status);
  const running = status?.state?.running;
  if (running != null && status?.containerID !== undefined) {
    return { is: 'running', containerID: status.containerID, ready: status.ready === true, upSinceMs };
  }
  const ended = status?.state?.terminated;
  if (ended != null && !restarts(pod, container, ended.exitCode)) return { is: 'completed', exitCode: ended.exitCode };
  return { is: 'coming', upSinceMs };
}

/** Of each pod, once for all its hooks: it may have ten thousand containers, and hundreds of hooks. Forgotten with the pod. */
const hookableNames = new WeakMap<PodSpec, ReadonlySet<string>>();

/** Whether a hook may name the container: it is one of the pod's containers, or a native sidecar. */
export function isHookable(pod: Pod, wanted: string): boolean {
  const before = hookableNames.get(pod.spec);
  if (before !== undefined) return before.has(wanted);
  const names = new Set(hookable(pod).map(({ name }) => name));
  hookableNames.set(pod.spec, names);
  return names.has(wanted);
}

function hookable(pod: Pod): Container[] {
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...pod.spec.containers, ...sidecars];
}

function findHookable(pod: Pod, name: string): Container | null {
  return hookable(pod).find((container) => container.name === name) ?? null;
}

function findStatus(pod: Pod, name: string): ContainerStatus | undefined {
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  return statuses.find((status) => status.name === name);
}

function firstStart(status: ContainerStatus | undefined): number | null {
  const texts = [
    status?.state?.running?.startedAt,
    status?.state?.terminated?.startedAt,
    status?.lastState?.terminated?.startedAt,
  ];
  const starts = texts.flatMap((text) => (text == null ? [] : [Date.parse(text)])).filter((ms) => !Number.isNaN(ms));
  return starts.length === 0 ? null : Math.min(...starts);
}

/**
 * Whether the kubelet will start the container again after this exit code: its own rules first (KEP-5307), then its own
 * restartPolicy (KEP-753), then the pod's.
 */
function restarts(pod: Pod, container: Container, exitCode: number): boolean {
  for (const { action, exitCodes } of container.restartPolicyRules ?? []) {
    if (!['Restart', 'RestartAllContainers'].includes(action) || exitCodes == null) continue;
    const listed = (exitCodes.values ?? []).includes(exitCode);
    if (exitCodes.operator === 'In' ? listed : !listed) return true;
  }
  switch (container.restartPolicy ?? pod.spec.restartPolicy ?? 'Always') {
    case 'Never':
      return false;
    case 'OnFailure':
      return exitCode !== 0;
    default:
      return true;
  }
}
