import { describe, expect, it } from '@jest/globals';
import { renderSection } from '../../bench/report.ts';
import { plotsOf } from '../../bench/plot.ts';
import type { Measured } from '../../bench/rounds.ts';
import { percentileOf, spreadOf } from '../../bench/statistics.ts';
import { aimsOf, rowsOf } from '../../bench/summary.ts';
import type { BenchResult } from '../../bench/webhook.ts';

function measured(cpuMsEach: number, perSecond: number, latencyMs: number): Measured {
  const saturated = { cpuMsEach, perSecond, serverBusy: 1, loadBusy: 1 } as Measured['saturated'];
  const latenciesUs = Array.from({ length: 100 }, () => latencyMs * 1000);
  return { saturated, latenciesUs, atBaresRateUs: [], unsent: 0 };
}

function result(webhook: Measured, rssMb: number, forPods: number): BenchResult {
  const bare = measured(1, 1_000, 2);
  const memory = { rssMb, peakMb: rssMb + 10 };
  return {
    cases: [{ size: 'typical', hooks: 'Restore', restores: 1_000, rounds: [{ bare, webhook }] }],
    memory: [{ restores: 1_000, atStart: memory, after: [{ size: 'huge', memory }] }],
    calls: [{ restores: 1_000, forPods, byClock: 3 }],
    pinned: true,
    loadAverage: { before: 0, after: 0 },
    seconds: 1,
  };
}

describe('the aims of the webhook’s benchmark', () => {
  it.each([
    ['are met at their bounds', measured(1.5, 750, 3), 200, 0, [true, true, true, true, true]],
    ['are not met beyond', measured(1.51, 749, 3.01), 201, 1, [false, false, false, false, false]],
  ])('%s', (_, webhook, rssMb, forPods, met) => {
    expect(aimsOf(result(webhook, rssMb, forPods)).map((aim) => aim.met)).toEqual(met);
  });

  it('stand on the page with what was found, beside every case and the memory', () => {
    const page = renderSection(result(measured(1.51, 749, 3), 180, 0), '2 cores', ['webhook-cpu.svg']);
    expect(page).toContain('| 1.51 at most (hooks in Restore, 1,000 Restores known) | **not met** |');
    expect(page).toContain('| 1000 → 749 | 0.75 (0.75–0.75) |');
    expect(page).toContain('| webhook, 1,000 Restores | 180 | 180 (peak 190) | 0 for pods, 3 by the clock |');
    expect(page).toContain('![webhook cpu](bench/webhook-cpu.svg)');
  });

  it('have plots whose bars are in proportion', () => {
    const svg = plotsOf(rowsOf(result(measured(2, 749, 3), 180, 0))).get('webhook-cpu.svg') ?? '';
    const widths = [...svg.matchAll(/height="15"/g)].length;
    expect(widths).toBe(2);
    const [bare, webhook] = [...svg.matchAll(/width="([\d.]+)" height="15"/g)].map(([, each]) => Number(each));
    expect((webhook ?? NaN) / (bare ?? NaN)).toBeCloseTo(2);
  });
});

describe('statistics', () => {
  it('take the middle of an even number of values between the two', () => {
    expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, least: 1, most: 4 });
  });

  it.each([
    [0.5, 50],
    [0.99, 99],
    [0.999, 100],
    [0, 1],
  ])('find percentile %d', (fraction, value) => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentileOf(values, fraction)).toBe(value);
  });
});
