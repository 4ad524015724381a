import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../shared/service/logger.ts';
import { readCertificate, type ServingCertificate } from './certificate.ts';
import type { WebhookMetrics } from './metrics.ts';

export interface RenewalOptions {
  readonly folder: string;
  readonly intervalMs: number;
  /** The one being served. */
  readonly current: ServingCertificate;
  /** Has a new one served from now on. */
  readonly use: (certificate: ServingCertificate) => void;
  readonly metrics: WebhookMetrics;
  readonly logger: Logger;
}

/**
 * Looks at the certificate on disk again and again, by its contents: a Secret's volume is renewed by swapping links, which
 * a file watch misses. One that cannot be served leaves the old one in place, and is logged once.
 *
 * @returns when the signal is aborted.
 */
export async function renewCertificate(options: RenewalOptions, signal: AbortSignal): Promise<void> {
  const { folder, intervalMs, use, metrics, logger } = options;
  let current = options.current;
  let lastProblem: string | null = null;
  while (await passes(intervalMs, signal)) {
    const reading = await readCertificate(folder, Date.now());
    if (!reading.ok) {
      metrics.certificateReloadFailures.inc();
      if (reading.problem !== lastProblem) {
        logger.error({ problem: reading.problem }, 'certificate on disk cannot be served, keeping the old one');
      }
      lastProblem = reading.problem;
      continue;
    }
    lastProblem = null;
    const { certificate } = reading;
    if (certificate.cert === current.cert && certificate.key === current.key) continue;
    current = certificate;
    use(certificate);
    logger.info({ expires: new Date(certificate.expiresAtMs).toISOString() }, 'certificate renewed');
  }
}

/** False if the signal was aborted first. */
async function passes(ms: number, signal: AbortSignal): Promise<boolean> {
  return delay(ms, true, { signal, ref: false }).catch(() => false);
}
