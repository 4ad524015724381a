import type { SecureContextOptions } from 'node:tls';
import type { Logger } from '../shared/service/logger.ts';
import { readCertificate, type ServingCertificate } from './certificate.ts';
import { readClientAuthority } from './client-authority.ts';
import { createClientCheck, type ClientCheck } from './client-check.ts';
import type { WebhookConfig } from './config.ts';
import { secureContext } from './https-server.ts';
import type { WebhookMetrics } from './metrics.ts';
import { renew } from './renewal.ts';

/** What the server proves itself by, and judges its clients by, as it is on disk. */
export interface Tls {
  readonly certificate: () => ServingCertificate;
  readonly clientAuthority: () => string | null;
  /** null: clients are not asked for a certificate. */
  readonly clients: ClientCheck | null;
  /** Looks at the disk again and again, and tells of each change, until the signal aborts. */
  renew(changed: (context: SecureContextOptions) => void, signal: AbortSignal): Promise<void>;
}

/** Reads it. @throws where one of both cannot be used. */
export async function openTls(
  { tlsFolder, tlsCheckIntervalMs: intervalMs, clients }: WebhookConfig,
  { metrics, logger }: { readonly metrics: WebhookMetrics; readonly logger: Logger },
): Promise<Tls> {
  const readServing = async () => {
    const reading = await readCertificate(tlsFolder, Date.now());
    return reading.ok ? { ok: true as const, value: reading.certificate } : reading;
  };
  const readAuthority = clients === null ? null : () => readClientAuthority(clients.authorityFile);
  let certificate = needed(await readServing(), `folder ${tlsFolder}`);
  let authority = readAuthority === null ? null : needed(await readAuthority(), `file ${clients?.authorityFile ?? ''}`);
  metrics.certificateExpiry.set(certificate.expiresAtMs / 1000);

  return {
    certificate: () => certificate,
    clientAuthority: () => authority,
    clients: clients === null ? null : createClientCheck(clients.names, () => authority ?? ''),
    async renew(changed, signal) {
      const common = { intervalMs, metrics, logger };
      const serving = renew(
        {
          ...common,
          what: 'certificate',
          read: readServing,
          isSame: (one, other) => one.cert === other.cert && one.key === other.key,
          current: certificate,
          use: (next) => {
            certificate = next;
            changed(secureContext(certificate, authority));
            metrics.certificateExpiry.set(next.expiresAtMs / 1000);
          },
          told: ({ expiresAtMs }) => ({ expires: new Date(expiresAtMs).toISOString() }),
        },
        signal,
      );
      if (readAuthority === null || authority === null) return serving;
      const judging = renew(
        {
          ...common,
          what: 'client authority',
          read: readAuthority,
          isSame: (one, other) => one === other,
          current: authority,
          use: (next) => {
            authority = next;
            changed(secureContext(certificate, authority));
          },
          told: () => ({}),
        },
        signal,
      );
      await Promise.all([serving, judging]);
    },
  };
}

function needed<Value>(
  reading: { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: string },
  where: string,
): Value {
  if (!reading.ok) throw new Error(`${reading.problem} (${where})`);
  return reading.value;
}
