import { hookRunPath, type HookRun } from '../../shared/hook-run.ts';
import type { Pod } from '../../shared/pod.ts';
import { connectCluster, loadKubeConfig, type Cluster } from '../../shared/service/cluster.ts';
import { defaultExecTiming, execute } from '../../executor/exec-session.ts';
import { ProxiedExecutors } from './proxied-executor.ts';
import { idle, Scene } from './scene.ts';
import type { ServiceProcess } from './service-process.ts';
import type { SystemOptions } from './system.ts';

/** What has become of one hook: what the record says, and how often its command ran. */
export interface HookFate {
  readonly state: string;
  readonly attempts: number;
  readonly count: number;
}

/** What has become of one pod's hooks. */
export interface PodFate {
  readonly phase: string;
  /** The reason of the pod's own condition. */
  readonly mark: string;
  readonly hooks: readonly HookFate[];
}

/** So long that a busy machine does not lose them; those of dead executors are buried. */
export const longLeases = {
  RESTORE_HOOKS_LEASE_DURATION_SECONDS: '120',
  RESTORE_HOOKS_LEASE_RENEW_DEADLINE_SECONDS: '90',
  RESTORE_HOOKS_LEASE_RETRY_PERIOD_SECONDS: '1',
};

/** For executors whose Leases are waited for until they run out. */
export const shortLeases = {
  RESTORE_HOOKS_LEASE_DURATION_SECONDS: '6',
  RESTORE_HOOKS_LEASE_RENEW_DEADLINE_SECONDS: '4.8',
  RESTORE_HOOKS_LEASE_RETRY_PERIOD_SECONDS: '0.5',
};

/** A hook of a pod's own list: a shell's script, and whatever else it is to have. */
export interface CountedHook {
  readonly script: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Hook N of a pod counts its runs by lines of this file. */
export function counterOf(hook: number): string {
  return `/tmp/count-${hook}`;
}

/** A scene in which executors run behind proxies, and no other one does. */
export class CrashScene {
  readonly scene: Scene;
  readonly executors: ProxiedExecutors;
  readonly #api: Cluster;

  static async open(options: SystemOptions = {}): Promise<CrashScene> {
    const scene = await Scene.open(options);
    await scene.system.executor.stop();
    return new CrashScene(scene, await ProxiedExecutors.open(scene.system));
  }

  private constructor(scene: Scene, executors: ProxiedExecutors) {
    this.scene = scene;
    this.executors = executors;
    this.#api = connectCluster(loadKubeConfig(scene.cluster.kubeconfig));
  }

  async close(): Promise<void> {
    await this.executors.close();
    // Whoever comes next would wait for Leases of two minutes, which the dead have left.
    await this.bury();
    await this.scene.close();
  }

  /** Restores pods, all with these hooks, and resolves when all are Ready. */
  async restoreReady(pods: readonly string[], hooks: readonly CountedHook[]): Promise<void> {
    await this.restore(pods, hooks);
    const names = pods.map((name) => `pod/${name}`);
    await this.scene.kubectl('wait', '--for=condition=Ready', ...names, '--timeout=120s');
  }

  async restore(pods: readonly string[], hooks: readonly CountedHook[]): Promise<void> {
    const list = hooks.map(({ script, more }) => ({ command: ['/bin/sh', '-c', script], ...more }));
    const annotations = { 'restorehooks.io/exec': JSON.stringify(list) };
    const labels = { 'velero.io/restore-name': 'r1' };
    const spec = { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', ...idle }] };
    const path = `/api/v1/namespaces/${this.scene.namespace}/pods`;
    // Not by kubectl: a process for each would take longer than all the rest.
    await Promise.all(
      pods.map((name) =>
        this.#api.call({ method: 'POST', path, body: { metadata: { name, labels, annotations }, spec } }),
      ),
    );
  }

  /** Deletes the Leases of all executors, which are dead: the next one need not wait until they have run out. */
  async bury(): Promise<void> {
    await this.#api.call({ method: 'DELETE', path: '/apis/coordination.k8s.io/v1/namespaces/restore-hooks/leases' });
  }

  async hookRun(pod: string): Promise<HookRun> {
    const found = (await this.#hookRuns()).get(pod);
    if (found === undefined) throw new Error(`${pod} has no HookRun`);
    return found;
  }

  /** How often the command of each of the first hooks of a pod ran. */
  async counts(pod: string, hooks: number): Promise<number[]> {
    const files = Array.from({ length: hooks }, (_, index) => counterOf(index + 1));
    const script = files.map((file) => `cat ${file} 2>/dev/null | wc -l`).join('; ');
    let out = '';
    const end = await execute(
      this.#api,
      { namespace: this.scene.namespace, pod, container: 'main' },
      ['/bin/sh', '-c', script],
      { opened: () => undefined, stdout: (chunk) => (out += chunk.toString('utf8')), stderr: () => undefined },
      defaultExecTiming,
      new AbortController().signal,
    );
    if (end.how !== 'status') throw new Error(`the counters of ${pod} were not read: ${end.message}`);
    return out.trim().split('\n').map(Number);
  }

  /** Resolves when the hooks of all these pods have ended, by their HookRuns and by their marks. */
  async finished(executor: ServiceProcess, pods: readonly string[]): Promise<void> {
    for (;;) {
      const seen = new Set(executor.lines);
      if (await this.#haveFinished(pods)) return;
      await executor.line((line) => line.msg === 'hooks finished' && !seen.has(line));
    }
  }

  /** What has become of pods, each with this many hooks. */
  async fates(pods: readonly string[], hooks: number): Promise<ReadonlyMap<string, PodFate>> {
    const runs = await this.#hookRuns();
    const marks = await this.#marks();
    const fates = pods.map(async (pod): Promise<[string, PodFate]> => {
      const { phase = 'none', exec = [] } = runs.get(pod)?.status ?? {};
      const counts = await this.counts(pod, hooks);
      const ends = counts.map((count, index) => {
        const { state = 'none', attempts = 0 } = exec[index] ?? {};
        return { state, attempts, count };
      });
      return [pod, { phase, mark: marks.get(pod) ?? 'none', hooks: ends }];
    });
    return new Map(await Promise.all(fates));
  }

  async #haveFinished(pods: readonly string[]): Promise<boolean> {
    const runs = await this.#hookRuns();
    if (!pods.every((pod) => runs.get(pod)?.status?.finishedAt != null)) return false;
    const marks = await this.#marks();
    return pods.every((pod) => /^(Succeeded|Failed)$/.test(marks.get(pod) ?? ''));
  }

  async #marks(): Promise<ReadonlyMap<string, string>> {
    const path = `/api/v1/namespaces/${this.scene.namespace}/pods`;
    const { items } = await this.#api.call<{ readonly items: readonly Pod[] }>({ method: 'GET', path });
    return new Map(items.map(({ metadata, status }) => [metadata.name ?? '', markOf(status)]));
  }

  /** By the names of their pods. */
  async #hookRuns(): Promise<ReadonlyMap<string, HookRun>> {
    const path = hookRunPath(this.scene.namespace);
    const { items } = await this.#api.call<{ readonly items: readonly HookRun[] }>({ method: 'GET', path });
    return new Map(items.map((run) => [run.spec.pod.name, run]));
  }
}

function markOf(status: Pod['status']): string {
  return status?.conditions?.find(({ type }) => type === 'restorehooks.io/hooks')?.reason ?? 'none';
}
