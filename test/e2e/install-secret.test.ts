import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createAuthority, createServingCertificate, type CertificatePair } from '../../certs/certificates.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { emptyCluster, uninstall } from '../support/installed.ts';
import { kubectl, kubectlJson } from '../support/kubectl.ts';
import { chartFolder, Release } from '../support/release.ts';

let cluster: Cluster;
let release: Release;
let folder: string;
let authority: CertificatePair;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'restore-hooks-secret-'));
  authority = await createAuthority(Date.now());
  cluster = await emptyCluster();
  release = await Release.install(cluster);
}, 600_000);
afterAll(async () => {
  await uninstall(release);
  await rm(folder, { recursive: true });
}, 600_000);

interface Registration {
  readonly webhooks: readonly { readonly clientConfig: { readonly caBundle: string } }[];
}

async function bundles(): Promise<readonly string[]> {
  const args = ['get', 'mutatingwebhookconfiguration', 'restore-hooks'];
  const { webhooks } = await kubectlJson<Registration>(cluster, args);
  return webhooks.map(({ clientConfig }) => Buffer.from(clientConfig.caBundle, 'base64').toString());
}

/** A certificate of the user's own authority, in the user's own Secret. */
async function applySecret(): Promise<void> {
  const dnsNames = [`restore-hooks-webhook.${release.namespace}.svc`];
  const { cert, key } = await createServingCertificate(authority, { dnsNames, ipAddresses: [] }, Date.now());
  const secret = {
    ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls' },
    metadata: { name: 'mine', namespace: release.namespace },
    stringData: { 'tls.crt': cert, 'tls.key': key },
  };
  await kubectl(cluster, ['apply', '-f', '-'], JSON.stringify(secret));
}

/** As the chart's README says. */
function upgrade(bundle: string, ...more: readonly string[]): Promise<string> {
  return release.helm(
    ...(['upgrade', chartFolder, '--reuse-values', '--wait', '--timeout=5m', ...more] as const),
    ...['--set', 'certificates.mode=secret', '--set', 'certificates.secretName=mine'],
    ...['--set-file', `certificates.caBundle=${bundle}`],
  );
}

it('goes from certificates of its own to the user’s, which may be renewed, as the chart’s README says', async () => {
  await applySecret();
  const [own = ''] = await bundles();
  const [both, mine] = [join(folder, 'both.crt'), join(folder, 'ca.crt')];
  await writeFile(both, own + authority.cert);
  await writeFile(mine, authority.cert);
  await upgrade(both, '--force-conflicts');
  expect(new Set(await bundles())).toEqual(new Set([own + authority.cert]));
  expect(await release.helm('test')).toMatch(/Phase: +Succeeded/);

  // With nothing but the user's authority, what is served must be the user's.
  await upgrade(mine);
  expect(new Set(await bundles())).toEqual(new Set([authority.cert]));
  expect(await release.helm('test')).toMatch(/Phase: +Succeeded/);

  await applySecret();
  const renewed = async () => (await release.logs('webhook')).split('certificate renewed').length - 1;
  while ((await renewed()) < 2);
  expect(await release.helm('test')).toMatch(/Phase: +Succeeded/);
  expect(await release.kubectl('get', 'secrets', '-o', 'name')).toContain('secret/mine');
}, 600_000);
