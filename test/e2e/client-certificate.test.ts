import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthority, createServingCertificate, type CertificatePair } from '../../certs/certificates.ts';
import { writeCertificates } from '../../certs/write.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { createClientPair } from '../support/client-pairs.ts';
import { withFlags } from '../support/component-flags.ts';
import { findCluster } from '../support/scene.ts';
import { startService, type ServiceProcess } from '../support/service-process.ts';
import { TestNamespace } from '../support/test-namespace.ts';
import { WebhookService } from '../support/webhook-service.ts';

describe('a webhook that wants to see who calls it', () => {
  let folder: string;
  let cluster: Cluster;
  let service: WebhookService;
  let authority: CertificatePair;
  let webhook: ServiceProcess;
  const restore: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const { embedded } = await findCluster();
    if (embedded === null) throw new Error('this test restarts the API server: it needs the embedded cluster');
    cluster = embedded;
    folder = await mkdtemp(join(tmpdir(), 'restore-hooks-client-'));
    const { namespace } = await TestNamespace.make(cluster);
    service = new WebhookService(cluster, namespace);
    await service.serve();
    authority = await createAuthority(Date.now());
    const subjects = { dnsNames: [service.dnsName], ipAddresses: [] };
    await writeCertificates(folder, await createServingCertificate(authority, subjects, Date.now()), authority.cert);
    await writeFile(join(folder, 'clients.crt'), authority.cert);
    webhook = startService('webhook', {
      RESTORE_HOOKS_SOURCES: 'annotations',
      RESTORE_HOOKS_HTTPS_HOST: cluster.hostAddress,
      RESTORE_HOOKS_HTTPS_PORT: '0',
      RESTORE_HOOKS_PROBE_HOST: '127.0.0.1',
      RESTORE_HOOKS_PROBE_PORT: '0',
      RESTORE_HOOKS_TLS_FOLDER: folder,
      RESTORE_HOOKS_SHUTDOWN_DELAY_SECONDS: '0',
      RESTORE_HOOKS_CLIENT_CA_FILE: join(folder, 'clients.crt'),
      RESTORE_HOOKS_CLIENT_NAMES: 'kube-apiserver',
    });
    const { port } = (await webhook.line(({ msg }) => msg === 'webhook is listening')) as unknown as { port: number };
    await service.publish(port);
    await service.register(authority.cert);
  }, 300_000);
  afterAll(async () => {
    for (const start of restore) await start();
    await service.unregister();
    await webhook.stop();
    await service.remove();
    await rm(folder, { recursive: true });
  }, 300_000);

  /** Has the API server show a certificate, by the files that docs/security.md describes. */
  async function show(client: CertificatePair): Promise<void> {
    const file = (name: string) => join(folder, name);
    await writeFile(file('client.crt'), client.cert);
    await writeFile(file('client.key'), client.key);
    const user = { 'client-certificate': file('client.crt'), 'client-key': file('client.key') };
    const users = [{ name: service.dnsName, user }];
    await writeFile(file('webhooks.kubeconfig'), JSON.stringify({ apiVersion: 'v1', kind: 'Config', users }));
    const configuration = {
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'WebhookAdmissionConfiguration',
      kubeConfigFile: file('webhooks.kubeconfig'),
    };
    const admission = {
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'AdmissionConfiguration',
      plugins: [{ name: 'MutatingAdmissionWebhook', configuration }],
    };
    await writeFile(file('admission.yaml'), JSON.stringify(admission));
    const flags = [`--admission-control-config-file=${file('admission.yaml')}`];
    restore.splice(0, 1, await withFlags(cluster.name, 'kube-apiserver', flags));
  }

  it('is as good as none for an API server that shows no certificate', async () => {
    await expect(service.admit()).rejects.toThrow(/failed calling webhook.*pods\.restorehooks\.io/);
  }, 60_000);

  it('answers an API server with a certificate of its authority and name', async () => {
    await show(await createClientPair(authority, { commonName: 'kube-apiserver' }));
    expect(await service.admit()).toBe(1);
  }, 180_000);

  it.each([
    [
      'another authority',
      async () => createClientPair(await createAuthority(Date.now()), { commonName: 'kube-apiserver' }),
    ],
    ['another name', () => createClientPair(authority, { commonName: 'somebody' })],
  ])(
    'does not answer one of %s',
    async (_, make) => {
      await show(await make());
      await expect(service.admit()).rejects.toThrow(/failed calling webhook.*pods\.restorehooks\.io/);
    },
    180_000,
  );
});
