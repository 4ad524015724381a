import { describe, expect, it } from '@jest/globals';
import { freezeExec } from '../../../shared/freeze-plan.ts';
import type { HookRun, HookRunInitStatus, HookRunPhase } from '../../../shared/hook-run.ts';
import { hookRunName } from '../../../shared/hook-run.ts';
import { changeHook, newRecord, type HookRecord } from '../../../shared/record.ts';
import { runStatus, storedRecord, type RunState } from '../../../shared/run-status.ts';
import { summarizeRun } from '../../../shared/run-summary.ts';
import { buildHook, buildPlan } from '../../support/pods.ts';

const nowMs = Date.parse('2026-01-01T12:00:00Z');
const hooks = [buildHook('a'), buildHook('b', { onError: 'Fail' })];
const spec: HookRun['spec'] = {
  pod: { name: 'db', uid: 'uid-1' },
  restore: { label: 'r1' },
  run: 1,
  init: [],
  exec: freezeExec({ ...buildPlan(), exec: hooks }),
};

function state(changes: readonly Partial<HookRecord>[], more: Partial<RunState> = {}): RunState {
  let record = newRecord(2, nowMs);
  for (const [index, change] of changes.entries()) record = changeHook(record, index, change);
  return { record, init: [], finishedAtMs: null, unrun: null, ...more };
}

const succeeded: Partial<HookRecord> = { state: 'Succeeded', startedAtMs: nowMs, finishedAtMs: nowMs + 5, exitCode: 0 };
const failed: Partial<HookRecord> = {
  ...succeeded,
  state: 'Failed',
  reason: 'NonZeroExit',
  message: 'it ended with 3',
  exitCode: 3,
};
const cancelled: Partial<HookRecord> = { state: 'Cancelled', reason: 'Cancelled', message: 'not run' };
const done = { finishedAtMs: nowMs + 9 };
const initFailed: HookRunInitStatus = { name: 'i', state: 'Failed', reason: 'InitTimeout', message: 'too late' };

describe('the phase', () => {
  it.each<{ name: string; of: RunState; phase: HookRunPhase; progress: string; failed: number }>([
    { name: 'nothing begun', of: state([]), phase: 'Waiting', progress: '0/2', failed: 0 },
    {
      name: 'one claimed',
      of: state([{ state: 'Claimed', startedAtMs: nowMs }]),
      phase: 'Running',
      progress: '0/2',
      failed: 0,
    },
    { name: 'one done', of: state([succeeded]), phase: 'Running', progress: '1/2', failed: 0 },
    { name: 'all succeeded', of: state([succeeded, succeeded], done), phase: 'Succeeded', progress: '2/2', failed: 0 },
    { name: 'one failed', of: state([succeeded, failed], done), phase: 'Failed', progress: '2/2', failed: 1 },
    { name: 'one cancelled', of: state([succeeded, cancelled], done), phase: 'Cancelled', progress: '2/2', failed: 1 },
    {
      name: 'failed, then cancelled',
      of: state([failed, cancelled], done),
      phase: 'Failed',
      progress: '2/2',
      failed: 2,
    },
    {
      name: 'an init hook too late',
      of: state([succeeded, succeeded], { ...done, init: [initFailed] }),
      phase: 'Failed',
      progress: '3/3',
      failed: 1,
    },
    { name: 'missed', of: state([], { ...done, unrun: 'Missed' }), phase: 'Missed', progress: '0/2', failed: 0 },
  ])('of $name is $phase, $progress', ({ of, phase, progress, failed: count }) => {
    expect(runStatus(spec, undefined, of)).toMatchObject({ phase, progress, failed: count, total: of.init.length + 2 });
  });
});

it('names the first problem: an init hook’s, else a failure before a cancellation', () => {
  expect(runStatus(spec, undefined, state([cancelled, failed], done)).firstProblem).toBe(
    'hook 2 (container b): NonZeroExit: it ended with 3',
  );
  expect(runStatus(spec, undefined, state([failed], { init: [initFailed] })).firstProblem).toBe(
    'init hook i: InitTimeout: too late',
  );
  expect(runStatus(spec, undefined, state([succeeded])).firstProblem).toBeNull();
});

it('is read again as it was written', () => {
  const claim = { id: 'c', holder: 'h', atMs: nowMs, containerID: 'containerd://a', group: 7 };
  const of = state([
    { ...failed, attempts: 2, claim, retryAtMs: nowMs + 1, stdout: { text: 'out', droppedBytes: 4 } },
    { predecessorUnknown: true },
  ]);
  const status = runStatus(spec, undefined, of);
  const run = { spec, status: JSON.parse(JSON.stringify(status)) as HookRun['status'] } as HookRun;
  expect(storedRecord(run, nowMs)).toEqual(of.record);
});

it('keeps when the pod was first looked at, and what a newer version has written', () => {
  const before = runStatus(spec, undefined, state([]));
  const [first, ...others] = before.exec ?? [];
  const newer = { ...before, exec: [{ ...first, novelty: 1 }, ...others] } as typeof before;
  const later = { ...state([succeeded]), record: { ...state([succeeded]).record, observedSinceMs: nowMs + 60_000 } };
  const after = runStatus(spec, newer, later);
  expect(after.observedSince).toBe(before.observedSince);
  expect(after.exec?.[0]).toMatchObject({ state: 'Succeeded', novelty: 1 });
});

describe('a rerun', () => {
  const asked = { ...spec, run: 2, rerun: '2026-01-02T00:00:00Z' };
  const first = runStatus(spec, undefined, state([failed, cancelled], done));

  it('begins anew, and keeps the results before it', () => {
    const next = runStatus(asked, first, state([]));
    expect(next).toMatchObject({ run: 2, phase: 'Waiting', progress: '0/2', rerun: asked.rerun });
    expect(next.earlier).toMatchObject([
      { run: 1, phase: 'Failed', exec: [{ state: 'Failed' }, { state: 'Cancelled' }] },
    ]);
    const run = { spec: asked, status: first } as HookRun;
    expect(storedRecord(run, nowMs).hooks.map((hook) => hook.state)).toEqual(['Waiting', 'Waiting']);
  });

  it('answers the request by which it was begun, whatever is asked for meanwhile', () => {
    const next = runStatus(asked, first, state([]));
    const again = runStatus({ ...asked, rerun: '2026-01-03T00:00:00Z' }, next, state([succeeded]));
    expect(again.rerun).toBe('2026-01-02T00:00:00Z');
  });

  it('keeps five results at most, and their output within its bound', () => {
    const loud = { ...failed, stdout: { text: 'x'.repeat(60_000), droppedBytes: 0 } };
    let status = runStatus(spec, undefined, state([loud, loud], done));
    for (let run = 2; run <= 9; run += 1) status = runStatus({ ...asked, run }, status, state([loud, loud], done));
    expect(status.earlier?.map(({ run }) => run)).toEqual([8, 7, 6, 5, 4]);
    expect(Buffer.byteLength(JSON.stringify(status.earlier))).toBeLessThan(64 * 1024 + 8_000);
  });
});

it('a summary tells of the first failure with on-error Fail alone', () => {
  const run = (changes: readonly Partial<HookRecord>[]) =>
    summarizeRun({
      metadata: { name: 'x', namespace: 'shop' },
      spec,
      status: runStatus(spec, undefined, state(changes)),
    } as unknown as HookRun);
  expect(run([failed]).failure).toBeNull();
  expect(run([failed]).execFailed).toBe(1);
  expect(run([succeeded, failed]).failure).toEqual({
    hook: 1,
    container: 'b',
    atMs: nowMs + 5,
    policyNamespace: null,
  });
  expect(run([succeeded, { ...failed, state: 'Interrupted' }]).failure).not.toBeNull();
  expect(run([succeeded, { ...cancelled }]).failure).toBeNull();
});

it.each([
  ['db', 'db-uid-1'],
  ['a.b-c', 'a.b-c-uid-1'],
  ['x'.repeat(253), `${'x'.repeat(247)}-uid-1`],
  [`${'x'.repeat(246)}-${'y'.repeat(6)}`, `${'x'.repeat(246)}-uid-1`],
])('the name of the HookRun of pod %s is %s', (name, expected) => {
  expect(hookRunName({ name, uid: 'uid-1' })).toBe(expected);
});
