import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { buildPod } from '../support/pods.ts';
import { buildReview } from '../support/reviews.ts';
import { send, startWebhookProcess, type WebhookProcess } from '../support/webhook-process.ts';

const limits = {
  RESTORE_HOOKS_HANDSHAKE_TIMEOUT_SECONDS: '1',
  RESTORE_HOOKS_HEADERS_TIMEOUT_SECONDS: '1',
  RESTORE_HOOKS_REQUEST_TIMEOUT_SECONDS: '2',
  RESTORE_HOOKS_MAX_CONNECTIONS: '8',
};
const good = JSON.stringify(buildReview(buildPod()));
/** Every limit above, the second between two checks, and a busy machine. */
const patienceMs = 20_000;

let webhook: WebhookProcess;
beforeAll(async () => {
  webhook = await startWebhookProcess(limits);
}, 30_000);
afterAll(() => webhook.remove());

async function secure(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connectTls({ host: '127.0.0.1', port: webhook.port, ca: webhook.ca, ...options });
  await once(socket, 'secureConnect');
  // A connection that is cut off may end in an error on this side, too.
  socket.on('error', () => undefined);
  return socket;
}

async function closed(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
}

describe('the webhook, for a client that takes its time', () => {
  it(
    'cuts off one that never begins the handshake',
    async () => {
      const socket = connectTcp(webhook.port, '127.0.0.1').resume();
      await closed(socket);
      expect((await send(webhook, good)).status).toBe(200);
    },
    patienceMs,
  );

  it(
    'cuts off one that never sends a request',
    async () => {
      await closed((await secure()).resume());
    },
    patienceMs,
  );

  it(
    'cuts off one that sends half a header, with a sentence',
    async () => {
      const socket = await secure();
      let answer = '';
      socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
      socket.write('POST /mutate HTTP/1.1\r\nhost: localhost\r\ncontent-ty');
      await closed(socket);
      expect(answer).toMatch(/^HTTP\/1\.1 408 .*\{"error":"the request took too long"\}$/s);
    },
    patienceMs,
  );

  it(
    'cuts off one whose body drips',
    async () => {
      const socket = (await secure()).resume();
      socket.write(
        'POST /mutate HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 10000\r\n\r\n',
      );
      const drip = setInterval(() => socket.write('x'), 100);
      await closed(socket);
      clearInterval(drip);
    },
    patienceMs,
  );

  it(
    'cuts off one that sends and never reads',
    async () => {
      const socket = await secure();
      const requests = 'GET /mutate HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(1_000);
      const pour = () => {
        while (!socket.destroyed && socket.write(requests));
      };
      socket.on('drain', pour);
      pour();
      await closed(socket);
      expect((await send(webhook, good)).status).toBe(200);
    },
    patienceMs,
  );

  it(
    'answers what is not HTTP with a sentence',
    async () => {
      const socket = await secure();
      let answer = '';
      socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
      socket.write('EHLO localhost\r\n\r\n');
      await closed(socket);
      expect(answer).toMatch(/^HTTP\/1\.1 400 .*\{"error":"the request is not HTTP\/1\.1"\}$/s);
    },
    patienceMs,
  );

  it(
    'serves only so many connections at once, and the next when one is gone',
    async () => {
      const held = await Promise.all(Array.from({ length: 8 }, () => secure()));
      const refused = connectTcp(webhook.port, '127.0.0.1').resume();
      await closed(refused);
      for (const socket of held) socket.resume().end();
      await Promise.all(held.map(closed));
      expect((await send(webhook, good)).status).toBe(200);
    },
    patienceMs,
  );
});

describe('the webhook, about TLS', () => {
  it('refuses TLS 1.1 by an alert of its own', async () => {
    const old = secure({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
    await expect(old).rejects.toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('speaks %s', async (version) => {
    const socket = await secure({ minVersion: version, maxVersion: version });
    expect(socket.getProtocol()).toBe(version);
    socket.destroy();
  });

  it('speaks HTTP/1.1 to a client that would rather speak HTTP/2', async () => {
    const socket = await secure({ ALPNProtocols: ['h2', 'http/1.1'] });
    expect(socket.alpnProtocol).toBe('http/1.1');
    socket.destroy();
  });

  it('is known by its name and by its address, and not by another', async () => {
    for (const host of ['127.0.0.1', 'localhost']) expect((await send(webhook, good, { host })).status).toBe(200);
    await expect(secure({ servername: 'example.org', host: '127.0.0.1' })).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });
});
