import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createAuthority, createServingCertificate } from '../../certs/certificates.ts';

export interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

/** An API server that answers what a test says, and 404 to all else. */
export interface RunsApi {
  /** Its contexts: `here`, and `nobody`, where no server listens. */
  readonly kubeconfig: string;
  /** By path, with its query. */
  answers: Readonly<Record<string, Answer>>;
  /** Method and path of each request; of those with a body its type and the body, too. */
  asked: string[];
  close(): Promise<void>;
}

export async function openRunsApi(): Promise<RunsApi> {
  const folder = await mkdtemp(join(tmpdir(), 'restore-hooks-runs-'));
  const authority = await createAuthority(Date.now());
  const subjects = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] };
  const server = createServer(await createServingCertificate(authority, subjects, Date.now()));
  const api: RunsApi = {
    kubeconfig: join(folder, 'kubeconfig'),
    answers: {},
    asked: [],
    async close() {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  server.on('request', (request, response) => {
    void text(request).then((body) => {
      const path = decodeURIComponent(request.url ?? '');
      const sent = body === '' ? '' : ` ${request.headers['content-type'] ?? ''} ${body}`;
      api.asked.push(`${request.method ?? ''} ${path}${sent}`);
      const { status = 200, body: answer } = api.answers[path] ?? { status: 404, body: { message: 'not here' } };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const data = Buffer.from(authority.cert).toString('base64');
  const cluster = (name: string, at: number) => ({
    name,
    cluster: { server: `https://127.0.0.1:${at}`, 'certificate-authority-data': data },
  });
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [cluster('here', port), cluster('nowhere', 1)],
    users: [{ name: 'one', user: { token: 'one' } }],
    contexts: [
      { name: 'here', context: { cluster: 'here', user: 'one' } },
      { name: 'nobody', context: { cluster: 'nowhere', user: 'one' } },
    ],
    'current-context': 'here',
  };
  await writeFile(api.kubeconfig, JSON.stringify(config));
  return api;
}
