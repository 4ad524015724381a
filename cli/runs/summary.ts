import { exitCodes, type ExitCode } from '../console.ts';
import type { KnownRun } from './view.ts';

/** What all runs together have come to. */
export type Verdict = 'none' | 'unfinished' | 'failed' | 'succeeded';

/** Of the runs of one restore, or of more. */
export interface RunCounts {
  readonly pods: number;
  readonly waiting: number;
  readonly running: number;
  readonly succeeded: number;
  /** Finished and not succeeded, whatever the phase. */
  readonly failed: number;
  readonly hooks: { readonly total: number; readonly done: number; readonly failed: number };
}

/** The runs of one restore. */
export interface RestoreGroup {
  readonly restore: string;
  readonly runs: readonly KnownRun[];
}

export function countRuns(runs: readonly KnownRun[]): RunCounts {
  const sum = (of: (run: KnownRun) => number) => runs.reduce((total, run) => total + of(run), 0);
  const count = (is: (run: KnownRun) => boolean) => sum((run) => (is(run) ? 1 : 0));
  return {
    pods: runs.length,
    waiting: count(({ view }) => view.phase === 'Waiting'),
    running: count(({ view }) => view.phase === 'Running'),
    succeeded: count(({ view }) => view.phase === 'Succeeded'),
    failed: count(hasFailed),
    hooks: {
      total: sum(({ view }) => view.total),
      done: sum(({ view }) => view.done),
      failed: sum(({ view }) => view.failed),
    },
  };
}

/** Finished and not succeeded: Failed, Cancelled, Missed, TooLarge. */
export function hasFailed({ isFinished, view }: KnownRun): boolean {
  return isFinished && view.phase !== 'Succeeded';
}

/** While anything is going on, that is the verdict: what has failed may be the smaller part. */
export function judgeRuns(runs: readonly KnownRun[]): Verdict {
  if (runs.length === 0) return 'none';
  if (runs.some(({ isFinished }) => !isFinished)) return 'unfinished';
  return runs.some(hasFailed) ? 'failed' : 'succeeded';
}

/** None is not success: whoever waits for hooks waits for some. */
export function exitCodeOf(verdict: Verdict): ExitCode {
  switch (verdict) {
    case 'succeeded':
      return exitCodes.done;
    case 'failed':
      return exitCodes.failed;
    case 'unfinished':
    case 'none':
      return exitCodes.unfinished;
  }
}

/** By restore, the one that began last at the end, next to the prompt; in each, by namespace and pod. */
export function groupRuns(runs: readonly KnownRun[]): RestoreGroup[] {
  const groups = new Map<string, KnownRun[]>();
  for (const run of runs) {
    const key = run.restoreUid ?? `label ${run.label}`;
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [run]);
    else members.push(run);
  }
  return [...groups.values()]
    .sort((one, other) => beginning(one) - beginning(other))
    .map((members) => ({ restore: members[0]?.view.restore ?? '', runs: members.sort(byPod) }));
}

function beginning(runs: readonly KnownRun[]): number {
  return runs.reduce((least, { createdAtMs }) => Math.min(least, createdAtMs), Infinity);
}

function byPod(one: KnownRun, other: KnownRun): number {
  const keys = [one, other].map(({ view, createdAtMs }) => [view.namespace, view.pod, createdAtMs] as const);
  const [a, b] = keys;
  if (a === undefined || b === undefined) return 0;
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  if (a[1] !== b[1]) return a[1] < b[1] ? -1 : 1;
  return a[2] - b[2];
}
