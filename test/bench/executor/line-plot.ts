import { escape, frame, ownColor } from '../plot.ts';

const width = 860;
const height = 320;
const left = 70;
const right = 30;
const top = 60;
const bottom = 50;
/** Marks on each axis, besides 0. */
const marks = 5;

export interface Line {
  readonly title: string;
  /** Units of the axes. */
  readonly across: string;
  readonly up: string;
  readonly points: readonly (readonly [number, number])[];
}

/** A line through points, in their order, both axes from 0, as an SVG that reads on light and on dark. */
export function renderLine({ title, across, up, points }: Line): string {
  const mostX = roundUp(Math.max(...points.map(([x]) => x)));
  const mostY = roundUp(Math.max(...points.map(([, y]) => y)));
  const xOf = (x: number) => left + ((width - left - right) * x) / mostX;
  const yOf = (y: number) => height - bottom - ((height - top - bottom) * y) / mostY;
  const steps = Array.from({ length: marks + 1 }, (_, index) => index / marks);
  const path = points.map(([x, y]) => `${xOf(x).toFixed(1)},${yOf(y).toFixed(1)}`).join(' ');
  return [
    ...frame(width, height, title),
    `<text x="16" y="46">${escape(up)}</text>`,
    `<text x="${width - right}" y="${height - 10}" text-anchor="end">${escape(across)}</text>`,
    ...steps.flatMap((step) => {
      const [x, y] = [xOf(step * mostX), yOf(step * mostY)].map((each) => each.toFixed(1));
      return [
        `<line x1="${left}" x2="${width - right}" y1="${y}" y2="${y}" stroke="#d0d7de"/>`,
        `<text x="${left - 8}" y="${y}" dy="4" text-anchor="end" class="value">${label(step * mostY)}</text>`,
        `<text x="${x}" y="${height - bottom + 18}" text-anchor="middle" class="value">${label(step * mostX)}</text>`,
      ];
    }),
    `<polyline points="${path}" fill="none" stroke="${ownColor}" stroke-width="2"/>`,
    '</svg>',
    '',
  ].join('\n');
}

/** To a multiple of the marks with one or two digits that count. */
function roundUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value)) / 2;
  return Math.ceil(value / unit) * unit;
}

function label(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 1 });
}
