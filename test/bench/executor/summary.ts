import { percentileOf, spreadOf, type Spread } from '../statistics.ts';
import type { Aim } from '../summary.ts';
import type { ExecutorBench } from '../executor.ts';
import { eventsOf, sumOf, writesOf } from './api-metrics.ts';
import type { BurstResult } from './burst.ts';
import type { SoakResult } from './soak.ts';

/** One size of a burst, the executor beside the floor: medians over its rounds, and the worst of what must not be exceeded. */
export interface BurstRow {
  readonly pods: number;
  readonly hooks: number;
  readonly what: string;
  readonly floorSeconds: number;
  readonly seconds: number;
  readonly ratio: Spread;
  /** Of the floor's process and of the executor's, for each hook. */
  readonly floorCpuMs: number;
  readonly cpuMs: number;
  /** Of etcd, the API server and kwok, for each hook. */
  readonly floorServerCpuMs: number;
  readonly serverCpuMs: number;
  readonly peakMb: number;
  readonly podWatches: number;
  readonly requestsPerPod: number;
  readonly writesPerPod: number;
  readonly eventsPerPod: number;
  readonly eventsDropped: number;
}

export interface Delays {
  readonly median: number;
  readonly p95: number;
  readonly most: number;
}

/** Memory over the soak's last two thirds after warm-up, less that over its first third. */
export interface Growth {
  readonly hooks: number;
  readonly fromMb: number;
  readonly byMb: number;
}

/** What a garbage collector leaves or takes from one look to the next; over half of a soak, a leak of a kilobyte a hook is more. */
const noise = 0.05;

export function burstRows({ bursts }: Pick<ExecutorBench, 'bursts'>): BurstRow[] {
  return bursts.map(rowOf);
}

export function delaysOf({ pace }: Pick<ExecutorBench, 'pace'>): Delays {
  const at = (fraction: number) => percentileOf(pace.delaysMs, fraction);
  return { median: at(0.5), p95: at(0.95), most: at(1) };
}

export function growthOf({ rssMb, warmUpWaves, hooksPerWave }: SoakResult): Growth {
  const warm = rssMb.slice(warmUpWaves);
  const third = Math.ceil(warm.length / 3);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const fromMb = mean(warm.slice(0, third));
  return { hooks: rssMb.length * hooksPerWave, fromMb, byMb: mean(warm.slice(-third)) - fromMb };
}

/** The aims of the project for the executor, and whether they were met in this run. */
export function executorAims(result: ExecutorBench): Aim[] {
  const rows = burstRows(result);
  const { pace, soak } = result;
  const thousand = rows.find(({ pods, hooks }) => pods === 1_000 && hooks === 1);
  const { p95 } = delaysOf(result);
  const watches = rows.map(({ podWatches }) => podWatches);
  const paceWrites = writesOf(pace.requests) / pace.delaysMs.length;
  const writes = Math.max(paceWrites, ...rows.filter(({ hooks }) => hooks === 1).map((row) => row.writesPerPod));
  const growth = growthOf(soak);
  const memory = (pods: number, mostMb: number): Aim => {
    const peakMb = Math.max(...rows.filter((row) => row.pods === pods).map((row) => row.peakMb));
    return {
      what: `RSS ≤ ${mostMb} MB at ${pods.toLocaleString('en')} pods`,
      found: Number.isFinite(peakMb) ? `${peakMb.toFixed(0)} MB at most` : notMeasured,
      met: peakMb <= mostMb && Number.isFinite(peakMb),
    };
  };
  return [
    {
      what: 'all done, every record written, within 1.6 times the floor at 1,000 pods',
      found: thousand === undefined ? notMeasured : spread(thousand.ratio),
      met: thousand !== undefined && thousand.ratio.median <= 1.6,
    },
    {
      what: `p95 from container start to command start ≤ 100 ms at ${pace.podsPerSecond} pods a second`,
      found: `${p95.toFixed(0)} ms`,
      met: p95 <= 100,
    },
    {
      what: 'one watch on pods, whatever their number',
      found: [...new Set(watches)].join(', '),
      met: watches.every((count) => count === 1),
    },
    { what: '≤ 6 writes besides Events for a pod with a hook', found: writes.toFixed(2), met: writes <= 6 },
    memory(1_000, 200),
    memory(5_000, 250),
    {
      what: 'no growth of memory over a soak of 20,000 hooks',
      found: `${growth.byMb.toFixed(1)} MB from ${growth.fromMb.toFixed(0)} MB, ${growth.hooks.toLocaleString('en')} hooks`,
      met: growth.byMb <= growth.fromMb * noise && growth.hooks >= 20_000,
    },
  ];
}

const notMeasured = 'not measured';

export function spread({ median, least, most }: Spread): string {
  return `${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
}

function rowOf({ pods, hooks, rounds }: BurstResult): BurstRow {
  const median = (pick: (round: BurstResult['rounds'][number]) => number) => spreadOf(rounds.map(pick)).median;
  const most = (pick: (round: BurstResult['rounds'][number]) => number) => Math.max(...rounds.map(pick));
  const perHookMs = (seconds: number) => (seconds * 1000) / (pods * hooks);
  return {
    pods,
    hooks,
    what: `${pods.toLocaleString('en')} pods with ${hooks === 1 ? 'a hook' : `${hooks} hooks`}`,
    floorSeconds: median(({ floor }) => floor.seconds),
    seconds: median(({ executor }) => executor.seconds),
    ratio: spreadOf(rounds.map(({ floor, executor }) => executor.seconds / floor.seconds)),
    floorCpuMs: perHookMs(median(({ floor }) => floor.cpuSeconds)),
    cpuMs: perHookMs(median(({ executor }) => executor.cpuSeconds)),
    floorServerCpuMs: perHookMs(median(({ floor }) => floor.serverCpuSeconds)),
    serverCpuMs: perHookMs(median(({ executor }) => executor.serverCpuSeconds)),
    peakMb: most(({ executor }) => executor.memory.peakMb),
    podWatches: most(({ executor }) => executor.podWatches),
    requestsPerPod: median(({ executor }) => sumOf(executor.requests)) / pods,
    writesPerPod: median(({ executor }) => writesOf(executor.requests)) / pods,
    eventsPerPod: median(({ executor }) => eventsOf(executor.requests)) / pods,
    eventsDropped: most(({ executor }) => executor.eventsDropped),
  };
}
