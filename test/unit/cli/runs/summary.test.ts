import { describe, expect, it } from '@jest/globals';
import { countRuns, exitCodeOf, groupRuns, judgeRuns } from '../../../../cli/runs/summary.ts';
import { readRun } from '../../../../cli/runs/view.ts';
import type { HookRunPhase } from '../../../../shared/hook-run.ts';
import { buildHookRun, failed, succeeded } from '../../../support/hook-runs.ts';

const inPhase = (phase: HookRunPhase) => readRun(buildHookRun({ status: { phase } }));

describe('judgeRuns', () => {
  it.each<[HookRunPhase[], string, number]>([
    [[], 'none', 2],
    [['Succeeded'], 'succeeded', 0],
    [['Succeeded', 'Failed'], 'failed', 1],
    [['Cancelled'], 'failed', 1],
    [['Missed', 'Succeeded'], 'failed', 1],
    [['TooLarge'], 'failed', 1],
    [['Waiting'], 'unfinished', 2],
    [['Failed', 'Running'], 'unfinished', 2],
    [['Succeeded', 'Waiting'], 'unfinished', 2],
  ])('of %j is %s, with exit code %i', (phases, verdict, code) => {
    expect(judgeRuns(phases.map(inPhase))).toBe(verdict);
    expect(exitCodeOf(judgeRuns(phases.map(inPhase)))).toBe(code);
  });
});

describe('countRuns', () => {
  it('counts pods by what they have come to, and hooks', () => {
    const runs = [
      succeeded(3),
      failed(),
      { phase: 'Running', done: 1, total: 2 } as const,
      { phase: 'Waiting' } as const,
    ];
    expect(countRuns(runs.map((status) => readRun(buildHookRun({ status }))))).toEqual({
      pods: 4,
      waiting: 1,
      running: 1,
      succeeded: 1,
      failed: 1,
      hooks: { total: 7, done: 5, failed: 1 },
    });
  });
});

describe('groupRuns', () => {
  it('parts by Restore or label, the last one last, and sorts by namespace and pod', () => {
    const run = (pod: string, namespace: string, createdAt: number, restore: object) =>
      readRun(buildHookRun({ pod, namespace, createdAt, spec: { restore: { label: 'r', ...restore } } }));
    const runs = [
      run('late', 'a', 90, { name: 'r', uid: '2' }),
      run('b', 'b', 20, { name: 'r', uid: '1' }),
      run('c', 'a', 10, { name: 'r', uid: '1' }),
      run('a', 'b', 30, { name: 'r', uid: '1' }),
      run('bare', 'a', 50, {}),
    ];
    expect(groupRuns(runs).map((group) => group.runs.map(({ view }) => `${view.namespace}/${view.pod}`))).toEqual([
      ['a/c', 'b/a', 'b/b'],
      ['a/bare'],
      ['a/late'],
    ]);
  });
});
