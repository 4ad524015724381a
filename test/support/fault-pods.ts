import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hookRunName, type HookRun, type HookRunExecStatus } from '../../shared/hook-run.ts';
import { kubectlJson } from './kubectl.ts';
import type { ServiceProcess } from './service-process.ts';
import type { LogLine } from './log-lines.ts';
import type { PodRequest, TestNamespace } from './test-namespace.ts';

/** What has become of a pod's only hook: what the record says, and how often its command ran. */
export interface HookEnd {
  readonly state: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly count: number;
}

export interface FaultPod extends Partial<PodRequest> {
  readonly name: string;
  /** Its containers wait, behind an init container, until the pod is opened. */
  readonly gated?: boolean;
  /** Instead of waiting until it is let go, after it has counted its run. A shell's; `$F` is the pod's own prefix of files. */
  readonly script?: string;
  /** Other fields of the hook. */
  readonly hook?: Readonly<Record<string, unknown>>;
}

/**
 * Pods with one hook each, which counts its runs and then waits until it is let go. All that is told between test and container
 * are files of this machine, so that it can be told whatever part of the cluster is away, and outlives container and pod.
 */
export class FaultPods {
  readonly #namespace: TestNamespace;
  readonly #folder: string;

  static async open(namespace: TestNamespace): Promise<FaultPods> {
    return new FaultPods(namespace, await mkdtemp(join(tmpdir(), 'restore-hooks-faults-')));
  }

  private constructor(namespace: TestNamespace, folder: string) {
    this.#namespace = namespace;
    this.#folder = folder;
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }

  /** Restores a pod, and does not wait for it. */
  async restore({ name, gated = false, script, hook = {}, ...more }: FaultPod): Promise<void> {
    const files = `F=${mountPath}/${name}`;
    const waits = 'until [ -e $F.go ]; do sleep 0.1; done; echo told; touch $F.done';
    const command = ['/bin/sh', '-c', `${files}; echo x >> $F.count; ${script ?? waits}`];
    const volumeMounts = [{ name: 'faults', mountPath }];
    const gate = { name: 'gate', command: ['/bin/sh', '-c', `${files}; until [ -e $F.open ]; do sleep 0.1; done`] };
    await this.#namespace.restore({
      name,
      annotations: { 'restorehooks.io/exec': JSON.stringify([{ command, execTimeout: '10m', ...hook }]) },
      initContainers: gated ? [{ ...gate, volumeMounts }] : [],
      ...more,
      containers: (more.containers ?? [{ name: 'main' }]).map((container) => ({ ...container, volumeMounts })),
      spec: { volumes: [{ name: 'faults', hostPath: { path: this.#folder, type: 'Directory' } }], ...more.spec },
    });
  }

  /** Resolves when the pod's gate is there to be opened. */
  async gated(name: string): Promise<void> {
    const started = '--for=jsonpath={.status.initContainerStatuses[0].started}=true';
    await this.#namespace.kubectl('wait', `pod/${name}`, started, '--timeout=120s');
  }

  openGate(name: string): Promise<void> {
    return this.tell(name, 'open');
  }

  /** Resolves when the command of the pod's hook runs. */
  begun(name: string): Promise<void> {
    return this.told(name, 'count');
  }

  letGo(name: string): Promise<void> {
    return this.tell(name, 'go');
  }

  /** Resolves when the command, let go, has ended. */
  done(name: string): Promise<void> {
    return this.told(name, 'done');
  }

  /** Makes one of the pod's files. */
  tell(name: string, word: string): Promise<void> {
    return writeFile(this.#file(name, word), '');
  }

  /** Resolves when one of the pod's files is there. */
  async told(name: string, word: string): Promise<void> {
    const watcher = watch(this.#folder);
    try {
      while (!existsSync(this.#file(name, word))) await once(watcher, 'change');
    } finally {
      watcher.close();
    }
  }

  /** How often the command of the pod's hook ran. */
  async count(name: string): Promise<number> {
    const file = this.#file(name, 'count');
    return existsSync(file) ? (await readFile(file, 'utf8')).trim().split('\n').length : 0;
  }

  /** What the record says of the pod's hook. */
  async record(name: string): Promise<HookRunExecStatus> {
    const { cluster, namespace } = this.#namespace;
    const { items } = await kubectlJson<{ readonly items: readonly HookRun[] }>(cluster, [
      '-n',
      namespace,
      'get',
      'hookruns.restorehooks.io',
    ]);
    const run = items.findLast(({ spec }) => spec.pod.name === name);
    const [hook] = run?.status?.exec ?? [];
    if (hook === undefined) throw new Error(`there is no record of a hook of ${name}`);
    return hook;
  }

  /** Resolves when the record of the pod's hook has a field. */
  async recorded(name: string, field: string): Promise<void> {
    const { metadata } = await this.#namespace.pod(name);
    const run = `hookrun/${hookRunName({ name, uid: metadata.uid ?? '' })}`;
    await this.#namespace.kubectl('wait', run, `--for=jsonpath={.status.exec[0].${field}}`, '--timeout=60s');
  }

  /** What has become of the hook of a pod all of whose hooks have ended. */
  async end(name: string): Promise<HookEnd> {
    const { state, reason = null, attempts } = await this.record(name);
    return { state, reason, attempts, count: await this.count(name) };
  }

  #file(name: string, word: string): string {
    return join(this.#folder, `${name}.${word}`);
  }
}

const mountPath = '/faults';

/** What is expected of a hook that nothing has come between. */
export const ranOnce: HookEnd = { state: 'Succeeded', reason: null, attempts: 1, count: 1 };

/** The first line from now on that fits. */
export function nextLine(process: ServiceProcess, fits: (line: LogLine) => boolean): Promise<LogLine> {
  const seen = new Set(process.lines);
  return process.line((line) => !seen.has(line) && fits(line));
}
