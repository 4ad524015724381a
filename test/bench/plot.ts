import type { Row } from './summary.ts';

const width = 860;
const left = 330;
const right = 70;
const rowHeight = 46;
const top = 64;

export interface Bar {
  readonly label: string;
  /** Of what the second is measured by. */
  readonly bare: number;
  readonly own: number;
}

export interface PlotText {
  readonly title: string;
  readonly unit: string;
  /** What the two bars are. */
  readonly names: readonly [string, string];
}

/** Two bars for each case, as an SVG that reads on light and on dark. */
export function renderBars({ title, unit, names }: PlotText, bars: readonly Bar[]): string {
  const height = top + bars.length * rowHeight + 16;
  const most = Math.max(...bars.flatMap(({ bare, own }) => [bare, own]));
  const scale = (value: number) => ((width - left - right) * value) / most;
  const rows = bars.flatMap(({ label, bare, own }, index) => {
    const y = top + index * rowHeight;
    const bar = (value: number, offset: number, color: string) => [
      `<rect x="${left}" y="${y + offset}" width="${scale(value).toFixed(1)}" height="15" fill="${color}"/>`,
      `<text x="${(left + scale(value) + 6).toFixed(1)}" y="${y + offset + 12}" class="value">${number(value)}</text>`,
    ];
    return [
      `<text x="${left - 10}" y="${y + 20}" text-anchor="end">${escape(label)}</text>`,
      ...bar(bare, 0, bareColor),
      ...bar(own, 17, ownColor),
    ];
  });
  return [
    ...frame(width, height, title),
    ...legend(names[0], bareColor, 16),
    ...legend(names[1], ownColor, 160),
    `<text x="${width - 16}" y="48" text-anchor="end">${escape(unit)}</text>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

/** The plots of a run, by the names of their files. */
export function plotsOf(rows: readonly Row[]): ReadonlyMap<string, string> {
  const names = ['bare node:https', 'webhook'] as const;
  const few = rows.filter(({ size }) => size !== 'huge');
  const bars = (pick: (row: Row) => readonly [number, number]) =>
    few.map((row): Bar => {
      const [bare, own] = pick(row);
      return { label: `${row.size}: ${row.what}`, bare, own };
    });
  return new Map([
    [
      'webhook-cpu.svg',
      renderBars(
        { title: 'Processor time of one review', unit: 'ms', names },
        bars(({ bareCpuMs, cpuMs }) => [bareCpuMs, cpuMs]),
      ),
    ],
    [
      'webhook-p99.svg',
      renderBars(
        { title: 'p99 latency at half of the throughput', unit: 'ms', names },
        bars(({ bareLatency, latency }) => [bareLatency.p99, latency.p99]),
      ),
    ],
  ]);
}

export const bareColor = '#8c959f';
export const ownColor = '#0969da';

/** The beginning of every plot. */
export function frame(width: number, height: number, title: string): string[] {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="13">`,
    '<style>text{fill:#24292f}.value{font-size:11px}</style>',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="16" y="26" font-size="16" font-weight="bold">${escape(title)}</text>`,
  ];
}

function legend(text: string, color: string, x: number): string[] {
  return [
    `<rect x="${x}" y="38" width="12" height="12" fill="${color}"/>`,
    `<text x="${x + 18}" y="48">${escape(text)}</text>`,
  ];
}

function number(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(1);
}

export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
