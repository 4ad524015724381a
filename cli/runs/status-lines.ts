import { cut, widthOf } from '../plan/printable.ts';
import { failureLines } from './failures.ts';
import { bar, type Line, type Paint } from './line.ts';
import { countRuns, groupRuns, type RestoreGroup, type RunCounts } from './summary.ts';
import { podOf, type KnownRun, type RunView } from './view.ts';

export interface StatusOptions {
  readonly nowMs: number;
  /** null: no limit. */
  readonly columns: number | null;
  /** What people type to run the program. */
  readonly program: string;
}

const widestRestoreBar = 30;
const widestPodBar = 12;
const nameRoom = 63;
/** Of `namespace/pod` on a narrow screen. */
const leastPodRoom = 16;
/** What stands beside it in a row: margins, phase, counts, bar, time. */
const besidePod = 52;
/** The longest are Succeeded and Cancelled. */
const phaseRoom = 9;

/** All that is to be told of runs: a table for each restore, then the failures, then the sum. */
export function statusLines(runs: readonly KnownRun[], options: StatusOptions): Line[] {
  const tables = groupRuns(runs).flatMap((group) => [...table(group, options), []]);
  const failures = failureLines(runs, options.program, options.columns);
  return [...tables.slice(0, -1), ...failures, [], summaryLine(runs)];
}

/**
 * The same for a screen of `rows` lines, which is drawn anew and must not scroll: what is going on comes first, and what has no room
 * is counted.
 */
export function liveLines(runs: readonly KnownRun[], options: StatusOptions, rows: number): Line[] {
  const whole = statusLines(runs, options);
  if (whole.length <= rows) return whole;
  const lines = groupRuns(runs).flatMap((group) => [
    restoreLine(group, options),
    ...rowsOf(
      group.runs.filter(({ isFinished }) => !isFinished),
      options,
    ),
  ]);
  const room = Math.max(1, rows - 2);
  const left = lines.length - room;
  const shown = left > 0 ? lines.slice(0, room - 1) : lines;
  const more: Line[] = left > 0 ? [[{ text: `  … and ${left + 1} lines more`, paint: 'dim' }]] : [];
  return [...shown, ...more, [], summaryLine(runs)].slice(-rows);
}

/** `2 restores, 14 pods: 3 running, 10 succeeded, 1 failed` */
export function summaryLine(runs: readonly KnownRun[]): Line {
  const counts = countRuns(runs);
  const restores = groupRuns(runs).length;
  const parts: [number, string, Paint | undefined][] = [
    [counts.waiting, 'waiting', undefined],
    [counts.running, 'running', 'cyan'],
    [counts.succeeded, 'succeeded', 'green'],
    [counts.failed, 'failed', 'red'],
  ];
  const shown = parts.filter(([number]) => number > 0);
  return [
    { text: `${counted(restores, 'restore')}, ${counted(counts.pods, 'pod')}: `, paint: 'bold' },
    ...shown.flatMap(([number, word, paint], index) => [
      { text: index === 0 ? '' : ', ' },
      { text: `${number} ${word}`, paint },
    ]),
  ];
}

/** A number with its noun. */
export function counted(number: number, noun: string): string {
  return number === 1 ? `1 ${noun}` : `${number} ${noun}s`;
}

/** How long, to the second, in the two largest units: 0.4s, 12s, 3m5s, 2h5m, 3d4h. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))}s`;
  const whole = Math.round(seconds);
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3_600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  if (days > 0) return `${days}d${hours}h`;
  if (hours > 0) return `${hours}h${minutes}m`;
  return minutes > 0 ? `${minutes}m${whole % 60}s` : `${whole}s`;
}

export function paintOf(phase: RunView['phase']): Paint | undefined {
  switch (phase) {
    case 'Succeeded':
      return 'green';
    case 'Running':
      return 'cyan';
    case 'Waiting':
      return undefined;
    case 'Cancelled':
      return 'yellow';
    case 'Failed':
    case 'Missed':
    case 'TooLarge':
      return 'red';
  }
}

function table(group: RestoreGroup, options: StatusOptions): Line[] {
  return [restoreLine(group, options), ...rowsOf(group.runs, options)];
}

function restoreLine({ restore, runs }: RestoreGroup, { columns }: StatusOptions): Line {
  const counts = countRuns(runs);
  const { total, done, failed } = counts.hooks;
  const width = columns !== null && columns < 80 ? Math.floor(widestRestoreBar / 2) : widestRestoreBar;
  const name = restore === '' ? 'No restore named' : `Restore ${cut(restore, nameRoom)}`;
  return [
    { text: name, paint: 'bold' },
    { text: '  ' },
    { text: bar(done, total, width), paint: barPaint(counts) },
    { text: `  ${done}/${total} hooks` },
    { text: failed === 0 ? '' : `, ${failed} failed`, paint: 'red' },
  ];
}

function barPaint({ failed, waiting, running, hooks }: RunCounts): Paint {
  if (failed > 0 || hooks.failed > 0) return 'red';
  return waiting + running > 0 ? 'cyan' : 'green';
}

function rowsOf(runs: readonly KnownRun[], { nowMs, columns }: StatusOptions): Line[] {
  if (runs.length === 0) return [];
  const room = columns === null ? 2 * nameRoom : Math.max(leastPodRoom, columns - besidePod);
  const cells = runs.map((run) => ({
    run,
    pod: cut(podOf(run), room),
    progress: `${run.view.done}/${run.view.total}`,
    time: timeOf(run, nowMs),
  }));
  const podWidth = Math.max('POD'.length, ...cells.map(({ pod }) => widthOf(pod)));
  const countWidth = Math.max(...cells.map(({ progress }) => progress.length));
  const hooksWidth = countWidth + 1 + widestPodBar;
  const heading = `  ${'POD'.padEnd(podWidth)}  ${'PHASE'.padEnd(phaseRoom)}  ${'HOOKS'.padEnd(hooksWidth)}  TIME`;
  return [
    [{ text: heading, paint: 'dim' }],
    ...cells.map(({ run: { view }, pod, progress, time }): Line => {
      const paint = view.failed > 0 ? 'red' : paintOf(view.phase);
      return [
        { text: `  ${pod}${' '.repeat(podWidth - widthOf(pod))}  ` },
        { text: view.phase.padEnd(phaseRoom), paint: paintOf(view.phase) },
        { text: `  ${progress.padStart(countWidth)} ` },
        { text: bar(view.done, view.total, widestPodBar), paint },
        { text: `  ${time}` },
      ];
    }),
  ];
}

/** How long a finished one took; how long ago any other began. */
function timeOf({ isFinished, beganAtMs, finishedAtMs, view }: KnownRun, nowMs: number): string {
  if (!isFinished) return spanText(nowMs - beganAtMs);
  const ended = finishedAtMs ?? beganAtMs;
  const ago = `${spanText(nowMs - ended)} ago`;
  return view.startedAt === null ? ago : `took ${spanText(ended - beganAtMs)}, ${ago}`;
}
