import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { createAuthority, type CertificatePair } from '../../certs/certificates.ts';
import { buildPod } from '../support/pods.ts';
import { buildReview } from '../support/reviews.ts';
import {
  metric,
  send,
  spawnWebhook,
  startWebhookProcess,
  type Answer,
  type WebhookProcess,
} from '../support/webhook-process.ts';
import { createClientPair } from '../support/client-pairs.ts';

const review = JSON.stringify(buildReview(buildPod()));
const reloadFailures = 'restore_hooks_webhook_certificate_reload_failures_total';

let folder: string;
let authority: CertificatePair;
let webhook: WebhookProcess;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'restore-hooks-clients-'));
  authority = await createAuthority(Date.now());
  await writeFile(join(folder, 'ca.crt'), authority.cert);
  webhook = await startWebhookProcess({
    RESTORE_HOOKS_CLIENT_CA_FILE: join(folder, 'ca.crt'),
    RESTORE_HOOKS_CLIENT_NAMES: 'kube-apiserver, api.example.org',
    RESTORE_HOOKS_TLS_CHECK_SECONDS: '0.05',
  });
}, 60_000);
afterAll(async () => {
  await webhook.remove();
  await rm(folder, { recursive: true, force: true });
});

/** The answer to a review that comes with this certificate, on a connection of its own. */
async function ask(client: CertificatePair | null): Promise<Answer> {
  const agent = new Agent({ keepAlive: false, ...(client !== null && client) });
  try {
    return await send(webhook, review, { agent });
  } finally {
    agent.destroy();
  }
}

/** A connection on which a review was sent and an answer has come. */
async function askOn(options: ConnectionOptions): Promise<{ readonly socket: TLSSocket; readonly answer: string }> {
  const socket = connect({ host: '127.0.0.1', port: webhook.port, ca: webhook.ca, ...options });
  await once(socket, 'secureConnect');
  return { socket, answer: await askAgain(socket) };
}

async function askAgain(socket: TLSSocket): Promise<string> {
  const head = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(review)}`;
  socket.write(`POST /mutate HTTP/1.1\r\nhost: localhost\r\n${head}\r\n\r\n${review}`);
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString();
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(20);
}

describe('the webhook, where clients need a certificate', () => {
  it.each([
    ['a common name that is allowed', { commonName: 'kube-apiserver' }],
    ['an alternative name that is allowed', { commonName: 'other', dnsName: 'api.example.org' }],
  ])('answers one with %s', async (_, names) => {
    expect((await ask(await createClientPair(authority, names))).status).toBe(200);
  });

  it.each([
    ['without a certificate', () => null, /^a client certificate is needed here$/],
    [
      'with a name that is not allowed',
      () => createClientPair(authority, { commonName: 'kube-apiserver2' }),
      /bears none of the names allowed here$/,
    ],
    [
      'of another authority',
      async () => createClientPair(await createAuthority(Date.now()), { commonName: 'kube-apiserver' }),
      /is not valid here: /,
    ],
    [
      'whose certificate has expired',
      () => createClientPair(authority, { commonName: 'kube-apiserver', days: -1 }),
      /is not valid here: CERT_HAS_EXPIRED/,
    ],
    [
      'with a certificate of a server',
      () => createClientPair(authority, { commonName: 'kube-apiserver', usage: 'serverAuth' }),
      /is not valid here: INVALID_PURPOSE/,
    ],
  ])('refuses one %s with 403, and counts it', async (_, make, problem) => {
    const series = 'restore_hooks_webhook_requests_total{outcome="unauthorized"}';
    const before = await metric(webhook, series);
    const { status, body } = await ask(await make());
    expect({ status, body }).toEqual({ status: 403, body: { error: expect.stringMatching(problem) } });
    expect(await metric(webhook, series)).toBe(before + 1);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'is not to be talked round by a session that is resumed, in %s',
    async (version) => {
      const only = { minVersion: version, maxVersion: version };
      const sessions: Buffer[] = [];
      const first = connect({ host: '127.0.0.1', port: webhook.port, ca: webhook.ca, ...only });
      first.on('session', (session: Buffer) => sessions.push(session));
      await once(first, 'secureConnect');
      expect(await askAgain(first)).toMatch(/^HTTP\/1\.1 403/);
      first.destroy();
      const [session] = sessions;
      const { socket, answer } = await askOn({ ...only, ...(session !== undefined && { session }) });
      expect(answer).toMatch(/^HTTP\/1\.1 403/);
      expect(socket.isSessionReused()).toBe(false);
      socket.destroy();
    },
  );

  it('answers probes, which are on another port, to anybody', async () => {
    for (const path of ['healthz', 'readyz', 'metrics']) {
      expect((await fetch(`http://127.0.0.1:${webhook.probePort}/${path}`)).status).toBe(200);
    }
  });

  it('keeps the authority while its file holds none, counts that and logs it once', async () => {
    const client = await createClientPair(authority, { commonName: 'kube-apiserver' });
    const before = await metric(webhook, reloadFailures);
    await writeFile(join(folder, 'ca.crt'), 'nonsense');
    await until(async () => (await metric(webhook, reloadFailures)) >= before + 3);
    expect((await ask(client)).status).toBe(200);
    const told = webhook.lines.filter(
      ({ msg }) => msg === 'client authority on disk cannot be used, keeping the old one',
    );
    expect(told).toHaveLength(1);
    await writeFile(join(folder, 'ca.crt'), authority.cert);
  }, 60_000);

  it('takes a new authority without a restart; who came under the old one gets one more answer', async () => {
    const old = await createClientPair(authority, { commonName: 'kube-apiserver' });
    const next = await createAuthority(Date.now());
    const client = await createClientPair(next, { commonName: 'kube-apiserver' });
    const { socket, answer } = await askOn(old);
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
    await writeFile(join(folder, 'ca.crt'), next.cert);
    await webhook.logged('client authority renewed');
    const last = await askAgain(socket);
    expect(last).toMatch(/^HTTP\/1\.1 200 .*\r\nconnection: close\r\n/is);
    if (!socket.closed) await once(socket, 'close');
    expect((await ask(old)).status).toBe(403);
    expect((await ask(client)).status).toBe(200);
    // While one replaces another, both are in the file.
    await writeFile(join(folder, 'ca.crt'), `${authority.cert}\n${next.cert}`);
    await until(async () => (await ask(old)).status === 200);
    expect((await ask(client)).status).toBe(200);
  }, 60_000);
});

describe('the webhook, at its start', () => {
  it('ends with a reason where the authority of clients cannot be read', async () => {
    const started = spawnWebhook({
      RESTORE_HOOKS_TLS_FOLDER: webhook.folder,
      RESTORE_HOOKS_CLIENT_CA_FILE: join(folder, 'none.crt'),
    });
    expect(await started.exited).toBe(1);
    expect(JSON.stringify(started.lines)).toContain('the authority of clients cannot be read: ENOENT');
  }, 60_000);
});
