import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createProxyIdentity,
  RecordingProxy,
  type Gate,
  type ProxyIdentity,
  type Upstream,
} from './recording-proxy.ts';
import type { ServiceProcess } from './service-process.ts';
import type { System } from './system.ts';

/** An executor as a process of its own, and what stands between it and the API server. */
export interface ProxiedExecutor {
  readonly process: ServiceProcess;
  readonly proxy: RecordingProxy;
}

interface KubeConfigFile {
  readonly clusters: readonly {
    readonly name: string;
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
  }[];
}

/** Starts executors behind proxies, and ends them all. */
export class ProxiedExecutors {
  readonly #system: System;
  readonly #folder: string;
  readonly #identity: ProxyIdentity;
  readonly #started: ProxiedExecutor[] = [];

  static async open(system: System): Promise<ProxiedExecutors> {
    const folder = await mkdtemp(join(tmpdir(), 'restore-hooks-proxied-'));
    return new ProxiedExecutors(system, folder, await createProxyIdentity());
  }

  private constructor(system: System, folder: string, identity: ProxyIdentity) {
    this.#system = system;
    this.#folder = folder;
    this.#identity = identity;
  }

  /** Starts one, and does not wait for it. */
  async start(env: Readonly<Record<string, string>> = {}, gate?: Gate): Promise<ProxiedExecutor> {
    const config = JSON.parse(await readFile(this.#system.executorKubeconfig, 'utf8')) as KubeConfigFile;
    const proxy = await RecordingProxy.start(upstreamOf(config), this.#identity);
    if (gate !== undefined) proxy.gate = gate;
    const file = join(this.#folder, `${this.#started.length}.kubeconfig`);
    const cluster = { server: proxy.url, 'certificate-authority-data': base64(this.#identity.authority.cert) };
    const clusters = config.clusters.map(({ name }) => ({ name, cluster }));
    await writeFile(file, JSON.stringify({ ...config, clusters }), { mode: 0o600 });
    const process = this.#system.launchExecutor({ RESTORE_HOOKS_KUBECONFIG: file, ...env });
    const started = { process, proxy };
    this.#started.push(started);
    return started;
  }

  /** Kills one, unless it has ended; what it had sent and is held never arrives. */
  async kill({ process, proxy }: ProxiedExecutor): Promise<void> {
    process.kill('SIGKILL');
    await process.ended;
    await proxy.close();
  }

  /** Kills all that have not ended. */
  async close(): Promise<void> {
    for (const { process, proxy } of this.#started) {
      process.kill('SIGKILL');
      await process.ended;
      await proxy.close();
    }
    await rm(this.#folder, { recursive: true });
  }
}

function upstreamOf({ clusters }: KubeConfigFile): Upstream {
  const [first] = clusters;
  if (first === undefined) throw new Error('the kubeconfig names no cluster');
  const { server, 'certificate-authority-data': ca } = first.cluster;
  return { server, ca: Buffer.from(ca, 'base64').toString('utf8') };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
