import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request, type Agent } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createAuthority, createServingCertificate, type CertificatePair } from '../../certs/certificates.ts';
import { writeCertificates } from '../../certs/write.ts';

export const subjects = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] };

export type LogLine = Record<string, unknown> & { readonly msg: string };

export interface WebhookProcess {
  readonly port: number;
  readonly probePort: number;
  readonly ca: string;
  readonly authority: CertificatePair;
  /** Where its certificate is. */
  readonly folder: string;
  readonly pid: number;
  readonly lines: readonly LogLine[];
  /** Resolves with the first line of that message or that kind, of those written already too. */
  logged(which: string | ((line: LogLine) => boolean)): Promise<LogLine>;
  /** Resolves with the exit code. */
  readonly exited: Promise<number | null>;
  terminate(): void;
  /** Ends it if it still runs, and removes its folder. */
  remove(): Promise<void>;
}

/** Starts the webhook's real process, with a certificate of its own for localhost and free ports, and waits until it serves. */
export async function startWebhookProcess(env: Record<string, string> = {}): Promise<WebhookProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'restore-hooks-webhook-'));
  const authority = await createAuthority(Date.now());
  await writeCertificates(folder, await createServingCertificate(authority, subjects, Date.now()), authority.cert);
  const started = spawnWebhook({ RESTORE_HOOKS_TLS_FOLDER: folder, ...env });
  const listening = await Promise.race([started.logged('webhook is listening'), started.exited]);
  if (listening === null || typeof listening === 'number') throw new Error(`the webhook ended: ${started.errors()}`);
  return {
    ...started,
    port: Number(listening.port),
    probePort: Number(listening.probePort),
    ca: authority.cert,
    authority,
    folder,
    remove: async () => {
      started.kill();
      await started.exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The bare process with nothing but the given environment, on free ports of the loopback interface. */
export function spawnWebhook(env: Record<string, string>) {
  const child = spawn(process.execPath, ['webhook/main.ts'], {
    env: {
      RESTORE_HOOKS_HTTPS_HOST: '127.0.0.1',
      RESTORE_HOOKS_HTTPS_PORT: '0',
      RESTORE_HOOKS_PROBE_HOST: '127.0.0.1',
      RESTORE_HOOKS_PROBE_PORT: '0',
      RESTORE_HOOKS_SHUTDOWN_DELAY_SECONDS: '0',
      RESTORE_HOOKS_SOURCES: 'annotations',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: LogLine[] = [];
  const news = new EventEmitter();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(JSON.parse(line) as LogLine);
    news.emit('line');
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const logged: WebhookProcess['logged'] = async (which) => {
    for (;;) {
      const line = lines.find((each) => (typeof which === 'string' ? each.msg === which : which(each)));
      if (line !== undefined) return line;
      await once(news, 'line');
    }
  };
  return {
    pid: child.pid ?? 0,
    lines,
    logged,
    exited,
    errors: () => errors,
    terminate: () => void child.kill('SIGTERM'),
    kill: () => void child.kill('SIGKILL'),
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** Sends one request over TLS, the server's certificate verified, and reads the answer's JSON. */
export async function send(
  webhook: Pick<WebhookProcess, 'port' | 'ca'>,
  body: string | Buffer | undefined,
  options: { headers?: Record<string, string>; method?: string; path?: string; agent?: Agent; host?: string } = {},
): Promise<Answer> {
  const { headers = { 'content-type': 'application/json' }, method = 'POST', path = '/mutate?timeout=5s' } = options;
  const { agent = false, host = '127.0.0.1' } = options;
  const sent = request({ host, port: webhook.port, ca: webhook.ca, agent, method, path, headers });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [AsyncIterable<Buffer> & ResponseHead];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return { status: response.statusCode, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
}

interface ResponseHead {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
}

/** The value of one series in the webhook's metrics. */
export async function metric({ probePort }: Pick<WebhookProcess, 'probePort'>, series: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${probePort}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? NaN);
}
