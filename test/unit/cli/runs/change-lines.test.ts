import { describe, expect, it } from '@jest/globals';
import { changeLines } from '../../../../cli/runs/change-lines.ts';
import { readRun } from '../../../../cli/runs/view.ts';
import { buildHookRun, failed, succeeded, type HookRunParts } from '../../../support/hook-runs.ts';
import { at } from '../../../support/pods.ts';

const run = (parts: HookRunParts) => readRun(buildHookRun(parts));

describe('changeLines', () => {
  it('has a line for what is new, has come further, or is gone, and for nothing else', () => {
    const before = [run({ pod: 'a' }), run({ pod: 'b' }), run({ pod: 'c' })];
    const now = [run({ pod: 'a' }), run({ pod: 'b', status: failed() }), run({ pod: 'd', status: succeeded() })];
    expect(changeLines(before, now)).toEqual([
      'shop/b (restore nightly): Failed 1/1: hook 1 (container a): NonZeroExit: the command ended with exit code 3',
      'shop/d (restore nightly): Succeeded 1/1',
      'shop/c: its HookRun is gone',
    ]);
    expect(changeLines(now, now)).toEqual([]);
  });

  it('tells which run it is, and of no restore without a name', () => {
    const rerun = at(60);
    const again = run({
      spec: { run: 2, rerun, restore: { label: '' } },
      status: { ...succeeded(), run: 2, rerun },
    });
    expect(changeLines([], [again])).toEqual(['shop/db, run 2: Succeeded 1/1']);
  });

  it('is harmless to a terminal', () => {
    const status = { ...failed(), firstProblem: 'a\u001b[2J\nb' };
    expect(changeLines([], [run({ status })])).toEqual(['shop/db (restore nightly): Failed 1/1: a\\u001b[2J\\nb']);
  });
});
