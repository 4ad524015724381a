import { randomBytes } from 'node:crypto';
import type { Pod } from '../../shared/pod.ts';
import { attachCluster, type Cluster } from '../cluster/cluster.ts';
import { findOwnCluster, type AnyCluster } from './own-cluster.ts';
import { kubectl, kubectlJson, type KubectlResult } from './kubectl.ts';
import type { LogLine } from './log-lines.ts';
import { startSystem, type System, type SystemOptions } from './system.ts';

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

/** The most pods in which a hook ran at once, by an executor's log. */
export function mostAtOnce(lines: readonly LogLine[]): number {
  let running = 0;
  let most = 0;
  for (const { msg } of lines) {
    if (msg === 'hook started') running += 1;
    if (msg === 'hook ended') running -= 1;
    most = Math.max(most, running);
  }
  return most;
}

/** The cluster of this test run: the user's own, or the embedded one, whose parts can be killed. */
export async function findCluster(): Promise<{ readonly cluster: AnyCluster; readonly embedded: Cluster | null }> {
  const own = await findOwnCluster(process.env);
  if (own !== null) return { cluster: own, embedded: null };
  const embedded = await attachCluster(process.env.RESTORE_HOOKS_TEST_CLUSTER ?? 'test');
  return { cluster: embedded, embedded };
}

/** The cluster of this test run, the system beside it, and a namespace that nobody else uses. */
export class Scene {
  readonly cluster: AnyCluster;
  readonly system: System;
  readonly namespace: string;

  readonly #embedded: Cluster | null;

  private constructor(cluster: AnyCluster, embedded: Cluster | null, system: System, namespace: string) {
    this.cluster = cluster;
    this.#embedded = embedded;
    this.system = system;
    this.namespace = namespace;
  }

  static async open(options: SystemOptions & { readonly namespace?: string } = {}): Promise<Scene> {
    const { cluster, embedded } = await findCluster();
    const { namespace = `t-${randomBytes(4).toString('hex')}` } = options;
    await kubectl(cluster, ['create', 'namespace', namespace]);
    return new Scene(cluster, embedded, await startSystem(cluster, options), namespace);
  }

  /** The embedded cluster, whose parts can be killed. Throws on a cluster of the user's own. */
  get embedded(): Cluster {
    if (this.#embedded === null) throw new Error('this test kills parts of the cluster: it needs the embedded one');
    return this.#embedded;
  }

  /** Ends the system, then the namespace with all pods in it. */
  async close(): Promise<void> {
    await this.system.stop();
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

  /** The executor's line about a pod's hooks, past or future. */
  told(msg: string, pod: string, fits: (line: LogLine) => boolean = () => true): Promise<LogLine> {
    const { namespace } = this;
    return this.system.executor.line(
      (line) => line.msg === msg && line.pod === pod && line.namespace === namespace && fits(line),
    );
  }

  /** Resolves to the last line of the pod's only hook when all its hooks have ended and the mark says so. */
  async finished(pod: string): Promise<LogLine> {
    await this.told('hooks finished', pod);
    return this.told('hook ended', pod);
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
