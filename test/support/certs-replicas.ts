import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { splitBundle } from '../../certs/pair.ts';
import { askTls } from '../../certs/tls-ask.ts';
import { kubectl, kubectlJson } from './kubectl.ts';
import { LogLines, type LogLine } from './log-lines.ts';
import type { AnyCluster } from './own-cluster.ts';
import { startService, type ServiceProcess } from './service-process.ts';
import { TestNamespace } from './test-namespace.ts';
import { serviceName, WebhookService } from './webhook-service.ts';

const secretName = 'hook-tls';

interface SecretObject {
  readonly metadata: { readonly uid: string; readonly ownerReferences?: readonly { readonly kind: string }[] };
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

interface RegistrationObject {
  readonly webhooks: readonly { readonly name: string; readonly clientConfig: { readonly caBundle?: string } }[];
}

/** `certs keep` as a process. */
export interface Keeper {
  readonly probePort: number;
  readonly lines: readonly LogLine[];
  line(fits: (line: LogLine) => boolean): Promise<LogLine>;
  /** Status and text of an answer of its probe server. */
  probe(path: string): Promise<{ readonly status: number; readonly text: string }>;
  /** Sends SIGTERM; resolves to the exit code. */
  stop(): Promise<number | null>;
}

/** A webhook, and `certs keep` beside it, as in a pod. */
export interface Replica {
  readonly port: number;
  readonly keeper: Keeper;
  readonly webhook: ServiceProcess;
}

/** Replicas of the webhook on this machine, with `certs keep` beside each. */
export class Replicas extends WebhookService {
  readonly #folders: string[] = [];
  readonly #keepers: Keeper[] = [];
  /** Those of tests that look at one more, too. */
  readonly #started: Keeper[] = [];
  readonly #webhooks: ServiceProcess[] = [];
  #kubeconfig = '';

  static async prepare(cluster: AnyCluster): Promise<Replicas> {
    const { namespace } = await TestNamespace.make(cluster);
    const replicas = new Replicas(cluster, namespace);
    await replicas.serve();
    replicas.#kubeconfig = await replicas.#account();
    return replicas;
  }

  /** Starts so many replicas at once, and resolves when each of them serves. */
  async start(count: number, env: Readonly<Record<string, string>>): Promise<readonly Replica[]> {
    const started = await Promise.all(
      Array.from({ length: count }, async () => {
        const folder = await this.#folder();
        const port = await freePort();
        const keeper = await this.startKeeper(port, { RESTORE_HOOKS_TLS_FOLDER: folder, ...env });
        this.#keepers.push(keeper);
        while ((await keeper.probe('/startupz')).status !== 200) await delay(100);
        const webhook = startService('webhook', {
          RESTORE_HOOKS_SOURCES: 'annotations',
          RESTORE_HOOKS_HTTPS_PORT: String(port),
          RESTORE_HOOKS_PROBE_HOST: '127.0.0.1',
          RESTORE_HOOKS_PROBE_PORT: '0',
          RESTORE_HOOKS_TLS_FOLDER: folder,
          RESTORE_HOOKS_TLS_CHECK_SECONDS: '0.5',
          RESTORE_HOOKS_SHUTDOWN_DELAY_SECONDS: '0',
        });
        this.#webhooks.push(webhook);
        await webhook.line(({ msg }) => msg === 'webhook is ready');
        return { port, keeper, webhook };
      }),
    );
    for (const { port } of started) await this.publish(port);
    return started;
  }

  /** Starts `certs keep` for the webhook at a port. */
  async startKeeper(port: number, env: Readonly<Record<string, string>>): Promise<Keeper> {
    const keeper = await startKeeper({
      RESTORE_HOOKS_KUBECONFIG: this.#kubeconfig,
      RESTORE_HOOKS_SYSTEM_NAMESPACE: this.namespace,
      RESTORE_HOOKS_CERTS_SECRET: secretName,
      RESTORE_HOOKS_CERTS_SERVICE: serviceName,
      RESTORE_HOOKS_CERTS_REGISTRATION: this.namespace,
      RESTORE_HOOKS_CERTS_ADDRESS: `127.0.0.1:${port}`,
      RESTORE_HOOKS_CERTS_CHECK_SECONDS: '0.5',
      RESTORE_HOOKS_PROBE_HOST: '127.0.0.1',
      RESTORE_HOOKS_PROBE_PORT: '0',
      ...env,
    });
    this.#started.push(keeper);
    return keeper;
  }

  secret(): Promise<SecretObject> {
    return this.call<SecretObject>({ method: 'GET', path: this.#secretPath });
  }

  /** A certificate of the Secret, in the one way of writing it that can be compared; empty if there is none. */
  async inSecret(key: 'tls.crt' | 'ca.crt'): Promise<string> {
    const { data } = await this.secret();
    return splitBundle(Buffer.from(data[key] ?? '', 'base64').toString('utf8'))[0] ?? '';
  }

  async patchSecret(data: Readonly<Record<string, string>>): Promise<void> {
    const contentType = 'application/merge-patch+json';
    await this.call({ method: 'PATCH', path: this.#secretPath, contentType, body: { data } });
  }

  async deleteSecret(): Promise<void> {
    await this.call({ method: 'DELETE', path: this.#secretPath });
  }

  /** Makes an empty one. Rejects if there is one. */
  async createSecret(type: string): Promise<void> {
    const path = `/api/v1/namespaces/${this.namespace}/secrets`;
    await this.call({ method: 'POST', path, body: { metadata: { name: secretName }, type } });
  }

  /** The bundles of all webhooks of the registration, as text. */
  async bundles(): Promise<readonly string[]> {
    const { webhooks } = await this.call<RegistrationObject>({ method: 'GET', path: this.registrationPath });
    return webhooks.map(({ clientConfig }) => Buffer.from(clientConfig.caBundle ?? '', 'base64').toString('utf8'));
  }

  /** Changes the registration by a JSON patch. */
  async patchRegistration(body: readonly object[]): Promise<void> {
    const contentType = 'application/json-patch+json';
    await this.call({ method: 'PATCH', path: this.registrationPath, contentType, body });
  }

  /** PEM of what a replica serves to new connections, and whether a bundle trusts it. */
  async served(port: number, bundle: string): Promise<{ readonly leaf: string; readonly problem: string | null }> {
    const { served, problem } = await askTls({ host: '127.0.0.1', port, servername: this.dnsName }, bundle, 10_000);
    return { leaf: served?.toString() ?? '', problem };
  }

  /** Has pods admitted, many at once and all the time, until `until` has settled. */
  async admitDuring(until: Promise<unknown>): Promise<{ readonly admitted: number; readonly failures: string[] }> {
    const state = { over: false, admitted: 0 };
    const failures: string[] = [];
    const end = until.finally(() => (state.over = true));
    const one = async () => {
      try {
        if ((await this.admit()) === 1) state.admitted += 1;
        else failures.push('not injected');
      } catch (error) {
        failures.push(String(error));
      }
    };
    // Bursts, so that new connections are made besides those that are kept.
    while (!state.over) {
      await Promise.all(Array.from({ length: 12 }, one));
      await delay(100);
    }
    await end;
    return { admitted: state.admitted, failures };
  }

  /** Resolves when every replica is ready. */
  async allReady(): Promise<void> {
    for (const keeper of this.#keepers) {
      while ((await keeper.probe('/readyz')).status !== 200) await delay(100);
    }
  }

  /** Ends all processes and removes all objects. Resolves to the exit codes of `certs keep`. */
  async close(): Promise<readonly (number | null)[]> {
    const roles = ['clusterrole', 'clusterrolebinding', 'mutatingwebhookconfiguration'];
    for (const kind of roles) await kubectl(this.cluster, ['delete', kind, this.namespace, '--ignore-not-found']);
    await Promise.all(this.#webhooks.map((webhook) => webhook.stop()));
    const codes = await Promise.all(this.#keepers.map((keeper) => keeper.stop()));
    await Promise.all(this.#started.map((keeper) => keeper.stop()));
    await this.remove();
    for (const folder of this.#folders) await rm(folder, { recursive: true, force: true });
    return codes;
  }

  get #secretPath(): string {
    return `/api/v1/namespaces/${this.namespace}/secrets/${secretName}`;
  }

  async #folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'restore-hooks-keep-'));
    this.#folders.push(folder);
    return folder;
  }

  /** With the rights that the chart gives the webhook's pods for it, and no other. */
  async #account(): Promise<string> {
    const { namespace, cluster } = this;
    const subjects = [{ kind: 'ServiceAccount', name: 'keeper', namespace }];
    const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1' };
    const apiGroup = 'rbac.authorization.k8s.io';
    const registrations = {
      apiGroups: ['admissionregistration.k8s.io'],
      resources: ['mutatingwebhookconfigurations'],
      resourceNames: [namespace],
      verbs: ['get', 'watch', 'patch'],
    };
    const secret = { apiGroups: [''], resources: ['secrets'] };
    const rules = [
      { ...secret, verbs: ['create'] },
      { ...secret, resourceNames: [secretName], verbs: ['get', 'update', 'patch', 'delete'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list'] },
    ];
    await this.apply({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'keeper', namespace } },
        { ...rbac, kind: 'ClusterRole', metadata: { name: namespace }, rules: [registrations] },
        {
          ...rbac,
          kind: 'ClusterRoleBinding',
          metadata: { name: namespace },
          roleRef: { apiGroup, kind: 'ClusterRole', name: namespace },
          subjects,
        },
        { ...rbac, kind: 'Role', metadata: { name: 'keeper', namespace }, rules },
        {
          ...rbac,
          kind: 'RoleBinding',
          metadata: { name: 'keeper', namespace },
          roleRef: { apiGroup, kind: 'Role', name: 'keeper' },
          subjects,
        },
      ],
    });
    const { stdout } = await kubectl(cluster, ['-n', namespace, 'create', 'token', 'keeper', '--duration=10h']);
    const admin = await kubectlJson<{ readonly users: readonly { readonly name: string }[] }>(cluster, [
      ...['config', 'view', '--raw'],
    ]);
    const users = admin.users.map(({ name }) => ({ name, user: { token: stdout.trim() } }));
    const file = join(await this.#folder(), 'kubeconfig');
    await writeFile(file, JSON.stringify({ ...admin, users }), { mode: 0o600 });
    return file;
  }
}

async function startKeeper(env: Readonly<Record<string, string>>): Promise<Keeper> {
  const child = spawn(process.execPath, ['certs/main.ts', 'keep'], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const lines = new LogLines();
  let strange = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (strange += text));
  createInterface({ input: child.stdout }).on('line', (line) => lines.add(JSON.parse(line) as LogLine));
  const line: Keeper['line'] = (fits) =>
    Promise.race([
      lines.first(fits),
      ended.then((code) => {
        throw new Error(`certs keep ended with ${code ?? 'a signal'}: ${strange}`);
      }),
    ]);
  const { probePort } = await line(({ msg }) => msg === 'certs keep started');
  return {
    probePort: Number(probePort),
    lines: lines.all,
    line,
    async probe(path) {
      const answer = await fetch(`http://127.0.0.1:${String(probePort)}${path}`);
      return { status: answer.status, text: await answer.text() };
    },
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
