import fastify, { LogController, type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import { finished } from 'node:stream/promises';
import type { SecureContextOptions } from 'node:tls';
import type { Logger } from '../shared/service/logger.ts';
import type { ServingCertificate } from './certificate.ts';
import type { ServerLimits } from './config.ts';

/**
 * controller-runtime's limit, for the same reason: a request to etcd is 1.5 MiB at most by default and may be set higher, an
 * UPDATE carries the object twice, and JSON may take several times the bytes of what is stored. Fastify's own 1 MiB refuses
 * pods that the API server takes.
 */
export const bodyLimitBytes = 7 * 1024 * 1024;

/** The API server keeps idle connections for 90 s; whoever closes first loses the request that is just being sent. */
const keepAliveTimeoutMs = 120_000;

/** For an answer to a client that is about to be cut off to leave this machine. */
const lastWordsMs = 1_000;

/** What a certificate is served with. A renewal sets all of it anew. */
export function secureContext({ cert, key }: ServingCertificate): SecureContextOptions {
  return { cert, key, minVersion: 'TLSv1.2' };
}

export type HttpsApp = ReturnType<typeof createHttpsServer>;

/**
 * A Fastify server over HTTPS that answers every error with one sentence as JSON, and cuts off whoever is too slow. It has no
 * routes yet, and does not listen.
 */
export function createHttpsServer(options: {
  readonly certificate: ServingCertificate;
  readonly limits: ServerLimits;
  readonly logger: Logger;
}) {
  const { certificate, limits, logger } = options;
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // One for each request would be made for nothing: what is logged about a request names its pod.
    childLoggerFactory: (parent) => parent,
    bodyLimit: bodyLimitBytes,
    https: {
      ...secureContext(certificate),
      // The API server speaks HTTP/1.1 to a webhook behind a Service.
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: limits.handshakeTimeoutMs,
      headersTimeout: Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs),
      // How exactly the two timeouts above are kept.
      connectionsCheckingInterval: Math.min(1_000, limits.headersTimeoutMs),
    },
    requestTimeout: limits.requestTimeoutMs,
    // For a client that does not read its answer.
    connectionTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    clientErrorHandler: refuseConnection,
  });
  app.server.maxConnections = limits.connections;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    await readAway(request);
    return refuse(error, reply, logger);
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: 'there are only POST /mutate and POST /mutate-restore here' }),
  );
  return app;
}

/** A client whose connection is closed while it is still sending never reads why. The request's timeout is the limit. */
async function readAway(request: FastifyRequest): Promise<void> {
  await finished(request.raw.resume(), { writable: false }).catch(() => undefined);
}

function refuse(error: FastifyError, reply: FastifyReply, logger: Logger): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status === 413) return reply.code(413).send({ error: `the body is larger than ${bodyLimitBytes} bytes` });
  if (status === 415) return reply.code(415).send({ error: 'the Content-Type must be application/json' });
  if (status < 500) return reply.code(status).send({ error: 'the request cannot be read' });
  logger.error({ err: error }, 'request failed');
  return reply.code(500).send({ error: 'the request failed; see the log of the webhook' });
}

/** What is not HTTP, or came too late, is told so if it can be; whoever does not read that is cut off all the same. */
function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  const late = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  // Anything else went wrong below HTTP, and before the handshake is done nothing that is written ever leaves.
  if (!socket.writable || !(late || error.code?.startsWith('HPE_') === true)) {
    socket.destroy();
    return;
  }
  const status = late ? '408 Request Timeout' : '400 Bad Request';
  const body = JSON.stringify({ error: late ? 'the request took too long' : 'the request is not HTTP/1.1' });
  const head = `content-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close`;
  const cutOff = setTimeout(() => socket.destroy(), lastWordsMs);
  socket.once('close', () => clearTimeout(cutOff));
  socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n\r\n${body}`, () => socket.destroy());
}
