/** The columns of the table of hooks, each as wide as what usually stands in it; a longer text pushes the others on. */
const columns = [
  { title: 'POD', width: 10 },
  { title: 'HOOK', width: 5 },
  { title: 'CONTAINER', width: 13 },
  { title: 'STATE', width: 10 },
  { title: 'DURATION', width: 9 },
  { title: 'EXIT', width: 5 },
  { title: 'OUTPUT', width: 0 },
] as const;

/** Of a command's output, its end, in a table row. */
const shownOutputCharacters = 60;

export interface HookRow {
  readonly pod: string;
  readonly kind: 'init' | 'exec';
  readonly container: string;
  readonly state: string;
  readonly durationMs: number | null;
  readonly exitCode: number | null;
  readonly output: string;
}

export function tableHead(): string {
  return line(columns.map(({ title }) => title));
}

export function tableRow(row: HookRow): string {
  const { pod, kind, container, state, durationMs, exitCode, output } = row;
  return line([pod, kind, container, state, durationOf(kind, durationMs), String(exitCode ?? '-'), oneLine(output)]);
}

/** The kubelet tells the times of containers in whole seconds. */
function durationOf(kind: HookRow['kind'], durationMs: number | null): string {
  if (durationMs === null) return '-';
  if (kind === 'exec') return `${(durationMs / 1000).toFixed(1)} s`;
  return durationMs === 0 ? '< 1 s' : `${durationMs / 1000} s`;
}

function line(cells: readonly string[]): string {
  const padded = cells.map((cell, index) => cell.padEnd(columns[index]?.width ?? 0));
  return padded.join(' ').trimEnd();
}

function oneLine(output: string): string {
  const text = output.trim().replace(/\s*\n\s*/g, ' ⏎ ');
  return text.length > shownOutputCharacters ? `…${text.slice(1 - shownOutputCharacters)}` : text;
}
