import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { RestoreObject } from '../../shared/restore.ts';
import type { CertificatePair } from '../../certs/certificates.ts';

/** What was asked of it: by the clock (discovery, lists, watches), or for a pod that is being created. */
export interface Asked {
  readonly byClock: number;
  readonly forPods: number;
}

export interface ApiServer {
  readonly url: string;
  asked(): Asked;
  close(): Promise<void>;
}

const collection = '/apis/velero.io/v1/namespaces/velero/restores';
const policies = '/apis/restorehooks.io/v1alpha1/restorehookpolicies';
const resourceVersion = '1000000';
/** As often as a real one. */
const bookmarkMs = 60_000;

/**
 * Serves, on a free port of the loopback interface, as much of an API server as the webhook asks for: discovery, and lists
 * and watches of these Restores, and of no policies. Nothing ever changes.
 */
export async function startApiServer(
  certificate: CertificatePair,
  restores: readonly RestoreObject[],
): Promise<ApiServer> {
  const counts = { byClock: 0, forPods: 0 };
  const byName = new Map(restores.map((restore) => [`${collection}/${restore.metadata.name ?? ''}`, restore]));
  const server = createServer({ cert: certificate.cert, key: certificate.key, keepAliveTimeout: 120_000 });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'https://127.0.0.1');
    const isByClock = !url.pathname.startsWith(`${collection}/`) && !request.headers.accept?.includes('as=');
    counts[isByClock ? 'byClock' : 'forPods'] += 1;
    answer(url, response, restores, byName);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => ({ ...counts }),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(
  { pathname, searchParams }: URL,
  response: ServerResponse,
  restores: readonly RestoreObject[],
  byName: ReadonlyMap<string, RestoreObject>,
): void {
  if (searchParams.has('watch')) {
    watch(response);
    return;
  }
  const body = bodyOf(pathname, searchParams, restores) ?? byName.get(pathname) ?? null;
  send(response, body === null ? 404 : 200, body ?? { kind: 'Status', reason: 'NotFound', code: 404 });
}

/** Of discovery and of lists. */
function bodyOf(path: string, query: URLSearchParams, restores: readonly RestoreObject[]): object | undefined {
  switch (path) {
    case '/apis/velero.io/v1':
      return { resources: [{ name: 'restores' }] };
    case '/apis/restorehooks.io/v1alpha1':
      return { resources: [{ name: 'restorehookpolicies' }] };
    case collection:
      return page(restores, query);
    case policies:
      return page([], query);
    default:
      return undefined;
  }
}

/** The token is the number of objects sent before. */
function page(objects: readonly RestoreObject[], query: URLSearchParams): object {
  const from = Number(query.get('continue') ?? 0);
  const to = from + Number(query.get('limit') ?? objects.length);
  const metadata = { resourceVersion, ...(to < objects.length && { continue: String(to) }) };
  return { metadata, items: objects.slice(from, to) };
}

function watch(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  const bookmark = `${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion } } })}\n`;
  const timer = setInterval(() => response.write(bookmark), bookmarkMs);
  response.on('close', () => clearInterval(timer));
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
