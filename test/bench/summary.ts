import type { Size } from './bodies.ts';
import type { CaseResult } from './rounds.ts';
import { percentileOf, spreadOf, type Spread } from './statistics.ts';
import type { BenchResult } from './webhook.ts';

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  /** Of all rounds together. null: they hold too few values for it. */
  readonly p999: number | null;
}

/** One in a thousand cannot be told from fewer. */
const leastValues = 1_000;

/** One kind of review, the webhook beside the bare server: medians over the rounds, and what is a ratio as its spread. */
export interface Row {
  readonly size: Size;
  readonly what: string;
  readonly bareCpuMs: number;
  readonly cpuMs: number;
  readonly cpuRatio: Spread;
  readonly barePerSecond: number;
  readonly perSecond: number;
  readonly throughputRatio: Spread;
  /** In milliseconds, each at half of its own throughput. */
  readonly bareLatency: Percentiles;
  readonly latency: Percentiles;
  /** Of the webhook at half of the bare server's throughput. null: not measured. */
  readonly latencyAtBares: Percentiles | null;
  readonly p99Ratio: Spread;
}

export interface Aim {
  readonly what: string;
  readonly found: string;
  readonly met: boolean;
}

/** What a result says, a row for each kind of review. */
export function rowsOf({ cases }: BenchResult): Row[] {
  return cases.filter(({ rounds }) => rounds.length > 0).map(rowOf);
}

/** The aims of the project for the webhook, and whether they were met in this run. */
export function aimsOf(result: BenchResult): Aim[] {
  const typical = rowsOf(result).filter(({ size }) => size === 'typical');
  const worst = (what: string, pick: (row: Row) => number, isWorse: (one: number, other: number) => boolean) => {
    const [first, ...others] = typical;
    if (first === undefined) throw new Error('no typical review was measured');
    const row = others.reduce((most, each) => (isWorse(pick(each), pick(most)) ? each : most), first);
    return { value: pick(row), found: `${pick(row).toFixed(2)} ${what} (${row.what})` };
  };
  const more = (one: number, other: number) => one > other;
  const less = (one: number, other: number) => one < other;
  const cpu = worst('at most', ({ cpuRatio }) => cpuRatio.median, more);
  const throughput = worst('at least', ({ throughputRatio }) => throughputRatio.median, less);
  const tail = worst('at most', ({ p99Ratio }) => p99Ratio.median, more);
  const memory = Math.max(
    ...result.memory.flatMap(({ restores, after }) =>
      restores === null ? [] : after.filter(({ size }) => size === 'huge').map((each) => each.memory.rssMb),
    ),
  );
  const asked = (isKnown: boolean) =>
    result.calls.filter(({ restores }) => restores > 0 === isKnown).reduce((sum, { forPods }) => sum + forPods, 0);
  // A name that no Restore has is asked for once a minute: it might come.
  const calls = {
    found: `${asked(true)} calls; ${asked(false)} about a name that no Restore has`,
    met: asked(true) === 0,
  };
  return [
    { what: 'typical reviews at ≤ 1.5 times the bare server’s CPU each', found: cpu.found, met: cpu.value <= 1.5 },
    { what: 'typical reviews at ≥ 0.75 of its throughput', found: throughput.found, met: throughput.value >= 0.75 },
    { what: 'typical reviews with a p99 within 1.5 times its own', found: tail.found, met: tail.value <= 1.5 },
    { what: 'RSS ≤ 200 MB after the huge ones', found: `${memory.toFixed(0)} MB at most`, met: memory <= 200 },
    { what: 'no call to the API server for a pod of a known Restore', ...calls },
  ];
}

function rowOf({ size, hooks, restores, rounds }: CaseResult): Row {
  const median = (pick: (round: CaseResult['rounds'][number]) => number) => spreadOf(rounds.map(pick)).median;
  const latency = (pick: (round: CaseResult['rounds'][number]) => readonly number[]): Percentiles => {
    const at = (fraction: number) => median((round) => percentileOf(pick(round), fraction) / 1000);
    const all = rounds.flatMap(pick);
    return { p50: at(0.5), p99: at(0.99), p999: all.length < leastValues ? null : percentileOf(all, 0.999) / 1000 };
  };
  const ratio = (pick: (of: CaseResult['rounds'][number]['bare']) => number) =>
    spreadOf(rounds.map(({ bare, webhook }) => pick(webhook) / pick(bare)));
  return {
    size,
    what: describe(hooks, restores),
    bareCpuMs: median(({ bare }) => bare.saturated.cpuMsEach),
    cpuMs: median(({ webhook }) => webhook.saturated.cpuMsEach),
    cpuRatio: ratio(({ saturated }) => saturated.cpuMsEach),
    barePerSecond: median(({ bare }) => bare.saturated.perSecond),
    perSecond: median(({ webhook }) => webhook.saturated.perSecond),
    throughputRatio: ratio(({ saturated }) => saturated.perSecond),
    bareLatency: latency(({ bare }) => bare.latenciesUs),
    latency: latency(({ webhook }) => webhook.latenciesUs),
    latencyAtBares: rounds.every(({ webhook }) => webhook.atBaresRateUs.length > 0)
      ? latency(({ webhook }) => webhook.atBaresRateUs)
      : null,
    p99Ratio: ratio(({ latenciesUs }) => percentileOf(latenciesUs, 0.99)),
  };
}

function describe(hooks: CaseResult['hooks'], restores: number): string {
  const known = restores === 1 ? '1 Restore known' : `${restores.toLocaleString('en')} Restores known`;
  return `${hooks === 'none' ? 'no hooks' : `hooks in ${hooks}`}, ${known}`;
}
