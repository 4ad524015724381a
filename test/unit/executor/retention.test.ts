import { describe, expect, it } from '@jest/globals';
import { createRetention, type RetentionOptions } from '../../../executor/retention.ts';
import type { RunSummary } from '../../../shared/run-summary.ts';
import { createLogger } from '../../../shared/service/logger.ts';
import { ObjectApi } from '../../support/object-api.ts';
import { runSummary } from '../../support/run-summaries.ts';

const keepMs = 10_000;
const nowMs = 50_000;
const old = { finishedAtMs: nowMs - keepMs };
const unaborted = new AbortController().signal;

/** The retention of runs that an API server holds. */
function open(runs: RunSummary[], options: Partial<RetentionOptions> = {}) {
  const api = new ObjectApi();
  const logged: string[] = [];
  const kept = runs.map((run) => {
    const { metadata } = api.put({ metadata: { namespace: run.namespace, name: run.name, uid: `run-${run.name}` } });
    return { ...run, version: metadata.resourceVersion ?? '' };
  });
  const names = () => kept.flatMap(({ namespace, name, pod }) => (api.get(namespace, name) === null ? [] : [pod.name]));
  const retention = createRetention(api.cluster(), {
    // As the watch has it, which brings a deletion at once.
    runs: () => kept.filter(({ namespace, name }) => api.get(namespace, name) !== null),
    isPodThere: () => false,
    keepMs,
    active: () => true,
    log: createLogger({ name: 'executor', level: 'warn' }, { write: (line: string) => logged.push(line) }),
    nowMs: () => nowMs,
    intervalMs: 1,
    ...options,
  });
  return { api, retention, names, logged };
}

describe('retention', () => {
  it.each([
    { name: 'finished long enough ago', run: old, left: false },
    { name: 'finished a moment too late', run: { finishedAtMs: nowMs - keepMs + 1 }, left: true },
    { name: 'not finished', run: { finishedAtMs: null, phase: 'Running' as const }, left: true },
    { name: 'missed', run: { ...old, phase: 'Missed' as const }, left: false },
  ])('of a HookRun without a pod, $name: kept $left', async ({ run, left }) => {
    const { retention, names } = open([runSummary('a', run)]);
    await retention.pass(unaborted);
    expect(names()).toEqual(left ? ['a'] : []);
  });

  it('keeps what the pod is there of, by the watch, without a question', async () => {
    const { api, retention, names } = open([runSummary('a', old), runSummary('b', old)], {
      isPodThere: ({ pod }) => pod.name === 'a',
    });
    await retention.pass(unaborted);
    expect(names()).toEqual(['a']);
    expect(api.asked.some((asked) => asked.includes(' a'))).toBe(false);
  });

  it('keeps what the pod is there of, though the watch does not know it', async () => {
    const { api, retention, names, logged } = open([runSummary('a', old), runSummary('b', old)]);
    api.put({ metadata: { namespace: 'app', name: 'a', uid: 'uid-a' } });
    api.put({ metadata: { namespace: 'app', name: 'b', uid: 'uid-of-a-successor' } });
    await retention.pass(unaborted);
    expect(names()).toEqual(['a']);
    expect(logged).toEqual([]);
  });

  it('keeps, for now, what has changed since it was seen', async () => {
    const run = runSummary('a', old);
    const { api, retention, names, logged } = open([run]);
    api.put({ metadata: { namespace: run.namespace, name: run.name, uid: `run-${run.name}` } });
    await retention.pass(unaborted);
    expect(names()).toEqual(['a']);
    expect(logged).toEqual([expect.stringContaining('old HookRun not deleted')]);
  });

  it('says nothing of what another has deleted', async () => {
    const run = runSummary('a', old);
    const { api, retention, logged } = open([run]);
    api.before = (asked) => {
      if (asked.startsWith('DELETE')) api.delete(run.namespace, run.name);
    };
    await retention.pass(unaborted);
    expect(logged).toEqual([]);
  });

  it('deletes 100 in a pass, 4 at a time', async () => {
    const { api, retention, names } = open(Array.from({ length: 130 }, (_, index) => runSummary(`p${index}`, old)));
    let [asking, most] = [0, 0];
    api.before = async () => {
      asking += 1;
      most = Math.max(most, asking);
      await new Promise((resolve) => setImmediate(resolve));
      asking -= 1;
    };
    await retention.pass(unaborted);
    expect(names()).toHaveLength(30);
    expect(most).toBe(4);
    await retention.pass(unaborted);
    expect(names()).toEqual([]);
  });

  it('looks at others before it comes back to those that could not be deleted', async () => {
    const { api, retention, names, logged } = open(
      Array.from({ length: 130 }, (_, index) => runSummary(`p${index}`, old)),
    );
    const stuck = (asked: string) => /^DELETE p\d\d?-/.test(asked);
    api.before = (asked) => {
      if (stuck(asked)) throw new Error('socket hang up');
    };
    await retention.pass(unaborted);
    expect([names().length, logged.length]).toEqual([130, 100]);
    await retention.pass(unaborted);
    expect([names().length, logged.length]).toEqual([100, 170]);
    api.before = () => undefined;
    await retention.pass(unaborted);
    expect(names()).toEqual([]);
  });

  it('asks and deletes nothing while it is not active', async () => {
    const { api, retention } = open([runSummary('a', old)], { active: () => false });
    await retention.pass(unaborted);
    expect(api.asked).toEqual([]);
  });

  it('stops in mid-pass when it ceases to be active', async () => {
    let isActive = true;
    const { api, retention, names } = open(
      Array.from({ length: 20 }, (_, index) => runSummary(`p${index}`, old)),
      { active: () => isActive },
    );
    api.before = (asked) => {
      if (asked.startsWith('DELETE')) isActive = false;
    };
    await retention.pass(unaborted);
    expect(names()).toHaveLength(16);
  });

  it('goes on until the signal, from when it becomes active', async () => {
    const stop = new AbortController();
    let asked = 0;
    const { retention, names } = open([runSummary('a', old)], {
      active: () => {
        asked += 1;
        if (names().length === 0 || asked > 1_000) stop.abort();
        return asked > 3;
      },
    });
    await retention.run(stop.signal);
    expect(names()).toEqual([]);
  });

  it('cut by the signal, says nothing of it', async () => {
    const stop = new AbortController();
    const { api, retention, names, logged } = open([runSummary('a', old)]);
    api.before = () => stop.abort();
    await retention.pass(stop.signal);
    expect(names()).toEqual(['a']);
    expect(logged).toEqual([]);
  });
});
