import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import type { Bell } from '../../../certs/bell.ts';
import { keep } from '../../../certs/keep.ts';
import { certsMetrics } from '../../../certs/metrics.ts';
import { StepFailed, type Turn } from '../../../certs/turn.ts';
import { ApiError } from '../../../shared/service/api-error.ts';
import { createLogger } from '../../../shared/service/logger.ts';
import type { LogLine } from '../../support/log-lines.ts';

const checkMs = 10_000;
const away = (message = 'away') => new StepFailed('secret', new Error(message));

/** Runs turns that end as told, one after the other, and tells what was waited for between them. */
async function run(ends: readonly (number | Error)[]) {
  const stop = new AbortController();
  const waits: number[] = [];
  const lines: LogLine[] = [];
  const log = createLogger(
    { name: 'certs', level: 'info' },
    { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) },
  );
  const registry = new Registry();
  let turns = 0;
  const turn: Turn = () => {
    const end = ends[turns];
    turns += 1;
    if (turns >= ends.length) stop.abort();
    return end instanceof Error ? Promise.reject(end) : Promise.resolve(end ?? Infinity);
  };
  const bell: Bell = {
    ring: () => undefined,
    wait(ms) {
      waits.push(ms);
      return Promise.resolve();
    },
  };
  const options = { checkMs, bell, metrics: certsMetrics(registry), log, nowMs: () => 1_000, random: () => 1 };
  let turned = 0;
  await keep(turn, { ...options, turned: () => (turned += 1) }, stop.signal);
  const failures = (await registry.getSingleMetric('restore_hooks_certs_failures_total')?.get())?.values ?? [];
  return { waits, turned, told: lines.map(({ msg }) => msg), failures };
}

describe('keep', () => {
  it('looks again after the time between two checks, or sooner if something is waited for', async () => {
    const { waits, turned } = await run([Infinity, 3_000, Infinity]);
    expect(waits).toEqual([8_000, 2_000, 8_000]);
    expect(turned).toBe(3);
  });

  it('looks again at once after a change, but not for ever', async () => {
    const { waits } = await run(Array<number>(9).fill(-Infinity));
    expect(waits).toEqual([checkMs, checkMs]);
  });

  it('tries again with growing pauses, and tells of each kind of failure once, and of the end', async () => {
    const { waits, told, failures } = await run([away(), away(), away(), away('gone'), Infinity, Infinity]);
    expect(waits.slice(0, 4)).toEqual([500, 1_000, 2_000, 4_000]);
    expect(told).toEqual(['not done, trying again', 'not done, trying again', 'it is well again']);
    expect(failures).toContainEqual({ labels: { step: 'secret' }, value: 4 });
  });

  it('waits as long as the server asks for, and otherwise not longer than between two checks', async () => {
    const busy = new StepFailed('registration', new ApiError('busy', 429, '', 30_000));
    const { waits } = await run([busy, ...Array<Error>(6).fill(away()), Infinity]);
    expect(waits.slice(0, 7)).toEqual([30_000, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('does not tell of what the shutdown broke off', async () => {
    expect((await run([Infinity, away()])).told).toEqual([]);
  });

  it('ends with a fault of its own', async () => {
    await expect(run([new TypeError('a fault'), Infinity])).rejects.toThrow('a fault');
  });
});
