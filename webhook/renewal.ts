import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../shared/service/logger.ts';
import type { WebhookMetrics } from './metrics.ts';

export interface RenewalOptions<Material> {
  /** How the log calls it: `certificate`. */
  readonly what: string;
  readonly read: () => Promise<
    { readonly ok: true; readonly value: Material } | { readonly ok: false; readonly problem: string }
  >;
  readonly isSame: (one: Material, other: Material) => boolean;
  readonly intervalMs: number;
  /** The one in use. */
  readonly current: Material;
  /** Has a new one used from now on. */
  readonly use: (material: Material) => void;
  /** What the log says of it. */
  readonly told: (material: Material) => object;
  readonly metrics: Pick<WebhookMetrics, 'certificateReloadFailures'>;
  readonly logger: Logger;
}

/**
 * Looks at what is on disk again and again, by its contents: a Secret's volume is renewed by swapping links, which a file
 * watch misses. What cannot be used leaves the old one in place, and is logged once.
 *
 * @returns when the signal is aborted.
 */
export async function renew<Material>(options: RenewalOptions<Material>, signal: AbortSignal): Promise<void> {
  const { what, read, isSame, intervalMs, use, told, metrics, logger } = options;
  let current = options.current;
  let lastProblem: string | null = null;
  while (await passes(intervalMs, signal)) {
    const reading = await read();
    if (!reading.ok) {
      metrics.certificateReloadFailures.inc();
      if (reading.problem !== lastProblem) {
        logger.error({ problem: reading.problem }, `${what} on disk cannot be used, keeping the old one`);
      }
      lastProblem = reading.problem;
      continue;
    }
    lastProblem = null;
    if (isSame(reading.value, current)) continue;
    current = reading.value;
    use(current);
    logger.info(told(current), `${what} renewed`);
  }
}

/** False if the signal was aborted first. */
async function passes(ms: number, signal: AbortSignal): Promise<boolean> {
  return delay(ms, true, { signal, ref: false }).catch(() => false);
}
