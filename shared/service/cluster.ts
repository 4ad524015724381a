import type { Agent as HttpAgent } from 'node:http';
import { KubeConfig } from '@kubernetes/client-node';
import { connectApi, type Cluster, type Identity } from './api-client.ts';
import { agentKeeper, userAgent } from './agent-keeper.ts';

export type { ApiRequest, Cluster, ConnectionOptions } from './api-client.ts';

/**
 * Loads a kubeconfig: the file named, else by the library's own rules (KUBECONFIG, ~/.kube/config, the service account).
 * Throws if the file cannot be read, has no such context, or names no cluster.
 *
 * @param context null: the kubeconfig's current one
 */
export function loadKubeConfig(file: string | null, context: string | null = null): KubeConfig {
  const config = new KubeConfig();
  if (file === null) config.loadFromDefault();
  else config.loadFromFile(file);
  if (context !== null) {
    if (config.getContextObject(context) === null) throw new Error(`the kubeconfig has no context ${context}`);
    config.setCurrentContext(context);
  }
  if (config.getCurrentCluster() === null) throw new Error(`the kubeconfig ${file ?? ''} names no current cluster`);
  return config;
}

/** Makes the client of the API server of a kubeconfig. Identity, TLS and token renewal are the client library's. */
export function connectCluster(config: KubeConfig): Cluster {
  return connectApi(config.getCurrentCluster()?.server ?? '', identification(config));
}

/** What KubeConfig.applyToHTTPSOptions fills in: its own type leaves out what it sets. */
interface AppliedOptions {
  agent?: HttpAgent;
  headers?: Record<string, string>;
  auth?: string;
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
  servername?: string;
  rejectUnauthorized?: boolean;
}

function identification(config: KubeConfig): () => Promise<Identity> {
  const agentFor = agentKeeper();
  return async () => {
    const applied: AppliedOptions = {};
    await config.applyToHTTPSOptions(applied);
    const headers: Record<string, string> = { 'user-agent': userAgent, ...applied.headers };
    if (applied.auth !== undefined) headers.authorization = `Basic ${Buffer.from(applied.auth).toString('base64')}`;
    if (config.getCurrentCluster()?.proxyUrl !== undefined && applied.agent !== undefined) {
      return { agent: applied.agent, headers };
    }
    return { agent: agentFor(applied), headers };
  };
}
