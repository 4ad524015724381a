import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExecutorNeeds } from '../../executor/executor-parts.ts';
import type { ExecHook } from '../../shared/hook.ts';
import type { Pod } from '../../shared/pod.ts';
import { ApiError } from '../../shared/service/api-error.ts';
import { FakeScene } from '../support/fake-scene.ts';
import { ownLabel, type InProcessExecutor } from '../support/in-process.ts';
import type { LogLine } from '../support/log-lines.ts';
import { buildHook, buildPlan, buildPod, runningStatus, waitingStatus } from '../support/pods.ts';

/*
 * What an executor knows is old: its watch is silent, an answer was lost, another one leads. Nothing is run twice, lost, or given up by it.
 */
let scene: FakeScene;
let api: FakeScene['api'];
let exec: FakeScene['exec'];

beforeEach(async () => {
  scene = await FakeScene.open();
  ({ api, exec } = scene);
});
afterEach(() => scene.close());

const stamp = 'restorehooks.io/admitted-for';

function start(hooks: readonly ExecHook[], needs: Partial<ExecutorNeeds> = {}): InProcessExecutor {
  return scene.start({ db: hooks }, needs);
}

function pod(more: Parameters<typeof buildPod>[0] = {}, annotations: Record<string, string> = { [stamp]: 'r1' }): Pod {
  return buildPod({
    statuses: [runningStatus('a', 1), runningStatus('b', 1)],
    ...more,
    metadata: { name: 'db', uid: 'uid-of-db', labels: { [ownLabel]: 'r1' }, annotations },
  });
}

const waiting = { statuses: [waitingStatus('a'), waitingStatus('b')] };
const says = (msg: string) => (line: LogLine) => line.msg === msg && line.pod === 'db';
const finished = (executor: InProcessExecutor) => executor.line(says('hooks finished'));
const states = () => (api.run('db').status?.exec ?? []).map(({ state, reason }) => reason ?? state);

/** Refuses the first requests of a kind. */
function refuse(asked: string, times: number): void {
  let refused = 0;
  api.before = ({ method, path }) => {
    if (api.asked.at(-1) !== asked || (refused += 1) > times) return;
    throw new ApiError(`${method} ${path}: 500`, 500, 'InternalError', null);
  };
}

describe('a pod that was never admitted', () => {
  it('is not hooked, though what is said of that in its HookRun comes late', async () => {
    refuse('PATCH run', 2);
    api.put(pod({}, {}));
    const executor = start([buildHook('a')]);
    await executor.line(says('call failed, trying again'));
    await api.until(() => api.run('db').status?.phase === 'Missed');
    expect(states()).toEqual(['Missed']);
    expect(api.run('db').spec.unrun).toBe('Missed');
    expect(api.mark('db')).toBe('none');
    expect(exec.asked).toEqual([]);
  });

  it('is not hooked by an executor that finds a HookRun of which nothing more was written', async () => {
    refuse('PATCH run', Infinity);
    api.put(pod({}, {}));
    const first = start([buildHook('a')]);
    await first.line(says('call failed, trying again'));
    await first.stop();
    api.before = () => undefined;
    start([buildHook('a')]);
    await api.until(() => api.run('db').status?.phase === 'Missed');
    expect(states()).toEqual(['Missed']);
    expect(exec.asked).toEqual([]);
  });
});

it('a pod that was never admitted is not hooked where the definition of HookRuns is older, and drops why', async () => {
  api.before = ({ method, body }) => {
    if (method === 'POST') Reflect.deleteProperty((body as { spec?: object }).spec ?? {}, 'unrun');
  };
  api.put(pod({}, {}));
  start([buildHook('a')]);
  await api.until(() => api.count('POST run') > 0 && api.run('db').status?.phase === 'Missed');
  expect(api.run('db').spec.unrun).toBeUndefined();
  expect(states()).toEqual(['Missed']);
  expect(exec.asked).toEqual([]);
});

it('a plan that one object cannot hold is no success, though its executor was lost before it said so', async () => {
  refuse('PATCH run', Infinity);
  api.put(pod());
  const first = start([buildHook('a', { command: ['x'.repeat(600 * 1024)] })]);
  await first.line(says('call failed, trying again'));
  await first.stop();
  api.before = () => undefined;
  expect(await finished(start([]))).toMatchObject({ phase: 'Failed' });
  expect(api.run('db').status?.phase).toBe('TooLarge');
  expect(api.mark('db')).toBe('False Failed');
});

describe('a pod that loses its label', () => {
  it('is still the pod of its run: its hook runs, and the mark is made', async () => {
    api.put(pod(waiting));
    const executor = start([buildHook('a')]);
    await api.until(() => api.mark('db') === 'False Waiting');
    api.unlabel('db');
    const { status } = api.pod('db');
    api.putUnseen({ ...pod(), status: { ...pod().status, conditions: status?.conditions ?? [] } });
    (await exec.next()).end();
    expect(await finished(executor)).toMatchObject({ phase: 'Succeeded' });
    expect(api.mark('db')).toBe('True Succeeded');
  }, 30_000);
});

it('a container that was up in time is hooked, though the watch was silent and told nothing of it', async () => {
  api.put(pod(waiting));
  const hook = buildHook('a', { waitTimeoutMs: 4_000 });
  let nowMs = Date.parse(pod().metadata.creationTimestamp ?? '');
  const executor = start([hook], { nowMs: () => nowMs });
  await api.until(() => api.count('PATCH run') === 1);
  api.putUnseen(pod());
  nowMs += 5_000;
  (await exec.next()).end();
  expect(await finished(executor)).toMatchObject({ phase: 'Succeeded' });
}, 30_000);

it('a pod that was done is not hooked again, though the watch has not told of its mark and its HookRun is gone', async () => {
  api.put(pod());
  const executor = start([buildHook('a')]);
  await api.until(() => api.asked.includes('LIST'));
  const done = { type: 'restorehooks.io/hooks', status: 'True', reason: 'Succeeded' };
  api.before = () => {
    if (api.asked.at(-1) === 'GET db') api.putUnseen(pod({ conditions: [done] }));
  };
  await finished(executor);
  expect(states()).toEqual(['RecordDeleted']);
  expect(exec.asked).toEqual([]);
});

it('a HookRun that is deleted before the watch tells of it is told as gone, and nothing is run', async () => {
  api.put(pod({ conditions: [{ type: 'restorehooks.io/hooks', status: 'False', reason: 'Waiting' }], ...waiting }));
  const first = start([buildHook('a')]);
  await first.line(says('hooks interrupted'));
  await first.stop();
  const spec = { pod: { name: 'db', uid: 'uid-of-db' }, restore: { label: 'r1' }, run: 1, init: [], exec: [] };
  const metadata = { name: 'db-uid-of-db', namespace: 'shop' };
  api.putRun({ apiVersion: 'restorehooks.io/v1alpha1', kind: 'HookRun', metadata, spec });
  api.put(pod({ conditions: [{ type: 'restorehooks.io/hooks', status: 'False', reason: 'Waiting' }], ...waiting }));
  api.before = () => {
    if (api.asked.at(-1) === 'GET run') throw new ApiError('not found', 404, 'NotFound', null);
  };
  const second = start([buildHook('a')]);
  await second.line(says('hooks interrupted'));
  expect(exec.asked).toEqual([]);
});

describe('a claim whose write got no answer', () => {
  it('is taken back by an executor that leads no more, so that its successor need not wait for its end', async () => {
    api.put(pod());
    let lost = 0;
    api.after = () => {
      if (api.asked.at(-1) !== 'PATCH run' || (lost += 1) > 1) return;
      first.follow();
      throw new Error('socket hang up');
    };
    const first = start([buildHook('a')]);
    await api.until(() => lost > 0);
    // It lives: nobody may take its claim for lost.
    const second = start([], { holders: { goneInMs: () => Promise.resolve(200) } });
    (await exec.next()).end();
    expect(await finished(second)).toMatchObject({ phase: 'Succeeded' });
    expect(api.run('db').status?.exec).toMatchObject([{ state: 'Succeeded', attempts: 1 }]);
    expect(exec.asked).toHaveLength(1);
  });
});

it('an executor whose run was followed by a rerun leaves that to its successor', async () => {
  api.put(pod());
  let fresh = true;
  const first = start([buildHook('a')], { isFresh: () => fresh });
  const peer = await exec.next();
  fresh = false;
  const run = api.run('db');
  const rerun = '2026-01-02T00:00:00.000Z';
  const after = api.putRun({ ...run, spec: { ...run.spec, run: 2, rerun } });
  peer.end();
  await first.line(says('the end of the hook is not in its HookRun'));
  expect(api.run('db')).toEqual(after);
});

it('a run whose init containers have not ended is not over with its last command', async () => {
  const init = [
    { container: { name: 'load', image: 'i' }, generatedName: false, timeoutMs: null, source: 'annotation' },
  ];
  const initContainers = [{ name: 'load', image: 'i' }];
  const loading = { name: 'load', state: { running: { startedAt: '2026-03-01T10:00:01Z' } } };
  const open = (more: object) => ({ ...pod({ initContainers }), status: { ...pod().status, ...more } });
  api.put(open({ phase: 'Pending', initContainerStatuses: [loading] }));
  const plan = () => buildPlan({ exec: [buildHook('a')], init: init as never });
  const executor = start([], { plan });
  (await exec.next()).end();
  await executor.line(says('hook ended'));
  expect(api.run('db').status).toMatchObject({ phase: 'Running', finishedAt: null });
  const { conditions = [] } = api.pod('db').status ?? {};
  const ended = { name: 'load', state: { terminated: { exitCode: 0, startedAt: '2026-03-01T10:00:01Z' } } };
  api.put(open({ phase: 'Running', initContainerStatuses: [ended], conditions }));
  expect(await finished(executor)).toMatchObject({ phase: 'Succeeded' });
  expect(api.run('db').status?.phase).toBe('Succeeded');
});
