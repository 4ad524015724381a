import { spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ApiServer } from './api-server.ts';
import { end, failsWhenEnded, start, type Pinning } from './process.ts';
import { flagsOfScript } from './script-flags.ts';

/** A webhook reads its Restores before it is ready. */
const startTimeoutMs = 30_000;
const pollMs = 25;

/** A process under load. */
export interface Server {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

export interface Webhook extends Server {
  /** Restores that it knows. */
  readonly restores: number;
  readonly apiServer: ApiServer;
}

/** Starts the bare server, with the certificate of the folder, and waits until it listens. */
export async function startBare(folder: string, pinning: Pinning): Promise<Server> {
  const command = [process.execPath, pathOf('./bare-server.ts'), folder];
  const child = start(command, { processor: pinning?.servers, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const told = once(child, 'message', { signal: AbortSignal.timeout(startTimeoutMs) });
  const [{ port }] = (await Promise.race([told, failsWhenEnded(child, 'the bare server')])) as [{ port: number }];
  return { name: 'bare', pid: pidOf(child), port, stop: () => end(child) };
}

/** Starts the webhook as its users do, with its defaults but for addresses, and waits until it knows its Restores. */
export async function startWebhook(options: {
  /** With tls.crt, tls.key and ca.crt; gets the webhook's kubeconfig and its log. */
  readonly folder: string;
  readonly restores: number;
  readonly apiServer: ApiServer;
  readonly pinning: Pinning;
  readonly nodeArguments: readonly string[];
}): Promise<Webhook> {
  const { folder, restores, apiServer, pinning, nodeArguments } = options;
  const kubeconfig = join(folder, `kubeconfig-${restores}.json`);
  await writeFile(kubeconfig, JSON.stringify(kubeconfigOf(apiServer, join(folder, 'ca.crt'))));
  const log = await startLog(join(folder, `webhook-${restores}.log`), pinning);
  const [port, probePort] = await freePorts();
  const child = start(
    [process.execPath, ...(await flagsOfScript('webhook')), ...nodeArguments, pathOf('../../webhook/main.ts')],
    {
      processor: pinning?.servers,
      env: {
        RESTORE_HOOKS_HTTPS_HOST: '127.0.0.1',
        RESTORE_HOOKS_HTTPS_PORT: String(port),
        RESTORE_HOOKS_PROBE_HOST: '127.0.0.1',
        RESTORE_HOOKS_PROBE_PORT: String(probePort),
        RESTORE_HOOKS_TLS_FOLDER: folder,
        RESTORE_HOOKS_KUBECONFIG: kubeconfig,
        RESTORE_HOOKS_SHUTDOWN_DELAY_SECONDS: '0',
        RESTORE_HOOKS_SHUTDOWN_GRACE_SECONDS: '1',
      },
      stdio: ['ignore', log.fd, 'inherit'],
    },
  );
  const ready = isReady(`http://127.0.0.1:${probePort}/readyz`);
  await Promise.race([ready, failsWhenEnded(child, 'the webhook')]);
  return {
    name: 'webhook',
    pid: pidOf(child),
    port,
    restores,
    apiServer,
    async stop() {
      await end(child);
      await log.stop();
    },
  };
}

/** A pipe with somebody who reads it, as a container's standard output is one: a line in it is part of what a pod costs. */
async function startLog(path: string, pinning: Pinning): Promise<{ readonly fd: number; stop(): Promise<void> }> {
  const made = spawnSync('mkfifo', [path]);
  if (made.status !== 0) throw new Error(`mkfifo failed: ${made.stderr.toString()}`);
  const pipe = await open(path, 'r+');
  const reader = start(['cat', path], { processor: pinning?.load, stdio: ['ignore', 'ignore', 'inherit'] });
  return {
    fd: pipe.fd,
    async stop() {
      await end(reader);
      await pipe.close();
    },
  };
}

async function isReady(url: string): Promise<void> {
  const limit = AbortSignal.timeout(startTimeoutMs);
  for (;;) {
    limit.throwIfAborted();
    const status = await fetch(url, { signal: limit }).then(
      (answer) => answer.status,
      () => null,
    );
    if (status === 200) return;
    await delay(pollMs);
  }
}

function kubeconfigOf({ url }: ApiServer, authority: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'bench',
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    clusters: [{ name: 'bench', cluster: { server: url, 'certificate-authority': authority } }],
    users: [{ name: 'bench', user: { token: 'bench' } }],
  };
}

/** Two that are free now: the webhook tells its ports in its log alone. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()] as const;
  const ports = servers.map(async (server) => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  });
  const [first = 0, second = 0] = await Promise.all(ports);
  for (const server of servers) server.close();
  return [first, second];
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('a process could not be started');
  return pid;
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
