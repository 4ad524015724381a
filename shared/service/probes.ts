import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

export interface ProbesOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly registry: Registry;
  /** Asked at every request for /readyz; must return at once. */
  readonly readiness: () => Readiness;
  /** The same for /startupz, for what others wait for before they start. Not served unless given. */
  readonly startup?: () => Readiness;
}

export interface Probes {
  /** The port that was bound. */
  readonly port: number;
  /** Resolves when nothing listens any more. */
  close(): Promise<void>;
}

/** A kubelet and a Prometheus send a few hundred bytes at once; whoever takes longer holds a connection for nothing. */
const requestTimeoutMs = 5_000;
/** Longer than a usual scrape interval would keep idle connections of scrapers for nothing. */
const idleTimeoutMs = 10_000;
/** Kubelet, a few scrapers and a person: far below any limit on open files. */
const mostConnections = 64;

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * Serves `/healthz`, `/readyz`, `/metrics` and, if asked for, `/startupz` over plain HTTP on a port of their own, so that a probe needs no
 * certificate, and works while the main port is busy or closing.
 *
 * @throws what listening throws (port taken, address not there).
 */
export async function startProbes(options: ProbesOptions): Promise<Probes> {
  const server = createServer({
    headersTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: 1_000,
    keepAliveTimeout: idleTimeoutMs,
    maxHeaderSize: 8_192,
  });
  server.maxConnections = mostConnections;
  // Also bounds a client that asks and never reads.
  server.setTimeout(idleTimeoutMs);
  server.on('request', (request, response) => {
    void answer(request, options).then((result) => send(request, response, result));
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(request: IncomingMessage, options: ProbesOptions): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'only GET is served here');
  const path = request.url?.split('?', 1)[0];
  try {
    if (path === '/healthz') return plain(200, 'ok');
    if (path === '/readyz') return readyz(options.readiness());
    if (path === '/startupz' && options.startup !== undefined) return readyz(options.startup());
    if (path === '/metrics') {
      return { status: 200, type: options.registry.contentType, body: await options.registry.metrics() };
    }
  } catch {
    return plain(500, 'this could not be found out');
  }
  return plain(404, 'there are /healthz, /readyz and /metrics');
}

function readyz(state: Readiness): Answer {
  return state.ready ? plain(200, 'ok') : plain(503, state.reason);
}

function plain(status: number, sentence: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${sentence}\n` };
}

function send(request: IncomingMessage, response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
}
