import type { Pod } from '../../shared/pod.ts';
import { kubectl, kubectlJson } from './kubectl.ts';
import type { AnyCluster } from './own-cluster.ts';

export interface StoredRestore {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly hooks?: { readonly resources?: readonly unknown[] } };
  readonly status?: { readonly phase?: string };
}

/** An exec hook that leaves its name in the container, once for each time it runs. */
export function leaving(name: string): string[] {
  return ['/bin/sh', '-c', `echo ${name} >> /tmp/ran`];
}

/**
 * Velero's part towards the API server, as measured on Velero 1.18: what it reads, writes, and would run. The server itself
 * takes ten minutes to build; what it does is a fact by now.
 */
export class VeleroPart {
  readonly #cluster: AnyCluster;

  constructor(cluster: AnyCluster) {
    this.#cluster = cluster;
  }

  /** Creates a Restore as a user does, its rules for pods of one namespace; none, if there are no hooks. */
  async createRestore(name: string, namespace: string, hooks: readonly (readonly string[])[]): Promise<string> {
    const postHooks = hooks.map((command) => ({ exec: { command, container: 'main' } }));
    const resources = [{ name: 'rule', includedNamespaces: [namespace], postHooks }];
    const { stderr } = await this.apply(name, hooks.length === 0 ? undefined : { resources }, 'create');
    return stderr;
  }

  /** Writes a Restore with exactly these hooks, as `create` or a GitOps tool's `replace` does. */
  apply(name: string, hooks: unknown, verb: 'create' | 'replace', more: object = {}) {
    const restore = {
      apiVersion: 'velero.io/v1',
      kind: 'Restore',
      metadata: { name, namespace: 'velero' },
      spec: { backupName: 'b1', ...(hooks !== undefined && { hooks }) },
      ...more,
    };
    return kubectl(this.#cluster, [verb, '-f', '-'], JSON.stringify(restore));
  }

  restore(name: string): Promise<StoredRestore> {
    return kubectlJson<StoredRestore>(this.#cluster, ['-n', 'velero', 'get', 'restore', name]);
  }

  /** Begins to work on a Restore: reads it, as it will be worked on, and says so in its status. */
  async begin(name: string): Promise<StoredRestore> {
    const read = await this.restore(name);
    await this.setStatus(name, {
      phase: 'InProgress',
      startTimestamp: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    });
    return read;
  }

  /** Its CRD has no status subresource. */
  setStatus(name: string, status: object) {
    const patch = JSON.stringify({ status });
    return kubectl(this.#cluster, ['-n', 'velero', 'patch', 'restore', name, '--type=merge', '-p', patch]);
  }

  /** The source of the exec hooks that Velero runs in a pod, by the pod as the API server answered its creation. */
  runsIn(created: Pod, restore: StoredRestore): 'annotation' | 'restore' | null {
    if ((created.metadata.annotations?.['post.hook.restore.velero.io/command'] ?? '') !== '') return 'annotation';
    return (restore.spec.hooks?.resources ?? []).length > 0 ? 'restore' : null;
  }
}
