import { describe, expect, it } from '@jest/globals';
import type { StoredRestore } from '../../../executor/restore-change.ts';
import { createRestoreStatus, type RestoreStatusOptions } from '../../../executor/restore-status.ts';
import type { RunSummary } from '../../../shared/run-summary.ts';
import { ApiError } from '../../../shared/service/api-error.ts';
import { createLogger } from '../../../shared/service/logger.ts';
import { ObjectApi, type StoredObject } from '../../support/object-api.ts';
import { failFailure, restoreRef, runSummary } from '../../support/run-summaries.ts';

type Stored = StoredObject & StoredRestore;

function restore(status: StoredRestore['status'], more: Partial<Stored['metadata']> = {}): Stored {
  return { metadata: { namespace: 'velero', name: 'r1', uid: 'uid-r1', ...more }, status: status ?? null };
}

/** A status on an API server that holds one Restore, r1, in phase Completed. */
function open(runs: RunSummary[] = [runSummary('a')], options: Partial<RestoreStatusOptions> = {}) {
  const api = new ObjectApi();
  api.put(restore({ phase: 'Completed' }));
  const logged: string[] = [];
  let written = 0;
  const status = createRestoreStatus(api.cluster(), {
    runs: () => runs,
    namespaces: ['velero'],
    drives: false,
    active: () => true,
    log: createLogger({ name: 'executor', level: 'warn' }, { write: (line: string) => logged.push(line) }),
    nowMs: () => Date.parse('2026-01-31T12:00:00Z'),
    intervalMs: 1,
    written: () => (written += 1),
    ...options,
  });
  const stored = () => api.get('velero', 'r1');
  return { api, status, logged, stored, written: () => written };
}

const counts = (of: Stored | null) => [of?.status?.hookStatus?.hooksAttempted, of?.status?.hookStatus?.hooksFailed];

/** A loop that does not come to what it is run for is ended, and the test fails. */
const mostAsked = 1_000;

/** Lets the loop of the status run until the condition holds, which is looked at with each interval. */
async function runUntil(
  holds: () => boolean,
  start: (active: () => boolean) => { readonly status: { run(signal: AbortSignal): Promise<void> } },
): Promise<void> {
  const stop = new AbortController();
  let asked = 0;
  const { status } = start(() => {
    asked += 1;
    if (holds() || asked > mostAsked) stop.abort();
    return true;
  });
  await status.run(stop.signal);
}

describe('the status of a Restore', () => {
  it('is written once for many HookRuns, and not again until one changes', async () => {
    const runs = [runSummary('a'), runSummary('b', { exec: 2, execFailed: 1, failure: failFailure })];
    const { api, status, stored, written } = open(runs);
    for (const run of runs) status.changed(run.restore);
    await status.flush();
    expect(stored()?.status).toEqual({
      phase: 'PartiallyFailed',
      hookStatus: { hooksAttempted: 3, hooksFailed: 1 },
    });
    expect(api.asked).toEqual(['GET r1', 'PATCH r1']);
    await status.flush();
    expect(api.asked).toHaveLength(2);
    runs.push(runSummary('c'));
    status.changed(restoreRef);
    await status.flush();
    expect(counts(stored())).toEqual([4, 1]);
    expect(written()).toBe(2);
  });

  it('is read, and not written, where it says so already', async () => {
    const runs = [runSummary('a')];
    const { api, status } = open(runs);
    status.changed(restoreRef);
    await status.flush();
    const other = createRestoreStatus(api.cluster(), {
      runs: () => runs,
      namespaces: ['velero'],
      drives: true,
      active: () => true,
      log: createLogger({ name: 'executor', level: 'silent' }),
      nowMs: Date.now,
    });
    other.changed(restoreRef);
    await other.flush();
    expect(api.asked).toEqual(['GET r1', 'PATCH r1', 'GET r1']);
  });

  it.each([
    { name: 'no Restore', ref: { label: 'r1' } },
    { name: 'a Restore without a UID', ref: { label: 'r1', namespace: 'velero', name: 'r1' } },
    { name: 'a Restore of a namespace that is not watched', ref: { ...restoreRef, namespace: 'elsewhere' } },
    { name: 'a Restore whose HookRuns are all gone', ref: { ...restoreRef, uid: 'uid-earlier' } },
  ])('is asked nothing about for $name', async ({ ref }) => {
    const { api, status } = open();
    status.changed(ref);
    await status.flush();
    expect(api.asked).toEqual([]);
  });

  it('forgets a Restore whose HookRuns are all gone, until it is told of again', async () => {
    const runs: RunSummary[] = [];
    const { api, status } = open(runs);
    status.changed(restoreRef);
    await status.flush();
    runs.push(runSummary('a'));
    await status.flush();
    expect(api.asked).toEqual([]);
    status.changed(restoreRef);
    await status.flush();
    expect(api.asked).toEqual(['GET r1', 'PATCH r1']);
  });

  it.each([
    { name: 'was made again with another UID', now: restore({ phase: 'Completed' }, { uid: 'uid-later' }) },
    { name: 'is being deleted', now: restore({ phase: 'Completed' }, { deletionTimestamp: '2026-01-31T12:00:00Z' }) },
    { name: 'is gone', now: null },
  ])('is neither written nor waited for where the Restore $name', async ({ now }) => {
    const { api, status, logged } = open();
    api.delete('velero', 'r1');
    if (now !== null) api.put(now);
    status.changed(restoreRef);
    await status.flush();
    await status.flush();
    expect(api.asked).toEqual(['GET r1']);
    expect(logged).toEqual([]);
  });

  it('is not written to a Restore that was made again between the look and the write', async () => {
    const { api, status, stored } = open();
    api.before = (asked) => {
      if (asked === 'PATCH r1') api.put(restore({ phase: 'Completed' }, { uid: 'uid-later' }));
    };
    status.changed(restoreRef);
    await status.flush();
    expect(api.asked).toEqual(['GET r1', 'PATCH r1', 'GET r1']);
    expect(stored()?.status).toEqual({ phase: 'Completed' });
  });

  it.each([404, 409, 422])('lets a Restore rest that answers a write with %i since it is gone', async (code) => {
    const { api, status, logged } = open();
    api.before = (asked) => {
      if (asked !== 'PATCH r1') return;
      api.delete('velero', 'r1');
      throw new ApiError('gone', code, '', null);
    };
    status.changed(restoreRef);
    await status.flush();
    await status.flush();
    expect(api.count('PATCH r1')).toBe(1);
    expect(logged).toEqual([]);
  });

  it('is made anew from what a concurrent writer has written', async () => {
    const { api, status, stored } = open();
    let writes = 0;
    api.before = (asked) => {
      writes += asked === 'PATCH r1' ? 1 : 0;
      const hookStatus = { hooksAttempted: writes, hooksFailed: 0 };
      if (asked === 'PATCH r1' && writes < 4) api.put(restore({ phase: 'Completed', hookStatus }));
    };
    status.changed(restoreRef);
    await status.flush();
    expect(api.asked).toEqual(Array.from({ length: 4 }, () => ['GET r1', 'PATCH r1']).flat());
    expect(counts(stored())).toEqual([4, 0]);
  });

  it('is left for the next time by a Restore that changes at every moment, and said so', async () => {
    const { api, status, logged, stored } = open();
    api.before = (asked) => {
      if (asked === 'PATCH r1') api.put(restore({ phase: 'Completed' }));
    };
    status.changed(restoreRef);
    await status.flush();
    expect(api.count('PATCH r1')).toBe(5);
    expect(logged).toEqual([expect.stringContaining('restore status not written')]);
    api.before = () => undefined;
    await status.flush();
    expect(counts(stored())).toEqual([1, 0]);
  });

  it.each(['GET r1', 'PATCH r1'])('is written later where %s is answered by an error', async (failing) => {
    const { api, status, logged, stored } = open();
    api.before = (asked) => {
      if (asked === failing) throw new ApiError('try later', 500, '', null);
    };
    status.changed(restoreRef);
    await status.flush();
    expect(logged).toHaveLength(1);
    api.before = () => undefined;
    await status.flush();
    expect(counts(stored())).toEqual([1, 0]);
  });

  it('tells of a change that came while it was written', async () => {
    const runs = [runSummary('a')];
    const { api, status, stored } = open(runs);
    api.before = (asked) => {
      if (asked !== 'PATCH r1' || runs.length > 1) return;
      runs.push(runSummary('b', { execFailed: 1 }));
      status.changed(restoreRef);
    };
    status.changed(restoreRef);
    await status.flush();
    expect(counts(stored())).toEqual([1, 0]);
    await status.flush();
    expect(counts(stored())).toEqual([2, 1]);
  });
});

describe('an executor that is not active', () => {
  it('asks and writes nothing, and knows what is left to it when it becomes so', async () => {
    let isActive = false;
    const { api, status, stored } = open(undefined, { active: () => isActive });
    status.changed(restoreRef);
    await status.flush();
    expect(api.asked).toEqual([]);
    isActive = true;
    await status.flush();
    expect(counts(stored())).toEqual([1, 0]);
  });

  it('writes nothing if it ceases to be active between the look and the write', async () => {
    let isActive = true;
    const { api, status } = open(undefined, { active: () => isActive });
    api.before = () => void (isActive = false);
    status.changed(restoreRef);
    await status.flush();
    expect(api.asked).toEqual(['GET r1']);
  });
});

describe('the loop', () => {
  it('writes to a Restore as soon as it is final', async () => {
    let opened: ReturnType<typeof open> | undefined;
    await runUntil(
      () => opened?.written() === 1,
      (active) => {
        opened = open(undefined, { active });
        const { api, status } = opened;
        api.put(restore({ phase: 'Finalizing' }));
        api.before = (asked) => {
          if (asked === 'GET r1' && api.count(asked) === 3) api.put(restore({ phase: 'Completed' }));
        };
        status.changed(restoreRef);
        return opened;
      },
    );
    expect(opened?.api.asked).toEqual(['GET r1', 'GET r1', 'GET r1', 'PATCH r1']);
    expect(counts(opened?.stored() ?? null)).toEqual([1, 0]);
  });

  it('looks ever more rarely at a Restore that stays open', async () => {
    let intervals = 0;
    let opened: ReturnType<typeof open> | undefined;
    const looks: number[] = [];
    await runUntil(
      () => intervals >= 400,
      (active) => {
        opened = open(undefined, { active: () => active() && (intervals += 1) > 0 });
        opened.api.put(restore({ phase: 'InProgress' }));
        opened.api.before = () => void looks.push(intervals);
        opened.status.changed(restoreRef);
        return opened;
      },
    );
    const gaps = looks.slice(1).map((at, index) => at - (looks[index] ?? 0));
    // Each look asks twice whether it is active: once for the pass, once for the Restore.
    expect(gaps[0]).toBe(2);
    expect(Math.max(...gaps)).toBeGreaterThan(8);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(13);
  });

  it('ends with the signal, and says nothing of calls that it cut', async () => {
    const stop = new AbortController();
    let asked = 0;
    const active = () => {
      asked += 1;
      if (asked > mostAsked) stop.abort();
      return true;
    };
    const { api, status, logged } = open(undefined, { active });
    api.before = () => stop.abort();
    status.changed(restoreRef);
    await status.run(stop.signal);
    expect(api.asked).toEqual(['GET r1']);
    expect(logged).toEqual([]);
  });
});

describe('a Restore that nobody drives', () => {
  it('is given a phase by option', async () => {
    const { api, status, stored } = open([runSummary('a', { failure: failFailure, execFailed: 1 })], { drives: true });
    api.put(restore(null));
    status.changed(restoreRef);
    await status.flush();
    expect(stored()?.status).toEqual({
      phase: 'PartiallyFailed',
      completionTimestamp: '2026-01-31T12:00:00Z',
      hookStatus: { hooksAttempted: 1, hooksFailed: 1 },
    });
  });

  it('is left without one otherwise', async () => {
    const { api, status } = open();
    api.put(restore(null));
    status.changed(restoreRef);
    await status.flush();
    expect(api.asked).toEqual(['GET r1']);
  });
});
