import { attachCluster, type Cluster } from '../cluster/cluster.ts';
import { kubectl } from './kubectl.ts';
import { findOwnCluster, type AnyCluster } from './own-cluster.ts';
import type { LogLine } from './log-lines.ts';
import { startSystem, type System, type SystemOptions } from './system.ts';
import { TestNamespace, uniqueName } from './test-namespace.ts';

export { execHook, idle, type PodRequest, type ToldEvent } from './test-namespace.ts';

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
export class Scene extends TestNamespace {
  readonly system: System;

  readonly #embedded: Cluster | null;

  private constructor(cluster: AnyCluster, embedded: Cluster | null, system: System, namespace: string) {
    super(cluster, namespace);
    this.#embedded = embedded;
    this.system = system;
  }

  static async open(options: SystemOptions & { readonly namespace?: string } = {}): Promise<Scene> {
    const { cluster, embedded } = await findCluster();
    const { namespace = uniqueName() } = options;
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
    await this.remove();
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
}
