import { describe, expect, it } from '@jest/globals';
import { readRun } from '../../../../cli/runs/view.ts';
import { buildHookRun, execPlan, failed, succeeded } from '../../../support/hook-runs.ts';
import { at, createdAtMs } from '../../../support/pods.ts';

describe('readRun', () => {
  it('merges the plan with what became of it, without the claim', () => {
    const claim = { id: 'c', holder: 'h', at: at(1), containerID: 'x' };
    const { view } = readRun(
      buildHookRun({
        spec: {
          init: [{ name: 'fix', image: 'alpine', source: 'annotation' }],
          exec: [execPlan(['date'], { name: 'load' }), execPlan(['id'])],
        },
        status: {
          phase: 'Running',
          total: 3,
          done: 1,
          succeeded: 1,
          startedAt: at(1),
          init: [{ name: 'fix', state: 'Succeeded', exitCode: 0 }],
          exec: [{ state: 'Claimed', attempts: 1, claim }],
        },
      }),
    );
    expect(view).toEqual({
      namespace: 'shop',
      pod: 'db',
      restore: 'nightly',
      phase: 'Running',
      run: 1,
      total: 3,
      done: 1,
      succeeded: 1,
      failed: 0,
      startedAt: at(1),
      finishedAt: null,
      firstProblem: null,
      init: [{ name: 'fix', image: 'alpine', source: 'annotation', state: 'Succeeded', exitCode: 0 }],
      exec: [
        { ...execPlan(['date'], { name: 'load' }), state: 'Claimed', attempts: 1 },
        { ...execPlan(['id']), state: 'Waiting', attempts: 0 },
      ],
    });
  });

  it.each([
    ['Waiting', false],
    ['Running', false],
    ['Succeeded', true],
    ['Failed', true],
    ['Cancelled', true],
    ['Missed', true],
    ['TooLarge', true],
  ] as const)('takes the phase %s for finished: %j', (phase, expected) => {
    expect(readRun(buildHookRun({ status: { phase } })).isFinished).toBe(expected);
  });

  it('takes one of which nothing has been written for one that waits', () => {
    const run = readRun(buildHookRun({ status: null }));
    expect(run).toMatchObject({
      isFinished: false,
      view: { phase: 'Waiting', total: 1, done: 0, exec: [{ attempts: 0 }] },
    });
  });

  const asked = at(60);
  it.each([
    ['no rerun was asked for', { spec: {}, status: failed() }, 'Failed', true],
    ['a rerun is not answered', { spec: { rerun: asked }, status: failed() }, 'Waiting', false],
    ['the new run has no status', { spec: { rerun: asked, run: 2 }, status: failed() }, 'Waiting', false],
    [
      'it is answered',
      { spec: { rerun: asked, run: 2 }, status: { ...succeeded(), run: 2, rerun: asked } },
      'Succeeded',
      true,
    ],
    [
      'a rerun was asked for while it runs',
      { spec: { rerun: asked }, status: { phase: 'Running', startedAt: at(1) } },
      'Running',
      false,
    ],
    ['a rerun was taken back', { spec: { rerun: null }, status: failed() }, 'Failed', true],
  ] as const)('tells of the run that is meant if %s', (_title, parts, phase, isFinished) => {
    const run = readRun(buildHookRun(parts));
    expect([run.view.phase, run.isFinished]).toEqual([phase, isFinished]);
  });

  it('shows nothing of the run before a rerun', () => {
    const { view, beganAtMs, finishedAtMs } = readRun(buildHookRun({ spec: { rerun: asked }, status: failed() }));
    expect(view).toMatchObject({ done: 0, failed: 0, startedAt: null, finishedAt: null, firstProblem: null });
    expect(view.exec).toEqual([{ ...execPlan(['date']), state: 'Waiting', attempts: 0 }]);
    expect([beganAtMs, finishedAtMs]).toEqual([createdAtMs + 60_000, null]);
  });

  it('names a restore without a Restore by its label', () => {
    const { view, restoreName } = readRun(buildHookRun({ spec: { restore: { label: 'r1' } } }));
    expect([view.restore, restoreName]).toEqual(['r1', null]);
  });
});
