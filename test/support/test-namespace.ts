import { randomBytes } from 'node:crypto';
import type { Pod } from '../../shared/pod.ts';
import { kubectl, kubectlJson, type KubectlResult } from './kubectl.ts';
import type { AnyCluster } from './own-cluster.ts';

/** A container that does nothing until it is ended, at once. */
export const idle = {
  image: 'busybox:1.35',
  command: ['/bin/sh', '-c', 'trap exit TERM; while :; do sleep 1 & wait; done'],
};

export interface PodRequest {
  readonly name: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Name, and whatever differs from an idle busybox. One called `main` unless given. */
  readonly containers?: readonly Record<string, unknown>[];
  readonly initContainers?: readonly Record<string, unknown>[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

export interface ToldEvent {
  readonly reason: string;
  readonly type: string;
  readonly note: string;
}

/** An exec hook's annotations, by their short names. */
export function execHook(
  command: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const family = 'post.hook.restore.velero.io/';
  const entries = Object.entries(more).map(([key, value]): [string, string] => [family + key, value]);
  return { [`${family}command`]: JSON.stringify(command), ...Object.fromEntries(entries) };
}

/** A namespace that nobody else uses, and the pods in it. */
export class TestNamespace {
  readonly cluster: AnyCluster;
  readonly namespace: string;

  constructor(cluster: AnyCluster, namespace: string) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  /** Makes one. */
  static async make(cluster: AnyCluster, namespace = uniqueName()): Promise<TestNamespace> {
    await kubectl(cluster, ['create', 'namespace', namespace]);
    return new TestNamespace(cluster, namespace);
  }

  /** Ends it with all pods in it. */
  async remove(): Promise<void> {
    await kubectl(this.cluster, ['delete', 'namespace', this.namespace, '--wait', '--timeout=120s']);
  }

  kubectl(...args: readonly string[]): Promise<KubectlResult> {
    return kubectl(this.cluster, ['-n', this.namespace, ...args]);
  }

  /** Creates a pod as a restore does: with the label. Resolves to what kubectl said. */
  restore(request: PodRequest): Promise<KubectlResult> {
    return this.create({ ...request, labels: { 'velero.io/restore-name': 'r1', ...request.labels } });
  }

  create(request: PodRequest): Promise<KubectlResult> {
    const {
      name,
      annotations = {},
      labels = {},
      containers = [{ name: 'main' }],
      initContainers = [],
      spec = {},
    } = request;
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: this.namespace, labels, annotations },
      spec: {
        terminationGracePeriodSeconds: 0,
        ...spec,
        initContainers: initContainers.map((container) => ({ image: idle.image, ...container })),
        containers: containers.map((container) => ({ ...idle, ...container })),
      },
    };
    return kubectl(this.cluster, ['apply', '-f', '-'], JSON.stringify(pod));
  }

  pod(name: string): Promise<Pod> {
    return kubectlJson<Pod>(this.cluster, ['-n', this.namespace, 'get', 'pod', name]);
  }

  ready(name: string): Promise<KubectlResult> {
    return this.kubectl('wait', '--for=condition=Ready', `pod/${name}`, '--timeout=120s');
  }

  /** Runs a shell command in a container and resolves to its standard output. */
  async sh(pod: string, script: string, container = 'main'): Promise<string> {
    const { stdout } = await this.kubectl('exec', pod, '-c', container, '--', '/bin/sh', '-c', script);
    return stdout;
  }

  /** The hook Events of a pod, oldest first. */
  async events(pod: string): Promise<ToldEvent[]> {
    const path = `/apis/events.k8s.io/v1/namespaces/${this.namespace}/events?fieldSelector=regarding.name%3D${pod}`;
    const { stdout } = await this.kubectl('get', '--raw', path);
    const { items } = JSON.parse(stdout) as { items: (ToldEvent & { eventTime: string | null })[] };
    return items
      .filter(({ reason }) => reason.startsWith('Hook'))
      .sort((one, other) => (one.eventTime ?? '').localeCompare(other.eventTime ?? ''))
      .map(({ reason, type, note }) => ({ reason, type, note }));
  }

  /** Resolves to the Events of a pod once there is one with this reason: an Event is written after what it tells of. */
  async eventsWith(pod: string, reason: string): Promise<ToldEvent[]> {
    for (;;) {
      const events = await this.events(pod);
      if (events.some((event) => event.reason === reason)) return events;
    }
  }

  async mark(pod: string): Promise<string> {
    const { status } = await this.pod(pod);
    const mark = status?.conditions?.find(({ type }) => type === 'restorehooks.io/hooks');
    return mark === undefined ? 'none' : `${mark.status} ${mark.reason ?? ''}`;
  }
}

export function uniqueName(): string {
  return `t-${randomBytes(4).toString('hex')}`;
}
