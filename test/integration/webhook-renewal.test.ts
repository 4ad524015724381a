import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { Agent } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { createServingCertificate } from '../../certs/certificates.ts';
import { writeCertificates } from '../../certs/write.ts';
import { buildPod } from '../support/pods.ts';
import { buildReview } from '../support/reviews.ts';
import {
  metric,
  send,
  startWebhookProcess,
  subjects,
  type LogLine,
  type WebhookProcess,
} from '../support/webhook-process.ts';

const review = JSON.stringify(buildReview(buildPod()));

let webhook: WebhookProcess;
beforeAll(async () => {
  webhook = await startWebhookProcess({ RESTORE_HOOKS_TLS_CHECK_SECONDS: '0.05' });
}, 30_000);
afterAll(() => webhook.remove());

/** The serial number of the certificate that a new connection is shown. */
async function servedSerial(): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: webhook.port, ca: webhook.ca });
  await once(socket, 'secureConnect');
  const serial = socket.getPeerCertificate().serialNumber;
  socket.destroy();
  return serial;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(20);
}

function serialOf(pem: string): string {
  return new X509Certificate(pem).serialNumber;
}

function issue() {
  return createServingCertificate(webhook.authority, subjects, Date.now());
}

describe('the webhook, when its certificate is renewed', () => {
  it('shows the new one to new connections, and drops none and fails no request', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 4, maxCachedSessions: 0 });
    const sockets = new Set<TLSSocket>();
    agent.on('free', (socket: TLSSocket) => sockets.add(socket));
    const statuses: number[] = [];
    let running = true;
    const load = Array.from({ length: 4 }, async () => {
      while (running) statuses.push((await send(webhook, review, { agent })).status);
    });
    for (let round = 0; round < 3; round += 1) {
      const next = await issue();
      await writeCertificates(webhook.folder, next, webhook.authority.cert);
      await until(async () => (await servedSerial()) === serialOf(next.cert));
    }
    const soFar = statuses.length;
    await until(() => Promise.resolve(statuses.length > soFar + 20));
    running = false;
    await Promise.all(load);
    agent.destroy();
    expect(new Set(statuses)).toEqual(new Set([200]));
    // The four connections of the beginning are still those of the end.
    expect(sockets.size).toBe(4);
    const renewals = () => webhook.lines.filter(({ msg }) => msg === 'certificate renewed').length;
    await until(() => Promise.resolve(renewals() >= 3));
    expect(renewals()).toBe(3);
  }, 30_000);

  it('keeps TLS 1.2 as its minimum', async () => {
    const options = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const old = connect({ host: '127.0.0.1', port: webhook.port, ca: webhook.ca, ...options });
    await expect(once(old, 'secureConnect')).rejects.toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
  });

  it.each([
    [
      'with the key of another',
      async () => ({ cert: (await issue()).cert, key: (await issue()).key }),
      /not the key of/,
    ],
    [
      'that has expired',
      () => createServingCertificate(webhook.authority, subjects, Date.now(), -0.001),
      /has expired/,
    ],
    ['that is no certificate', async () => ({ ...(await issue()), cert: 'nonsense' }), /cannot be read/],
  ])(
    'refuses one %s, keeps the old one, counts that and logs it once',
    async (_, make, problem) => {
      const before = await servedSerial();
      const failures = () => metric(webhook, 'restore_hooks_webhook_certificate_reload_failures_total');
      const isTold = ({ problem: text }: LogLine) => typeof text === 'string' && problem.test(text);
      await writeCertificates(webhook.folder, await make(), webhook.authority.cert);
      await webhook.logged(isTold);
      const failuresBefore = await failures();
      await until(async () => (await failures()) >= failuresBefore + 3);
      expect(await servedSerial()).toBe(before);
      const told = webhook.lines.filter(isTold);
      expect(told).toHaveLength(1);
      expect(JSON.stringify(told)).not.toContain('PRIVATE');
    },
    30_000,
  );

  it('takes the next good one, and tells when that expires', async () => {
    const next = await issue();
    await writeCertificates(webhook.folder, next, webhook.authority.cert);
    await until(async () => (await servedSerial()) === serialOf(next.cert));
    const expiry = await metric(webhook, 'restore_hooks_webhook_certificate_expiry_timestamp_seconds');
    expect(expiry * 1000).toBe(new X509Certificate(next.cert).validToDate.getTime());
  }, 30_000);
});
