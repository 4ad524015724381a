import type { Spread } from './statistics.ts';
import { aimsOf, rowsOf, type Aim, type Percentiles, type Row } from './summary.ts';
import type { BenchResult } from './webhook.ts';

/** The section about a run, in Markdown: the aims, a table of all cases, and how it was measured. */
export function renderSection(result: BenchResult, machine: string, plots: readonly string[]): string {
  return [
    '## The webhook, beside a bare server',
    '',
    'The webhook’s real process against a bare `node:https` server that parses the same body and answers a constant, with the same',
    'certificate, over the same 16 kept-alive connections, in turns, in one run. Reviews are of pods as Velero creates them, padded',
    'with what real pods have; small ones have 3 KB, typical ones 15 KB, huge ones 1 MB. Each Restore has 50 rules. The load comes',
    'from a process of its own, sent when it is due whether or not earlier answers have come.',
    '',
    `Node ${process.version}, ${machine}; ${result.pinned ? 'server and load each on a core of its own' : 'not pinned to cores'}; load average before ${result.loadAverage.before.toFixed(1)}; ${result.seconds.toFixed(0)} s.`,
    '',
    '### Aims',
    '',
    ...renderAims(aimsOf(result)),
    '',
    '### All cases',
    '',
    ...renderTable(rowsOf(result)),
    '',
    'Ratios are webhook : bare, the median over the rounds, with the least and the most. Latencies are p50 / p99 / p99.9 in milliseconds, each',
    'at half of the server’s own throughput, from the moment a request was due; in the last column the webhook’s, at half of the bare',
    'server’s. A p99.9 is of all rounds together, and is left out of fewer than 1,000 values.',
    '',
    ...plots.map((plot) => `![${plot.replace(/\..*/, '').replaceAll('-', ' ')}](bench/${plot})`),
    '',
    '### Memory, in MB of RSS',
    '',
    ...renderMemory(result),
    '',
  ].join('\n');
}

/** The same for a terminal. */
export function renderTerminal(result: BenchResult): string {
  return [...renderAims(aimsOf(result)), '', ...renderTable(rowsOf(result)), '', ...renderMemory(result)].join('\n');
}

/** What was aimed at, and what was found. */
export function renderAims(aims: readonly Aim[]): string[] {
  const rows = aims.map(({ what, found, met }) => `| ${what} | ${found} | ${met ? 'met' : '**not met**'} |`);
  return ['| aim | found | |', '|---|---|---|', ...rows];
}

function renderTable(rows: readonly Row[]): string[] {
  const head =
    '| review | case | CPU, ms each | ratio | per second | ratio | bare latency | webhook latency | p99 ratio | webhook at the bare server’s rate |';
  return [
    head,
    `|${'---|'.repeat(10)}`,
    ...rows.map((row) => {
      const cells = [
        row.size,
        row.what,
        `${row.bareCpuMs.toFixed(2)} → ${row.cpuMs.toFixed(2)}`,
        spread(row.cpuRatio),
        `${row.barePerSecond.toFixed(0)} → ${row.perSecond.toFixed(0)}`,
        spread(row.throughputRatio),
        percentiles(row.bareLatency),
        percentiles(row.latency),
        spread(row.p99Ratio),
        row.latencyAtBares === null ? '–' : percentiles(row.latencyAtBares),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  ];
}

function renderMemory({ memory, calls }: BenchResult): string[] {
  const [first] = memory;
  const sizes = (first?.after ?? []).map(({ size }) => size);
  const rows = memory.map(({ restores, atStart, after }) => {
    const who = restores === null ? 'bare server' : `webhook, ${restores.toLocaleString('en')} Restores`;
    const asked = calls.find((each) => each.restores === restores);
    const cells = after.map((each) => `${each.memory.rssMb.toFixed(0)} (peak ${each.memory.peakMb.toFixed(0)})`);
    const questions = asked === undefined ? '' : `${asked.forPods} for pods, ${asked.byClock} by the clock`;
    return `| ${[who, atStart.rssMb.toFixed(0), ...cells, questions].join(' | ')} |`;
  });
  const head = [
    'process',
    'at start',
    ...sizes.map((size) => `after ${size} ones`),
    'calls to the API server meanwhile',
  ];
  return [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...rows];
}

function spread({ median, least, most }: Spread): string {
  return `${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
}

function percentiles({ p50, p99, p999 }: Percentiles): string {
  return [p50, p99, p999].map((ms) => ms?.toFixed(ms < 10 ? 2 : 1) ?? '–').join(' / ');
}
