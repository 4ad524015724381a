import { describe, expect, it } from '@jest/globals';
import {
  addRun,
  countedKey,
  emptyTally,
  restoreChange,
  type RestoreTally,
  type StoredRestore,
} from '../../../executor/restore-change.ts';
import { failFailure, runSummary } from '../../support/run-summaries.ts';

const nowMs = Date.parse('2026-01-31T12:00:00.7Z');
const tally: RestoreTally = { runs: 2, attempted: 3, failed: 1, finished: true, hasFailure: false };

function restore(status: StoredRestore['status'], counted?: unknown): StoredRestore {
  const annotations = counted === undefined ? {} : { [countedKey]: JSON.stringify(counted) };
  return { metadata: { namespace: 'velero', name: 'r1', uid: 'uid-r1', annotations }, status: status ?? null };
}

function decide(status: StoredRestore['status'], counts: Partial<RestoreTally> = {}, drives = false) {
  return restoreChange(restore(status), { ...tally, ...counts }, { drives, nowMs });
}

/** The Restore after the change, as the API server merges it. */
function applied(before: StoredRestore, counts: Partial<RestoreTally> = {}): StoredRestore {
  const change = restoreChange(before, { ...tally, ...counts }, { drives: false, nowMs });
  if (change.is !== 'write') return before;
  const metadata = { ...before.metadata, ...change.metadata };
  return { metadata, status: { ...before.status, ...change.status } };
}

describe('the tally of a Restore', () => {
  it('is the sum of its HookRuns', () => {
    const runs = [
      runSummary('a', { exec: 2, execFailed: 1 }),
      runSummary('b', { exec: 3, execFailed: 3, phase: 'Missed' }),
      runSummary('c', { exec: 0 }),
    ];
    expect(runs.reduce(addRun, emptyTally)).toEqual({
      runs: 2,
      attempted: 5,
      failed: 4,
      finished: true,
      hasFailure: false,
    });
  });

  it('knows of a run that goes on, with exec hooks or without, and of a failure that is not to be gone on from', () => {
    const open = [runSummary('a'), runSummary('b', { exec: 0, finishedAtMs: null })];
    expect(open.reduce(addRun, emptyTally).finished).toBe(false);
    const failed = [runSummary('a', { failure: failFailure }), runSummary('b')];
    expect(failed.reduce(addRun, emptyTally).hasFailure).toBe(true);
  });
});

describe('the phase of a Restore', () => {
  it.each([
    { phase: 'Completed', hasFailure: true, becomes: 'PartiallyFailed' },
    { phase: 'Completed', hasFailure: false, becomes: undefined },
    { phase: 'PartiallyFailed', hasFailure: true, becomes: undefined },
    { phase: 'PartiallyFailed', hasFailure: false, becomes: undefined },
    { phase: 'Failed', hasFailure: true, becomes: undefined },
    { phase: 'FailedValidation', hasFailure: true, becomes: undefined },
  ])('$phase, with a failed Fail hook: $hasFailure, becomes $becomes', ({ phase, hasFailure, becomes }) => {
    expect(decide({ phase }, { hasFailure })).toMatchObject({
      is: 'write',
      status: { hookStatus: { hooksAttempted: 3, hooksFailed: 1 }, ...(becomes !== undefined && { phase: becomes }) },
    });
    const change = decide({ phase }, { hasFailure });
    expect(change.is === 'write' && 'phase' in change.status).toBe(becomes !== undefined);
  });

  it('changes, too, where the counts say so already', () => {
    const counted = applied(restore({ phase: 'Completed' }));
    expect(restoreChange(counted, { ...tally, hasFailure: true }, { drives: false, nowMs })).toEqual({
      is: 'write',
      metadata: {},
      status: { phase: 'PartiallyFailed' },
    });
  });

  it.each([
    'New',
    'InProgress',
    'WaitingForPluginOperations',
    'WaitingForPluginOperationsPartiallyFailed',
    'Finalizing',
    'FinalizingPartiallyFailed',
    'OfALaterVelero',
    '',
    undefined,
  ])('%s is waited for', (phase) => {
    const status = phase === undefined ? {} : { phase };
    expect(decide(status, { hasFailure: true })).toEqual({ is: 'wait' });
  });

  it('is waited for where there is no status at all', () => {
    expect(decide(null)).toEqual({ is: 'wait' });
  });
});

describe('a Restore that nobody drives', () => {
  it.each([
    { hasFailure: false, phase: 'Completed' },
    { hasFailure: true, phase: 'PartiallyFailed' },
  ])('is $phase once all its HookRuns have finished, with a failed Fail hook: $hasFailure', ({ hasFailure, phase }) => {
    expect(decide(null, { hasFailure }, true)).toMatchObject({
      is: 'write',
      status: {
        phase,
        completionTimestamp: '2026-01-31T12:00:00Z',
        hookStatus: { hooksAttempted: 3, hooksFailed: 1 },
      },
    });
  });

  it('says zero where no exec hook was planned', () => {
    expect(decide({}, { runs: 0, attempted: 0, failed: 0 }, true)).toMatchObject({
      status: { phase: 'Completed', hookStatus: { hooksAttempted: 0, hooksFailed: 0 } },
    });
  });

  it.each([
    { name: 'a run of it goes on', status: {}, counts: { finished: false } },
    { name: 'a Velero has begun it', status: { startTimestamp: '2026-01-31T11:00:00Z' }, counts: {} },
    { name: 'a Velero has taken it', status: { phase: 'New' }, counts: {} },
    { name: 'a Velero works on it', status: { phase: 'InProgress' }, counts: {} },
  ])('is given no phase while $name', ({ status, counts }) => {
    expect(decide(status, counts, true)).toEqual({ is: 'wait' });
  });
});

describe('the counts of a Restore', () => {
  const counts = (of: StoredRestore) => [of.status?.hookStatus?.hooksAttempted, of.status?.hookStatus?.hooksFailed];
  const velero = { phase: 'PartiallyFailed', hookStatus: { hooksAttempted: 4, hooksFailed: 2 } };

  it('are ours where Velero ran none', () => {
    expect(counts(applied(restore({ phase: 'Completed', hookStatus: {} })))).toEqual([3, 1]);
    expect(counts(applied(restore({ phase: 'Completed', hookStatus: null })))).toEqual([3, 1]);
  });

  it('are Velero’s and ours together where both ran some, however often they change', () => {
    const first = applied(restore(velero));
    expect(counts(first)).toEqual([7, 3]);
    const later = applied(first, { runs: 3, attempted: 5, failed: 0 });
    expect(counts(later)).toEqual([9, 2]);
    expect(counts(applied(later, { runs: 3, attempted: 5, failed: 5 }))).toEqual([9, 7]);
  });

  it('are Velero’s where no exec hook is ours', () => {
    expect(restoreChange(restore(velero), { ...emptyTally }, { drives: false, nowMs })).toEqual({ is: 'so already' });
  });

  it('are not written where they say so already, by whichever executor', () => {
    const written = applied(restore(velero));
    expect(restoreChange(written, tally, { drives: false, nowMs })).toEqual({ is: 'so already' });
  });

  it('are made anew on what somebody else has written over them', () => {
    const written = applied(restore(velero));
    const overwritten = { ...written, status: { phase: 'Completed', hookStatus: { hooksAttempted: 1 } } };
    expect(counts(applied(overwritten))).toEqual([4, 1]);
  });

  it('stand as they are when HookRuns have been deleted since', () => {
    const written = applied(restore({ phase: 'Completed' }));
    const fewer = { runs: 1, attempted: 1, failed: 0 };
    expect(restoreChange(written, { ...tally, ...fewer }, { drives: false, nowMs })).toEqual({ is: 'so already' });
    const failed = restoreChange(written, { ...tally, ...fewer, hasFailure: true }, { drives: false, nowMs });
    expect(failed).toEqual({ is: 'write', metadata: {}, status: { phase: 'PartiallyFailed' } });
  });

  it('sink with a rerun that did better', () => {
    const written = applied(restore({ phase: 'Completed' }));
    expect(counts(applied(written, { failed: 0 }))).toEqual([3, 0]);
  });

  const own = { runs: 9, attempted: 9, failed: 9 };
  it.each([
    { name: 'of the Restore that this one is a copy of', text: JSON.stringify({ uid: 'uid-other', velero: own, own }) },
    { name: 'that is no JSON', text: '{' },
    { name: 'that is a number', text: '7' },
    { name: 'that is null', text: 'null' },
    { name: 'without our part', text: JSON.stringify({ uid: 'uid-r1', velero: own }) },
    { name: 'without Velero’s part', text: JSON.stringify({ uid: 'uid-r1', own }) },
    { name: 'of text', text: JSON.stringify({ uid: 'uid-r1', velero: own, own: { ...own, runs: '9' } }) },
    { name: 'below zero', text: JSON.stringify({ uid: 'uid-r1', velero: { ...own, failed: -1 }, own }) },
    { name: 'of fractions', text: JSON.stringify({ uid: 'uid-r1', velero: own, own: { ...own, failed: 0.5 } }) },
  ])('are not misled by an account $name', ({ text }) => {
    const { metadata, status = null } = restore({ phase: 'Completed' });
    expect(counts(applied({ metadata: { ...metadata, annotations: { [countedKey]: text } }, status }))).toEqual([3, 1]);
  });
});
