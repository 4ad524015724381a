import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/**
 * The measure of the webhook: node:https alone, with the webhook's TLS, that reads and parses the same body and answers a
 * constant. A process of its own; tells its parent the port, and ends with it.
 */
const folder = process.argv[2] ?? '';

const response = { uid: '60891ed8-451e-406d-a49a-59dbe533fac2', allowed: true };
const constant = JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': constant.length };

const server = createServer(
  {
    cert: readFileSync(join(folder, 'tls.crt')),
    key: readFileSync(join(folder, 'tls.key')),
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    keepAliveTimeout: 120_000,
  },
  (request, reply) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { readonly kind?: unknown };
      reply.writeHead(review.kind === 'AdmissionReview' ? 200 : 400, headers).end(constant);
    });
  },
);
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
