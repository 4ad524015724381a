import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { loadKubeConfig } from '../../shared/service/cluster.ts';
import type { AnyCluster } from './own-cluster.ts';

export interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** Of a PATCH; a merge patch unless given. */
  readonly contentType?: string;
}

export interface Told {
  readonly status: number;
  readonly body: string;
  /** What kubectl prints as `Warning: …`. */
  readonly warnings: readonly string[];
}

/** Asks the API server something as another user, by the administrator's right to impersonate. */
export type Impersonate = (user: string, groups: readonly string[], asked: Asked) => Promise<Told>;

/** Connects: one connection for all users, hundreds of requests a second where kubectl needs half a second for each. */
export async function impersonator(cluster: AnyCluster): Promise<Impersonate> {
  const config = loadKubeConfig(cluster.kubeconfig);
  const given: RequestOptions = {};
  await config.applyToHTTPSOptions(given);
  const { ca, cert, key, headers } = given;
  const own = new Headers(headers as Record<string, string> | undefined);
  const agent = new Agent({ keepAlive: true, maxSockets: 4, ca, cert, key });
  const server = config.getCurrentCluster()?.server ?? '';
  return async (user, groups, { method, path, body, contentType }) => {
    const typed = contentType ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
    const as = { 'impersonate-user': user, ...(groups.length > 0 && { 'impersonate-group': groups.slice() }) };
    const sent = request(new URL(path, server), {
      method,
      agent,
      headers: { ...Object.fromEntries(own), ...as, ...(body !== undefined && { 'content-type': typed }) },
    });
    const answered = once(sent, 'response');
    sent.end(body === undefined ? '' : JSON.stringify(body));
    const [response] = (await answered) as [IncomingMessage];
    return {
      status: response.statusCode ?? 0,
      body: await text(response),
      warnings: response.headersDistinct.warning ?? [],
    };
  };
}
