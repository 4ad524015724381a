import { accessSync, readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { delimiter, join } from 'node:path';
import { agentKeeper, userAgent } from './agent-keeper.ts';
import { connectApi, type Cluster, type Identity } from './api-client.ts';
import type { Environment } from './environment.ts';
import { readPlainKubeconfig, type PemSource, type PlainAccess } from './plain-kubeconfig.ts';

/** Where a pod's service account is. */
const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Ports at which the client library speaks plain HTTP. */
const plainPorts: readonly string[] = ['80', '8080', '8001'];

/**
 * Makes the client of the API server that a kubeconfig or a service account names, by the rules of `loadKubeConfig`. The client
 * library, which is 85 MB of memory, is loaded only for what needs it: plugins, identity providers, proxies, passwords.
 *
 * @param file null: KUBECONFIG, ~/.kube/config, or the service account
 * @throws as loadKubeConfig does
 */
export async function openCluster(file: string | null, env: Environment, account = serviceAccount): Promise<Cluster> {
  const access = findPlainAccess(file, env, account);
  if (access !== null) return connectApi(access.server, identification(access));
  const { connectCluster, loadKubeConfig } = await import('./cluster.ts');
  return connectCluster(loadKubeConfig(file));
}

/** null: only the client library can tell. */
function findPlainAccess(file: string | null, env: Environment, account: string): PlainAccess | null {
  const named = file ?? env.KUBECONFIG ?? '';
  if (named !== '') return file === null && named.includes(delimiter) ? null : readFileAccess(named);
  // It looks for a home in other places there.
  if (process.platform === 'win32') return null;
  const own = join(env.HOME ?? '', '.kube', 'config');
  if ((env.HOME ?? '') !== '' && exists(own)) return readFileAccess(own);
  return inClusterAccess(env, account);
}

function readFileAccess(path: string): PlainAccess | null {
  try {
    return readPlainKubeconfig(readFileSync(path, 'utf8'), path);
  } catch {
    return null;
  }
}

function inClusterAccess(env: Environment, account: string): PlainAccess | null {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = env;
  const token = join(account, 'token');
  if (host === '' || port === '' || plainPorts.includes(port) || !exists(token)) return null;
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    ca: { file: join(account, 'ca.crt') },
    cert: {},
    key: {},
    token: { file: token },
  };
}

/** Files are read anew for every request: kubelets and whoever writes certificates replace them in time. */
function identification(access: PlainAccess): () => Promise<Identity> {
  const agentFor = agentKeeper();
  const { servername, rejectUnauthorized } = access;
  return () => {
    const [ca, cert, key] = [access.ca, access.cert, access.key].map(readPem);
    const agent = agentFor({
      ...(ca != null && { ca }),
      ...(cert != null && { cert }),
      ...(key != null && { key }),
      ...(servername !== undefined && { servername }),
      ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    });
    const token = readToken(access.token);
    const authorization = token === '' ? {} : { authorization: `Bearer ${token}` };
    return Promise.resolve({ agent, headers: { 'user-agent': userAgent, ...authorization } });
  };
}

function readPem({ file, base64 }: PemSource): Buffer | null {
  if (file !== undefined) return readFileSync(file);
  return base64 === undefined ? null : Buffer.from(base64, 'base64');
}

function readToken(token: PlainAccess['token']): string {
  if (token === null) return '';
  return 'text' in token ? token.text : readFileSync(token.file, 'utf8').trim();
}

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}
