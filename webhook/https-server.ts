import fastify, { LogController, type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import { constants } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { finished } from 'node:stream/promises';
import type { SecureContextOptions } from 'node:tls';
import type { Logger } from '../shared/service/logger.ts';
import { createBodyBudget, type BodyShare } from './body-budget.ts';
import type { ServingCertificate } from './certificate.ts';
import type { ServerLimits } from './config.ts';
import { receiveBody } from './receive-body.ts';

/**
 * controller-runtime's limit, for the same reason: a request to etcd is 1.5 MiB at most by default and may be set higher, an
 * UPDATE carries the object twice, and JSON may take several times the bytes of what is stored. Fastify's own 1 MiB refuses
 * pods that the API server takes.
 */
export const bodyLimitBytes = 7 * 1024 * 1024;

/** The API server keeps idle connections for 90 s; whoever closes first loses the request that is just being sent. */
const keepAliveTimeoutMs = 120_000;

const tooManyRequests = 429;

/** For an answer to a client that is about to be cut off to leave this machine. */
const lastWordsMs = 1_000;

/** An API server that is answered 429 asks again after this time, until its own time for the webhook is over. */
const retryAfterSeconds = 1;

/**
 * What a certificate is served with. A renewal sets all of it anew.
 *
 * @param clientAuthority PEM; null: clients are not asked for a certificate
 */
export function secureContext({ cert, key }: ServingCertificate, clientAuthority: string | null): SecureContextOptions {
  const served = { cert, key, minVersion: 'TLSv1.2' } as const;
  if (clientAuthority === null) return served;
  // A session that is resumed would outlive the authority that its client was judged by.
  return { ...served, ca: clientAuthority, secureOptions: constants.SSL_OP_NO_TICKET };
}

export type HttpsApp = ReturnType<typeof createHttpsServer>;

/**
 * A Fastify server over HTTPS that answers every error with one sentence as JSON, and cuts off whoever is too slow. It has no
 * routes yet, and does not listen.
 */
export function createHttpsServer(options: {
  readonly certificate: ServingCertificate;
  readonly clientAuthority: string | null;
  readonly limits: ServerLimits;
  readonly logger: Logger;
}) {
  const { certificate, clientAuthority, limits, logger } = options;
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // One for each request would be made for nothing: what is logged about a request names its pod.
    childLoggerFactory: (parent) => parent,
    bodyLimit: bodyLimitBytes,
    https: {
      ...secureContext(certificate, clientAuthority),
      requestCert: clientAuthority !== null,
      // Whoever shows none that is good is told so, by the routes; and who only looks at what is served still can.
      rejectUnauthorized: false,
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
  const budget = createBodyBudget(limits.bodyBudgetBytes);
  const shares = new WeakMap<FastifyRequest, BodyShare>();
  app.addContentTypeParser('application/json', (request: FastifyRequest, message: IncomingMessage) => {
    const { share, body } = receiveBody(message, budget, bodyLimitBytes);
    shares.set(request, share);
    return body;
  });
  // Until then the body, and what was read out of it, is in memory.
  app.addHook('onResponse', (request, _reply, done) => {
    shares.get(request)?.close();
    done();
  });
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    // What is to come of a body that there is no room for is read away after the answer.
    if (error.statusCode !== tooManyRequests) await readAway(request);
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
  if (status === 403) return reply.code(403).send({ error: error.message });
  if (status === tooManyRequests) {
    return (
      reply
        .code(status)
        // Fastify would close the connection, and a client that is still sending would never read this.
        .removeHeader('connection')
        .header('retry-after', retryAfterSeconds)
        .send({ error: 'there is no room for this body now; ask again' })
    );
  }
  if (status === 415) return reply.code(415).send({ error: 'the Content-Type must be application/json' });
  if (status < 500) return reply.code(status).send({ error: 'the request cannot be read' });
  logger.error({ err: error }, 'request failed');
  return reply.code(500).send({ error: 'the request failed; see the log of the webhook' });
}

/** Those who are being told why; what they still send is no new reason. */
const refused = new WeakSet<Socket>();

/** What is not HTTP, or came too late, is told so if it can be; whoever does not read that is cut off all the same. */
function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  const late = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const aboveTls = late || error.code?.startsWith('HPE_') === true;
  if (aboveTls && refused.has(socket)) return;
  // Before the handshake is done nothing that is written ever leaves.
  if (!aboveTls || !socket.writable) {
    socket.destroy();
    return;
  }
  refused.add(socket);
  const status = late ? '408 Request Timeout' : '400 Bad Request';
  const body = JSON.stringify({ error: late ? 'the request took too long' : 'the request is not HTTP/1.1' });
  const head = `content-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close`;
  // A connection that is destroyed before the client has read may take the answer along: the client ends it, or time does.
  const cutOff = setTimeout(() => socket.destroy(), lastWordsMs);
  socket.once('close', () => clearTimeout(cutOff));
  socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n\r\n${body}`);
}
