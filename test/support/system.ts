import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, createServingCertificate } from '../../certs/certificates.ts';
import { registration as registrationOf } from '../../certs/registration.ts';
import { writeCertificates } from '../../certs/write.ts';
import { defaultExcludedNamespaces, defaultRestoreLabel } from '../../shared/restored.ts';
import { kubectl, kubectlJson } from './kubectl.ts';
import { installDefinitions } from './own-crds.ts';
import type { AnyCluster } from './own-cluster.ts';
import { startService, type ServiceProcess } from './service-process.ts';

/** The webhook, registered with a cluster's API server, and the executor, both as processes of this machine. */
export interface System {
  readonly webhook: ServiceProcess;
  executor: ServiceProcess;
  /** Starts another executor, after the first was stopped or killed. */
  startExecutor(env?: Readonly<Record<string, string>>): Promise<ServiceProcess>;
  /** With the executor's own rights. */
  readonly executorKubeconfig: string;
  /** Starts one beside it, which whoever starts it ends, and does not wait for it. */
  launchExecutor(env?: Readonly<Record<string, string>>): ServiceProcess;
  /** Removes the registration, and ends both processes. */
  stop(): Promise<void>;
}

export interface SystemOptions {
  readonly executorEnv?: Readonly<Record<string, string>>;
  /** For both: they must plan alike. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts both and resolves when the API server calls the webhook and the executor has listed the restored pods. */
export async function startSystem(cluster: AnyCluster, options: SystemOptions = {}): Promise<System> {
  const folder = await mkdtemp(join(tmpdir(), 'restore-hooks-'));
  const authority = await createAuthority(Date.now());
  const subjects = { dnsNames: [], ipAddresses: [cluster.hostAddress] };
  const serving = await createServingCertificate(authority, subjects, Date.now());
  await writeCertificates(folder, serving, authority.cert);
  await installDefinitions(cluster);
  const kubeconfigs = await kubeconfigsOf(cluster, folder);
  const webhook = startService('webhook', {
    RESTORE_HOOKS_KUBECONFIG: kubeconfigs.webhook,
    RESTORE_HOOKS_HTTPS_HOST: cluster.hostAddress,
    RESTORE_HOOKS_HTTPS_PORT: '0',
    RESTORE_HOOKS_PROBE_HOST: '127.0.0.1',
    RESTORE_HOOKS_PROBE_PORT: '0',
    RESTORE_HOOKS_TLS_FOLDER: folder,
    RESTORE_HOOKS_SHUTDOWN_DELAY_SECONDS: '0',
    ...options.env,
  });
  const listening = await webhook.line(({ msg }) => msg === 'webhook is listening');
  const { port } = listening as unknown as { port: number };
  await webhook.line(({ msg }) => msg === 'webhook is ready');
  const registration = registrationOf({
    url: `https://${cluster.hostAddress}:${port}/mutate`,
    caBundle: authority.cert,
    restoreLabel: defaultRestoreLabel,
    excludedNamespaces: defaultExcludedNamespaces,
    restoreNamespaces: ['velero'],
  });
  await kubectl(cluster, ['apply', '-f', '-'], JSON.stringify(registration));

  function launchExecutor(env: Readonly<Record<string, string>> = {}): ServiceProcess {
    return startService('executor', {
      RESTORE_HOOKS_KUBECONFIG: kubeconfigs.executor,
      RESTORE_HOOKS_PROBE_HOST: '127.0.0.1',
      RESTORE_HOOKS_PROBE_PORT: '0',
      // One that is killed and started anew waits until the Lease of the first has run out.
      RESTORE_HOOKS_LEASE_DURATION_SECONDS: '3',
      RESTORE_HOOKS_LEASE_RENEW_DEADLINE_SECONDS: '2',
      RESTORE_HOOKS_LEASE_RETRY_PERIOD_SECONDS: '0.5',
      ...options.env,
      ...options.executorEnv,
      ...env,
    });
  }

  async function startExecutor(env?: Readonly<Record<string, string>>): Promise<ServiceProcess> {
    const executor = launchExecutor(env);
    await executor.line(({ msg }) => msg === 'restored pods listed');
    return executor;
  }

  const system: System = {
    webhook,
    executor: await startExecutor(),
    executorKubeconfig: kubeconfigs.executor,
    launchExecutor,
    async startExecutor(env) {
      system.executor = await startExecutor(env);
      return system.executor;
    },
    async stop() {
      const { name } = registration.metadata;
      await kubectl(cluster, ['delete', 'mutatingwebhookconfiguration', name, '--ignore-not-found']);
      await Promise.all([webhook.stop(), system.executor.stop()]);
      await rm(folder, { recursive: true });
    },
  };
  return system;
}

interface KubeConfigFile {
  readonly users: readonly { readonly name: string; readonly user: unknown }[];
}

/** Each acts as its service account, with the rights that examples/install/rbac.yaml gives it and no other. */
async function kubeconfigsOf(cluster: AnyCluster, folder: string) {
  const rbac = fileURLToPath(new URL('../../examples/install/rbac.yaml', import.meta.url));
  await kubectl(cluster, ['apply', '-f', '-'], await readFile(rbac, 'utf8'));
  return { webhook: await kubeconfigOf('webhook'), executor: await kubeconfigOf('executor') };

  async function kubeconfigOf(account: string): Promise<string> {
    const { stdout } = await kubectl(cluster, ['create', 'token', account, '-n', 'restore-hooks', '--duration=10h']);
    const admin = await kubectlJson<KubeConfigFile>(cluster, ['config', 'view', '--raw']);
    const users = admin.users.map(({ name }) => ({ name, user: { token: stdout.trim() } }));
    const file = join(folder, `${account}.kubeconfig`);
    await writeFile(file, JSON.stringify({ ...admin, users }), { mode: 0o600 });
    return file;
  }
}
