import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Pod } from '../../shared/pod.ts';
import { silent } from '../cluster/progress.ts';
import { ensureTool } from '../cluster/tools.ts';
import { kubectl, kubectlJson } from './kubectl.ts';
import type { AnyCluster } from './own-cluster.ts';

/** The chart of this checkout. */
export const chartFolder = join(import.meta.dirname, '../../charts/restore-hooks');

/** Of a chart, by their dotted names. */
export type Values = Readonly<Record<string, unknown>>;

export interface ReleaseOptions {
  /** `restore-hooks` unless given; the namespace, too. */
  readonly name?: string;
  readonly namespace?: string;
  readonly values?: Values;
  /** Folder or archive of another chart than this checkout's. */
  readonly chart?: string;
  /** More of helm's own. */
  readonly flags?: readonly string[];
}

interface List<T> {
  readonly items: readonly T[];
}

/** Long enough for a machine on which everything starts at once. */
const patience = '--timeout=5m';

/** Runs helm against a cluster; resolves to what it said. Rejects with all of it if it fails. */
export async function helm(cluster: AnyCluster, args: readonly string[]): Promise<string> {
  const program = await ensureTool('helm', silent);
  const { stdout } = await promisify(execFile)(program, [...args, '--kubeconfig', cluster.kubeconfig], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

/** restore-hooks as a platform team has it in a cluster: installed from the chart, with all of its pods real. */
export class Release {
  readonly cluster: AnyCluster;
  readonly name: string;
  readonly namespace: string;

  private constructor(cluster: AnyCluster, name: string, namespace: string) {
    this.cluster = cluster;
    this.name = name;
    this.namespace = namespace;
  }

  /** Installs it and resolves when all of its pods are Ready. */
  static async install(cluster: AnyCluster, options: ReleaseOptions = {}): Promise<Release> {
    const {
      name = 'restore-hooks',
      namespace = 'restore-hooks',
      values = {},
      chart = chartFolder,
      flags = [],
    } = options;
    const release = new Release(cluster, name, namespace);
    const place = ['--namespace', namespace, '--create-namespace', '--wait', patience];
    await helm(cluster, ['install', name, chart, ...place, ...flags, ...valueFlags(values)]);
    return release;
  }

  /** Runs a helm command that is about this release. */
  helm(command: string, ...more: readonly string[]): Promise<string> {
    return helm(this.cluster, [command, this.name, '--namespace', this.namespace, ...more]);
  }

  /** Upgrades to these values, to those of before where they are not given, and resolves when all pods are Ready. */
  async upgrade(values: Values, chart = chartFolder): Promise<void> {
    const { cluster, name, namespace } = this;
    const flags = ['--namespace', namespace, '--reset-then-reuse-values', '--wait', patience, ...valueFlags(values)];
    await helm(cluster, ['upgrade', name, chart, ...flags]);
  }

  /** Uninstalls it, the post-delete step included, and removes its namespace. */
  async remove(): Promise<void> {
    await this.uninstall();
    await this.removeNamespace();
  }

  /** Uninstalls it, the post-delete step included. */
  async uninstall(): Promise<void> {
    await this.helm('uninstall', '--wait', patience);
  }

  async removeNamespace(): Promise<void> {
    await kubectl(this.cluster, ['delete', 'namespace', this.namespace, '--wait', '--timeout=120s']);
  }

  /** Runs kubectl in the release's namespace; resolves to its standard output. */
  async kubectl(...args: readonly string[]): Promise<string> {
    return (await kubectl(this.cluster, ['-n', this.namespace, ...args])).stdout;
  }

  /** The pods of a component, of this release alone. */
  async pods(component: 'webhook' | 'executor'): Promise<readonly Pod[]> {
    const { items } = await kubectlJson<List<Pod>>(this.cluster, [
      ...['-n', this.namespace, 'get', 'pods'],
      ...['-l', `app.kubernetes.io/instance=${this.name},app.kubernetes.io/component=${component}`],
    ]);
    return items;
  }

  /** What all pods of a component have logged so far. */
  logs(component: 'webhook' | 'executor', container: string = component): Promise<string> {
    const selector = `app.kubernetes.io/instance=${this.name},app.kubernetes.io/component=${component}`;
    return this.kubectl('logs', '-l', selector, '-c', container, '--tail=-1', '--max-log-requests=20');
  }
}

/** Helm's flags that set these values, by their dotted names. */
export function valueFlags(values: Values): readonly string[] {
  return Object.entries(values).flatMap(([key, value]) => ['--set-json', `${key}=${JSON.stringify(value)}`]);
}
