import { waitAfterMs } from '../shared/service/api-error.ts';
import { backoffMs, type Backoff } from '../shared/service/backoff.ts';
import type { Logger } from '../shared/service/logger.ts';
import type { Bell } from './bell.ts';
import type { CertsMetrics } from './metrics.ts';
import { StepFailed, type Turn } from './turn.ts';

export interface KeepOptions {
  readonly checkMs: number;
  readonly bell: Bell;
  readonly metrics: CertsMetrics;
  readonly log: Logger;
  readonly nowMs: () => number;
  /** From 0 (inclusive) to 1. */
  readonly random: () => number;
  /** Called after every turn that did not fail. */
  readonly turned: () => void;
}

/** Turns that change something follow each other at once, but not for ever, whatever is wrong. */
const mostAtOnce = 8;
/** Looks of several replicas do not fall on the same moment. */
const jitter = 0.2;

/**
 * Takes turn after turn until the signal aborts. What fails is tried again, with a back-off up to the time between two checks, and
 * logged once as long as it fails in the same way: what is served goes on being served meanwhile.
 *
 * @throws what is no failure of something outside: a fault of this program.
 */
export async function keep(turn: Turn, options: KeepOptions, signal: AbortSignal): Promise<void> {
  const { checkMs, bell, metrics, log, nowMs, random } = options;
  const backoff: Backoff = { firstMs: Math.min(500, checkMs), maxMs: checkMs };
  let failures = 0;
  let atOnce = 0;
  let problem: string | null = null;

  while (!signal.aborted) {
    try {
      const nextMs = await turn(signal);
      options.turned();
      if (problem !== null) log.info('it is well again');
      [failures, problem] = [0, null];
      const waitMs = Math.min(checkMs * (1 - jitter * random()), nextMs - nowMs());
      atOnce = waitMs > 0 ? 0 : atOnce + 1;
      if (waitMs > 0) await bell.wait(waitMs, signal);
      else if (atOnce >= mostAtOnce) await bell.wait(checkMs, signal);
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      if (isOver(signal)) return;
      failures += 1;
      metrics.failures.inc({ step: error.step });
      if (error.message !== problem) log.warn({ step: error.step, err: error.cause }, 'not done, trying again');
      problem = error.message;
      await bell.wait(waitAfterMs(error.cause, backoffMs(backoff, failures, random())), signal);
    }
  }
}

/** Asked anew: what was false before an await may be true after it. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}
