import { describe, expect, it } from '@jest/globals';
import { judgeWait, stateOfRestore, type RestoreState } from '../../../../cli/runs/waited.ts';
import { readRun } from '../../../../cli/runs/view.ts';
import type { HookRunPhase } from '../../../../shared/hook-run.ts';
import { buildHookRun } from '../../../support/hook-runs.ts';
import { at } from '../../../support/pods.ts';

const run = (phase: HookRunPhase, uid = 'uid-nightly') =>
  readRun(buildHookRun({ spec: { restore: { label: 'nightly', name: 'nightly', uid } }, status: { phase } }));
const unknown: RestoreState = { is: 'unknown' };
const working: RestoreState = { is: 'working', uid: 'uid-nightly', phase: 'InProgress' };
const final: RestoreState = { is: 'final', uid: 'uid-nightly', phase: 'Completed' };
const untouched: RestoreState = { is: 'untouched', uid: 'uid-nightly' };

const going = (why: string) => ({ is: 'going', why });
const over = (failed: number, pods: number) => ({ is: 'over', failed, pods });

describe('judgeWait', () => {
  it.each<[string, ReturnType<typeof run>[], RestoreState, unknown]>([
    ['no run, and no Restore', [], unknown, going('no HookRun has come')],
    ['no run yet', [], working, going('no HookRun has come, and the Restore is InProgress')],
    ['no run, of a Restore that is done', [], final, going('no HookRun has come, and the Restore is Completed')],
    ['all finished, without a Restore', [run('Succeeded'), run('Failed')], unknown, over(1, 2)],
    ['one that runs', [run('Succeeded'), run('Running')], final, going('1 of 2 pods are not finished')],
    [
      'all finished, and more to come',
      [run('Succeeded')],
      working,
      going('the Restore is InProgress, so that more pods may come'),
    ],
    ['all finished', [run('Succeeded')], final, over(0, 1)],
    ['all finished, of a Restore that nobody drives', [run('Succeeded')], untouched, over(0, 1)],
    ['those of an earlier Restore only', [run('Succeeded', 'old')], untouched, going('no HookRun has come')],
    [
      'a Restore that could not be read',
      [run('Succeeded')],
      { is: 'unreadable' },
      going('the Restore could not be read'),
    ],
  ])('of %s', (_title, runs, restore, expected) => {
    expect(judgeWait(runs, restore)).toEqual(expected);
  });

  it('counts runs that name no Restore', () => {
    const bare = readRun(buildHookRun({ spec: { restore: { label: 'nightly' } }, status: { phase: 'Missed' } }));
    expect(judgeWait([bare], final)).toEqual(over(1, 1));
  });
});

describe('stateOfRestore', () => {
  const restore = (uid: string, phase: string | undefined, seconds = 0) => ({
    metadata: { name: 'nightly', uid, creationTimestamp: at(seconds) },
    ...(phase !== undefined && { status: { phase } }),
  });
  it.each<[string, Parameters<typeof stateOfRestore>[0], RestoreState]>([
    ['none', [], { is: 'unknown' }],
    ['no phase', [restore('a', undefined)], { is: 'untouched', uid: 'a' }],
    ['an empty phase', [restore('a', '')], { is: 'untouched', uid: 'a' }],
    ['Completed', [restore('a', 'Completed')], { is: 'final', uid: 'a', phase: 'Completed' }],
    ['PartiallyFailed', [restore('a', 'PartiallyFailed')], { is: 'final', uid: 'a', phase: 'PartiallyFailed' }],
    ['Finalizing', [restore('a', 'Finalizing')], { is: 'working', uid: 'a', phase: 'Finalizing' }],
    [
      'the newest',
      [restore('a', 'Completed', 5), restore('b', 'New', 9), restore('c', 'Failed', 7)],
      { is: 'working', uid: 'b', phase: 'New' },
    ],
  ])('of %s', (_title, restores, expected) => {
    expect(stateOfRestore(restores)).toEqual(expected);
  });
});
