import { describe, expect, it } from '@jest/globals';
import type { ExecutorBench } from '../../../bench/executor.ts';
import type { BurstResult } from '../../../bench/executor/burst.ts';
import { executorPlots } from '../../../bench/executor/plots.ts';
import { renderExecutor } from '../../../bench/executor/report.ts';
import { executorAims, growthOf } from '../../../bench/executor/summary.ts';

interface Found {
  readonly ratio: number;
  readonly p95Ms: number;
  readonly podWatches: number;
  readonly writes: number;
  readonly peakMb: number;
  readonly largestPeakMb: number;
  readonly growthMb: number;
}

function burst(pods: number, { ratio, podWatches, writes }: Found, peakMb: number): BurstResult {
  const floor = { seconds: 10, cpuSeconds: 4, serverCpuSeconds: 6 };
  const executor = {
    seconds: 10 * ratio,
    startSeconds: 1,
    cpuSeconds: 8,
    serverCpuSeconds: 12,
    memory: { rssMb: peakMb - 10, peakMb },
    requests: new Map([
      ['PATCH hookruns/status', pods * writes],
      ['POST events', pods * 2],
    ]),
    podWatches,
    eventsDropped: 0,
  };
  return { pods, hooks: 1, rounds: [{ floor, executor }] };
}

function result(found: Found): ExecutorBench {
  const { p95Ms, growthMb, peakMb, largestPeakMb, podWatches } = found;
  const requests = new Map([['PATCH pods/status', 100]]);
  const delaysMs = Array.from({ length: 100 }, (_, index) => (index < 50 ? p95Ms / 2 : p95Ms));
  const rssMb = Array.from({ length: 20 }, (_, wave) => (wave < 5 ? 90 + wave : wave < 15 ? 100 : 100 + growthMb));
  return {
    pace: { podsPerSecond: 10, delaysMs, requests },
    bursts: [burst(1_000, found, peakMb), burst(5_000, found, largestPeakMb)],
    soak: { warmUpWaves: 5, hooksPerWave: 1_000, rssMb, seconds: 100 },
    idle: {
      pods: 5_000,
      startSeconds: 2,
      busy: 0.01,
      memory: { rssMb: 150, peakMb: 160 },
      requestsPerMinute: 90,
      podWatches,
    },
    loadAverage: 0,
    seconds: 600,
  };
}

const bounds = { ratio: 1.6, p95Ms: 100, podWatches: 1, writes: 6, peakMb: 200, largestPeakMb: 250, growthMb: 5 };

describe('the aims of the executor’s benchmark', () => {
  it.each([
    ['at their bounds', {}, []],
    ['the time', { ratio: 1.61 }, [0]],
    ['the delay', { p95Ms: 101 }, [1]],
    ['the watches', { podWatches: 2 }, [2]],
    ['the writes', { writes: 6.01 }, [3]],
    ['the memory at 1,000 pods', { peakMb: 201 }, [4]],
    ['the memory at 5,000 pods', { largestPeakMb: 251 }, [5]],
    ['the memory of the soak', { growthMb: 6 }, [6]],
  ])('are missed by %s alone: %j', (_, beyond, missed) => {
    const aims = executorAims(result({ ...bounds, ...beyond }));
    expect(aims.flatMap(({ met }, index) => (met ? [] : index))).toEqual(missed);
  });

  it('are not met by what was not measured', () => {
    const aims = executorAims({ ...result(bounds), bursts: [burst(50, bounds, 100)] });
    expect(aims.flatMap(({ found }, index) => (found === 'not measured' ? index : []))).toEqual([0, 4, 5]);
    expect(aims.flatMap(({ met }, index) => (met ? [] : index))).toEqual([0, 4, 5]);
  });

  it('do not count what memory grows by during warm-up', () => {
    const rssMb = [50, 80, 100, 100, 100, 100, 100, 103];
    expect(growthOf({ warmUpWaves: 2, hooksPerWave: 10, rssMb, seconds: 1 })).toEqual({
      hooks: 80,
      fromMb: 100,
      byMb: 1.5,
    });
  });
});

describe('the section on the executor', () => {
  it('has its aims, and what every pod costs beside the floor', () => {
    const section = renderExecutor(result({ ...bounds, ratio: 2 }), '2 cores', ['executor-time.svg']);
    expect(section.split('\n')[0]).toBe('## The executor, beside bare execs');
    expect(section).toContain('| 2.00 (2.00–2.00) | **not met** |');
    expect(section).toContain(
      '| 1,000 pods with a hook | 10.0 s | 20.0 s | 2.00 (2.00–2.00) | 100 → 50 | 4.0 → 8.0 | 6.0 → 12.0 | 200 MB |',
    );
    expect(section).toContain('| PATCH hookruns/status | 6.00 | 6.00 | 0.00 |');
    expect(section).toContain('median 50 ms,\np95 100 ms, at most 100 ms.');
    expect(section).toContain('![executor time](bench/executor-time.svg)');
  });

  it('has plots: bars in proportion, and a line through every wave of the soak', () => {
    const plots = executorPlots(result({ ...bounds, ratio: 2 }));
    const bars = [...(plots.get('executor-time.svg') ?? '').matchAll(/width="([\d.]+)" height="15"/g)];
    const [floor = NaN, executor = NaN] = bars.map(([, width]) => Number(width));
    expect(executor / floor).toBeCloseTo(2);
    const [, points = ''] = /points="([^"]*)"/.exec(plots.get('executor-soak.svg') ?? '') ?? [];
    expect(points.split(' ')).toHaveLength(20);
  });
});
