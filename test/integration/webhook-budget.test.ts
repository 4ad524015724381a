import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { buildPod } from '../support/pods.ts';
import { buildReview } from '../support/reviews.ts';
import { metric, send, startWebhookProcess, type WebhookProcess } from '../support/webhook-process.ts';

const mib = 1024 * 1024;
const good = JSON.stringify(buildReview(buildPod()));
/** Sent as a body that never ends. */
const filling = Buffer.alloc(mib, ' ');
const busy = 'restore_hooks_webhook_requests_total{outcome="busy"}';

let webhook: WebhookProcess;
beforeAll(async () => {
  webhook = await startWebhookProcess({ RESTORE_HOOKS_BODY_BUDGET_MIB: '7' });
}, 60_000);
afterAll(() => webhook.remove());

interface Stalled {
  readonly socket: TLSSocket;
  /** Resolves to the head and body of what is answered before the body has ended. */
  readonly answered: Promise<string>;
}

/** A client that announces 7 MiB, sends so much of them, and then nothing. */
async function stall(bytes: number): Promise<Stalled> {
  const socket = connect({ host: '127.0.0.1', port: webhook.port, ca: webhook.ca });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  socket.setEncoding('utf8');
  const answered = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.endsWith('}')) resolve(text);
    });
  });
  socket.write('POST /mutate HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n');
  socket.write(`content-length: ${7 * mib}\r\n\r\n`);
  await new Promise<void>((resolve) => {
    socket.write(filling.subarray(0, bytes % mib || mib), () => resolve());
  });
  for (let sent = bytes % mib || mib; sent < bytes; sent += mib) {
    await new Promise<void>((resolve) => void socket.write(filling, () => resolve()));
  }
  return { socket, answered };
}

describe('the webhook, when bodies fill its budget', () => {
  it('answers the largest that has not ended 429 at once, with a time to come again, and small ones as ever', async () => {
    const before = await metric(webhook, busy);
    const [one, other] = await Promise.all([stall(3 * mib), stall(3.5 * mib)]);
    const third = await stall(2 * mib);
    // Whichever of the three came to the brim: the largest is the one that has to go.
    const answer = await Promise.race([one.answered, other.answered, third.answered]);
    expect(answer).toMatch(/^HTTP\/1\.1 429 .*\r\nretry-after: 1\r\n.*\{"error":"there is no room for this body now/s);
    expect((await send(webhook, good)).status).toBe(200);
    expect(await metric(webhook, busy)).toBe(before + 1);
    for (const { socket } of [one, other, third]) socket.destroy();
  }, 60_000);

  it('takes the largest body there may be when the stalled ones are gone', async () => {
    const review = Buffer.concat([Buffer.from(good), Buffer.alloc(7 * mib - Buffer.byteLength(good), ' ')]);
    for (;;) {
      // The server hears of a connection's end a moment after it.
      const { status } = await send(webhook, review);
      if (status === 200) break;
      expect(status).toBe(429);
    }
    expect((await send(webhook, good)).status).toBe(200);
  }, 60_000);

  it('lets one that was refused send the rest, and its next request, on the same connection', async () => {
    const { socket, answered } = await stall(6.5 * mib);
    const small = await stall(mib);
    expect(await answered).toMatch(/^HTTP\/1\.1 429/);
    socket.write(Buffer.alloc(0.5 * mib, ' '));
    const next = once(socket, 'data') as Promise<[string]>;
    socket.write('POST /mutate HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n');
    socket.write(`content-length: ${Buffer.byteLength(good)}\r\n\r\n${good}`);
    expect((await next)[0]).toMatch(/^HTTP\/1\.1 200/);
    for (const each of [socket, small.socket]) each.destroy();
  }, 60_000);
});
