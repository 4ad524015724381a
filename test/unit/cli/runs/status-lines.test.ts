import { describe, expect, it } from '@jest/globals';
import { lineText } from '../../../../cli/runs/line.ts';
import { counted, liveLines, paintOf, spanText, statusLines } from '../../../../cli/runs/status-lines.ts';
import { readRun, type KnownRun } from '../../../../cli/runs/view.ts';
import type { HookRunExecStatus } from '../../../../shared/hook-run.ts';
import { buildHookRun, execPlan, failed, succeeded, type HookRunParts } from '../../../support/hook-runs.ts';
import { at, createdAtMs } from '../../../support/pods.ts';

const now = createdAtMs + 75_000;
const run = (parts: HookRunParts) => readRun(buildHookRun(parts));
const options = (columns: number | null) => ({ nowMs: now, columns, program: 'restore-hooks' });

function shown(runs: readonly KnownRun[], columns: number | null = null, hasColour = false): string[] {
  return statusLines(runs, options(columns)).map((line) => lineText(line, { columns, hasColour }));
}

const stderr = { text: 'psql: error:\n\u001b[31mFATAL\u001b[0m: no such table\n', droppedBytes: 12 };
const stdout = { text: '1\n2\n3\n4\n5\n6\n', droppedBytes: 0 };
const broken = run({
  pod: 'db-0',
  spec: { exec: [execPlan(['sh', '-c', 'psql < /b.sql'], { name: 'load', container: 'postgres' })] },
  status: failed({ attempts: 2, stderr, stdout }),
});
const going = run({
  pod: 'web',
  spec: { exec: [execPlan(['a']), execPlan(['b']), execPlan(['c'])] },
  status: { phase: 'Running', total: 3, done: 1, succeeded: 1, startedAt: at(63) },
});
const other = run({
  pod: 'cache',
  namespace: 'app',
  createdAt: 30,
  spec: { restore: { label: 'r2' } },
  status: succeeded(),
});
const unnamed = run({ pod: 'x', createdAt: 40, spec: { restore: { label: '' } }, status: null });

describe('statusLines', () => {
  it('shows a table for each restore, then the failures, then the sum', () => {
    expect(shown([going, broken, other])).toEqual([
      'Restore nightly  ███████████████░░░░░░░░░░░░░░░  2/4 hooks, 1 failed',
      '  POD        PHASE      HOOKS             TIME',
      '  shop/db-0  Failed     1/1 ████████████  took 2s, 1m3s ago',
      '  shop/web   Running    1/3 ████░░░░░░░░  12s',
      '',
      'Restore r2  ██████████████████████████████  1/1 hooks',
      '  POD        PHASE      HOOKS             TIME',
      '  app/cache  Succeeded  1/1 ████████████  took 1.5s, 1m4s ago',
      '',
      'shop/db-0 Failed',
      '  hook 1 load, container postgres: NonZeroExit, exit code 3, after 2 attempts: the command ended with exit code 3',
      "    $ sh -c 'psql < /b.sql'",
      '    stderr | psql: error:',
      '    stderr | \\u001b[31mFATAL\\u001b[0m: no such table',
      '    stdout | 2',
      '    stdout | 3',
      '    stdout | 4',
      '    stdout | 5',
      '    stdout | 6',
      '',
      '2 restores, 3 pods: 1 running, 1 succeeded, 1 failed',
    ]);
  });

  it('has colours for those who see them', () => {
    const coloured = shown([broken, going], null, true);
    expect(coloured[0]).toBe(
      '\u001b[1mRestore nightly\u001b[0m  \u001b[31m███████████████░░░░░░░░░░░░░░░\u001b[0m  2/4 hooks\u001b[31m, 1 failed\u001b[0m',
    );
    expect(coloured[3]).toBe('  shop/web   \u001b[36mRunning  \u001b[0m  1/3 \u001b[36m████░░░░░░░░\u001b[0m  12s');
  });

  it.each([40, 60, 79, 120])('fits a terminal of %i columns, and loses no word of a failure', (columns) => {
    const long = run({
      pod: `db-${'x'.repeat(200)}`,
      status: failed({ message: 'm'.repeat(300), stderr: { text: 'e'.repeat(300), droppedBytes: 0 } }),
    });
    const lines = shown([long, going, other], columns);
    expect(lines.filter((line) => Array.from(line).length > columns)).toEqual([]);
    expect(lines.join('').match(/m/g)?.length).toBeGreaterThanOrEqual(300);
    expect(lines.join('').match(/e/g)?.length).toBeGreaterThanOrEqual(300);
  });

  it('tells of cancelled hooks once, and of what was never run', () => {
    const message = 'hook 1 of shop/db failed with on-error Fail; not run';
    const skipped: HookRunExecStatus = { state: 'Cancelled', reason: 'Cancelled', message, attempts: 0 };
    const missed = 'hook 1 (container a): Missed: the webhook did not admit the pod as restored; not run';
    const counts = { total: 2, done: 2, succeeded: 0, failed: 2 };
    const lines = shown([
      run({
        pod: 'a',
        spec: { exec: [execPlan(['x']), execPlan(['y'])] },
        status: { ...counts, phase: 'Cancelled', finishedAt: at(70), exec: [skipped, skipped] },
      }),
      run({ pod: 'b', status: { phase: 'Missed', finishedAt: at(70), firstProblem: missed } }),
    ]);
    expect(lines.slice(2)).toEqual([
      '  shop/a  Cancelled  2/2 ████████████  5s ago',
      '  shop/b  Missed     0/1 ░░░░░░░░░░░░  5s ago',
      '',
      'shop/a Cancelled',
      `  2 cancelled: ${message}`,
      '',
      'shop/b Missed',
      `  ${missed}`,
      '',
      '1 restore, 2 pods: 2 failed',
    ]);
  });

  it('says where the output of an init hook is', () => {
    const init = { name: 'fix', state: 'Failed', reason: 'InitFailed', message: 'no', exitCode: 137 } as const;
    const lines = shown([
      run({
        spec: { init: [{ name: 'fix', source: 'annotation' }] },
        status: { phase: 'Running', done: 1, total: 2, failed: 1, init: [init] },
      }),
    ]);
    expect(lines).toEqual(
      expect.arrayContaining([
        '  init hook fix: InitFailed, exit code 137: no',
        '    its output: kubectl logs -n shop db -c fix',
      ]),
    );
  });

  it('tells at length of twenty pods, and how many more there are', () => {
    const many = Array.from({ length: 23 }, (_, index) => run({ pod: `p${index}`, status: failed() }));
    const lines = shown(many);
    expect(lines.filter((line) => line.includes('NonZeroExit'))).toHaveLength(20);
    expect(lines).toContain('and 3 more pods with failures: restore-hooks status -o json');
  });

  it('makes names harmless, and has one for an empty label', () => {
    const evil = run({ pod: 'a\u001b[2J', status: null });
    expect(shown([evil, unnamed])).toEqual(
      expect.arrayContaining([
        '  shop/a\\u001b[2J  Waiting    0/1 ░░░░░░░░░░░░  1m15s',
        'No restore named  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  0/1 hooks',
      ]),
    );
  });
});

describe('liveLines', () => {
  const live = (runs: readonly KnownRun[], rows: number) =>
    liveLines(runs, options(null), rows).map((line) => lineText(line, { columns: null, hasColour: false }));

  it('shows all that has room', () => {
    expect(live([going, broken], 40)).toEqual(shown([going, broken]));
  });

  it('shows what is going on first', () => {
    expect(live([going, broken, other], 8)).toEqual([
      'Restore nightly  ███████████████░░░░░░░░░░░░░░░  2/4 hooks, 1 failed',
      '  POD       PHASE      HOOKS             TIME',
      '  shop/web  Running    1/3 ████░░░░░░░░  12s',
      'Restore r2  ██████████████████████████████  1/1 hooks',
      '',
      '2 restores, 3 pods: 1 running, 1 succeeded, 1 failed',
    ]);
  });

  it.each([1, 2, 3, 5, 10])('never needs more than %i rows', (rows) => {
    const many = Array.from({ length: 50 }, (_, index) => run({ pod: `p${index}`, status: { phase: 'Running' } }));
    const lines = live(many, rows);
    expect(lines.length).toBeLessThanOrEqual(rows);
    expect(lines.at(-1)).toBe('1 restore, 50 pods: 50 running');
  });

  it('counts what has no room', () => {
    const many = Array.from({ length: 50 }, (_, index) => run({ pod: `p${index}`, status: { phase: 'Running' } }));
    const lines = live(many, 10);
    // Of 52 lines, 7 are shown.
    expect(lines[7]).toBe('  … and 45 lines more');
  });
});

describe('spanText', () => {
  it.each([
    [-5, '0s'],
    [0, '0s'],
    [440, '0.4s'],
    [9_940, '9.9s'],
    [9_960, '10s'],
    [59_600, '1m0s'],
    [185_000, '3m5s'],
    [7_500_000, '2h5m'],
    [273_600_000, '3d4h'],
  ])('writes %i ms', (ms, expected) => {
    expect(spanText(ms)).toBe(expected);
  });
});

describe('counted', () => {
  it.each([
    [1, '1 pod'],
    [0, '0 pods'],
    [2, '2 pods'],
  ])('%i', (number, expected) => {
    expect(counted(number, 'pod')).toBe(expected);
  });
});

describe('paintOf', () => {
  it.each([
    ['Succeeded', 'green'],
    ['Running', 'cyan'],
    ['Waiting', undefined],
    ['Cancelled', 'yellow'],
    ['Failed', 'red'],
    ['Missed', 'red'],
    ['TooLarge', 'red'],
  ] as const)('paints %s %s', (phase, paint) => {
    expect(paintOf(phase)).toBe(paint);
  });
});
