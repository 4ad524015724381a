import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { addressesIn, kubeconfigOf, nodeNameOf, type Instance } from './instance.ts';

interface Pair {
  readonly key: string;
  readonly cert: string;
}

interface Subject {
  readonly user: string;
  readonly group?: string;
  /** What it is reached by, for a server's certificate. */
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
}

/** An instance is a matter of hours or days; the certificate authority's key lies in its folder. */
const validDays = 365;

/** The parts of the cluster that are clients of the API server, and who each is to RBAC (its built-in bindings name them). */
export function clientsOf(nodeName: string): Readonly<Record<string, Subject>> {
  return {
    admin: { user: 'admin', group: 'system:masters' },
    'kube-controller-manager': { user: 'system:kube-controller-manager' },
    'kube-scheduler': { user: 'system:kube-scheduler' },
    'kube-proxy': { user: 'system:kube-proxy' },
    kubelet: { user: `system:node:${nodeName}`, group: 'system:nodes' },
  };
}

/** Where the certificates are: `ca`, `kube-apiserver`, `kubelet-server` and so on, each as .crt and .key. */
export function certificateOf(instance: Instance, name: string): { readonly cert: string; readonly key: string } {
  const base = join(instance.folder, 'certificates', name);
  return { cert: `${base}.crt`, key: `${base}.key` };
}

/** Makes an instance's certificate authority, all certificates and kubeconfigs, and the key that signs service account tokens. */
export async function writeCertificates(instance: Instance): Promise<void> {
  const { node, kubernetes } = addressesIn(instance);
  const nodeName = nodeNameOf(instance.name);
  await mkdir(join(instance.folder, 'certificates'), { recursive: true });
  const ca = await issue({ user: `restore-hooks ${instance.name}` }, null);
  await writePair(instance, 'ca', ca);

  const service = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  const apiServer = { user: 'kube-apiserver', names: service, addresses: [node, kubernetes, '127.0.0.1'] };
  await writePair(instance, 'kube-apiserver', await issue(apiServer, ca));
  const kubelet = { user: `system:node:${nodeName}`, names: [nodeName], addresses: [node] };
  await writePair(instance, 'kubelet-server', await issue(kubelet, ca));

  for (const [name, subject] of Object.entries(clientsOf(nodeName))) {
    const pair = await issue(subject, ca);
    await writePair(instance, name, pair);
    await writePrivate(kubeconfigOf(instance, name), kubeconfig(instance, name, ca.cert, pair));
  }
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writePair(instance, 'service-accounts', {
    key: privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
    cert: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  });
}

async function issue(subject: Subject, ca: Pair | null): Promise<Pair> {
  const { user, group, names = [], addresses = [] } = subject;
  const attributes = [
    { shortName: 'CN', value: user },
    ...(group === undefined ? [] : [{ shortName: 'O', value: group }]),
  ];
  const altNames = [
    ...names.map((value) => ({ type: 2 as const, value })),
    ...addresses.map((ip) => ({ type: 7 as const, ip })),
  ];
  const leaf = [
    { name: 'keyUsage' as const, digitalSignature: true, critical: true },
    { name: 'extKeyUsage' as const, serverAuth: altNames.length > 0, clientAuth: altNames.length === 0 },
    ...(altNames.length === 0 ? [] : [{ name: 'subjectAltName' as const, altNames }]),
  ];
  const authority = [
    { name: 'basicConstraints' as const, cA: true, critical: true },
    { name: 'keyUsage' as const, keyCertSign: true, cRLSign: true, critical: true },
  ];
  const now = Date.now();
  const made = await generate(attributes, {
    keyType: 'ec',
    algorithm: 'sha256',
    // A clock that is set back a little must not make it invalid.
    notBeforeDate: new Date(now - 3_600_000),
    notAfterDate: new Date(now + validDays * 86_400_000),
    extensions: ca === null ? authority : leaf,
    ...(ca === null ? {} : { ca }),
  });
  return { key: made.private, cert: made.cert };
}

function kubeconfig(instance: Instance, user: string, ca: string, pair: Pair): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const name = `restore-hooks-${instance.name}`;
  const server = `https://${addressesIn(instance).node}:6443`;
  // JSON is YAML.
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(ca) } }],
      users: [
        { name: user, user: { 'client-certificate-data': base64(pair.cert), 'client-key-data': base64(pair.key) } },
      ],
      contexts: [{ name, context: { cluster: name, user, namespace: 'default' } }],
    },
    null,
    2,
  );
}

async function writePair(instance: Instance, name: string, pair: Pair): Promise<void> {
  const { cert, key } = certificateOf(instance, name);
  await writeFile(cert, pair.cert);
  await writePrivate(key, pair.key);
}

async function writePrivate(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
}
