import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPod } from '../support/pods.ts';
import { buildReview } from '../support/reviews.ts';
import { send, spawnWebhook, startWebhookProcess, type WebhookProcess } from '../support/webhook-process.ts';

const review = JSON.stringify(buildReview(buildPod()));

let webhook: WebhookProcess | undefined;
afterEach(async () => {
  await webhook?.remove();
  webhook = undefined;
});

/** A request whose head has arrived, and whose body has not. */
async function beginRequest({ port, ca, probePort }: WebhookProcess) {
  const options: RequestOptions = { host: '127.0.0.1', port, ca, agent: false, method: 'POST', path: '/mutate' };
  const headers = { 'content-type': 'application/json', 'content-length': review.length, expect: '100-continue' };
  const sent = request({ ...options, headers });
  sent.on('error', () => undefined);
  sent.flushHeaders();
  await once(sent, 'continue');
  expect((await fetch(`http://127.0.0.1:${probePort}/readyz`)).status).toBe(200);
  return sent;
}

describe('the webhook, at SIGTERM', () => {
  it('is not ready at once, ends the running request, and exits with 0', async () => {
    webhook = await startWebhookProcess();
    const sent = await beginRequest(webhook);
    webhook.terminate();
    await webhook.logged('webhook is shutting down');
    const readyz = await fetch(`http://127.0.0.1:${webhook.probePort}/readyz`);
    expect([readyz.status, await readyz.text()]).toEqual([503, 'shutting down\n']);
    expect((await fetch(`http://127.0.0.1:${webhook.probePort}/healthz`)).status).toBe(200);
    sent.end(review);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    expect(response.headers.connection).toBe('close');
    response.resume();
    expect(await webhook.exited).toBe(0);
  }, 30_000);

  it('does not wait for connections that are idle', async () => {
    webhook = await startWebhookProcess({ RESTORE_HOOKS_SHUTDOWN_GRACE_SECONDS: '600' });
    const agent = new Agent({ keepAlive: true });
    await send(webhook, review, { agent });
    webhook.terminate();
    expect(await webhook.exited).toBe(0);
    agent.destroy();
  }, 30_000);

  it('serves new requests for the delay, and asks their clients to go elsewhere', async () => {
    webhook = await startWebhookProcess({ RESTORE_HOOKS_SHUTDOWN_DELAY_SECONDS: '3' });
    webhook.terminate();
    await webhook.logged('webhook is shutting down');
    const answer = await send(webhook, review);
    expect([answer.status, answer.headers.connection]).toEqual([200, 'close']);
    expect(await webhook.exited).toBe(0);
  }, 30_000);

  it('cuts off at the end of the grace time whoever is still not done', async () => {
    webhook = await startWebhookProcess({ RESTORE_HOOKS_SHUTDOWN_GRACE_SECONDS: '0.2' });
    const sent = await beginRequest(webhook);
    const cutOff = new Promise((resolve) => sent.once('close', resolve));
    webhook.terminate();
    await cutOff;
    expect(await webhook.exited).toBe(0);
  }, 30_000);
});

describe('the webhook, when it cannot start', () => {
  it('names every bad variable, and exits with 1', async () => {
    const started = spawnWebhook({ RESTORE_HOOKS_HTTPS_PORT: 'https', RESTORE_HOOKS_LOG_LEVEL: 'loud' });
    expect(await started.exited).toBe(1);
    expect(started.errors()).toBe(
      'RESTORE_HOOKS_HTTPS_PORT is "https": wanted is a port between 0 and 65535\n' +
        'RESTORE_HOOKS_LOG_LEVEL is "loud": wanted is one of trace, debug, info, warn, error, fatal, silent\n',
    );
  }, 30_000);

  it('says that there is no certificate, and exits with 1', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'restore-hooks-none-'));
    const started = spawnWebhook({ RESTORE_HOOKS_TLS_FOLDER: folder });
    expect(await started.exited).toBe(1);
    expect(started.lines.at(-1)).toMatchObject({
      level: 'fatal',
      err: { message: expect.stringContaining('the certificate cannot be read: ENOENT') },
    });
    await rm(folder, { recursive: true });
  }, 30_000);

  it('says that its port is taken, and exits with 1', async () => {
    webhook = await startWebhookProcess();
    const again = spawnWebhook({
      RESTORE_HOOKS_TLS_FOLDER: webhook.folder,
      RESTORE_HOOKS_HTTPS_PORT: String(webhook.port),
    });
    expect(await again.exited).toBe(1);
    expect(again.lines.at(-1)).toMatchObject({ err: { message: expect.stringContaining('EADDRINUSE') } });
  }, 30_000);
});
