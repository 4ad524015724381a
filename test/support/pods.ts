import type { ExecHook, Plan } from '../../shared/hook.ts';
import type { Container, ContainerStatus, Pod } from '../../shared/pod.ts';

/** The moment at which every built pod was created; times in tests are told from it. */
export const createdAtMs = Date.parse('2026-03-01T10:00:00Z');

/** RFC 3339 text of a moment, in seconds after the pod's creation. */
export function at(seconds: number): string {
  return new Date(createdAtMs + seconds * 1000).toISOString();
}

export function runningStatus(name: string, startedAt: number, more: Partial<ContainerStatus> = {}): ContainerStatus {
  return {
    name,
    containerID: `containerd://${name}`,
    ready: false,
    state: { running: { startedAt: at(startedAt) } },
    ...more,
  };
}

export function waitingStatus(name: string, more: Partial<ContainerStatus> = {}): ContainerStatus {
  return { name, ready: false, state: { waiting: { reason: 'ContainerCreating' } }, ...more };
}

export function endedStatus(name: string, exitCode: number, more: Partial<ContainerStatus> = {}): ContainerStatus {
  return { name, containerID: `containerd://${name}`, state: { terminated: { exitCode } }, ...more };
}

export interface PodParts {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly statuses?: readonly ContainerStatus[];
  readonly initStatuses?: readonly ContainerStatus[];
  readonly phase?: string;
  readonly restartPolicy?: string;
  readonly metadata?: Partial<Pod['metadata']>;
  readonly conditions?: NonNullable<Pod['status']>['conditions'];
}

/** A pod with containers `a` and `b`, unless told otherwise. */
export function buildPod(parts: PodParts = {}): Pod {
  return {
    metadata: { name: 'db', namespace: 'shop', uid: 'uid-1', creationTimestamp: at(0), ...parts.metadata },
    spec: {
      containers: parts.containers ?? [{ name: 'a' }, { name: 'b' }],
      ...(parts.initContainers === undefined ? {} : { initContainers: parts.initContainers }),
      restartPolicy: parts.restartPolicy ?? 'Always',
    },
    status: {
      phase: parts.phase ?? 'Pending',
      containerStatuses: parts.statuses ?? [],
      initContainerStatuses: parts.initStatuses ?? [],
      conditions: parts.conditions ?? [],
    },
  };
}

export function buildHook(container: string, more: Partial<ExecHook> = {}): ExecHook {
  return {
    container,
    command: ['/bin/true'],
    onError: 'Continue',
    execTimeoutMs: 30_000,
    waitTimeoutMs: null,
    waitForReady: false,
    retries: 0,
    retryDelayMs: 5_000,
    onInterrupt: 'Fail',
    source: 'annotation',
    rule: null,
    ...more,
  };
}

/** A plan that is ours and asks for nothing, unless told otherwise. */
export function buildPlan(more: Partial<Plan> = {}): Plan {
  const hooks = (more.init ?? []).length + (more.exec ?? []).length;
  return {
    init: [],
    exec: [],
    warnings: [],
    left: null,
    command: 'stays',
    policies: [],
    readinessGate: false,
    stamp: hooks > 0,
    ...more,
  };
}
