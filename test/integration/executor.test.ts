import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExecutorOptions } from '../../executor/executor-parts.ts';
import type { ExecHook } from '../../shared/hook.ts';
import type { Pod } from '../../shared/pod.ts';
import { annotationPlanning } from '../../shared/service/planning.ts';
import { ApiError } from '../../shared/service/api-error.ts';
import { busyAnswer } from '../support/busy.ts';
import { ExecServer } from '../support/exec-server.ts';
import { FakeApi } from '../support/fake-api.ts';
import { ownLabel, startOn, unplanned, type InProcessExecutor } from '../support/in-process.ts';
import { buildHook, buildPlan, buildPod, runningStatus, waitingStatus } from '../support/pods.ts';
import type { LogLine } from '../support/log-lines.ts';

let api: FakeApi;
let exec: ExecServer;
let executor: InProcessExecutor;

beforeEach(async () => {
  api = new FakeApi();
  exec = await ExecServer.start();
});
afterEach(async () => {
  await executor.stop();
  await exec.close();
});

function start(hooks: Record<string, ExecHook[]>, options: Partial<ExecutorOptions> = {}): void {
  executor = startOn(api.cluster(exec.connection), new Map(Object.entries(hooks)), options);
}

/** A restored pod, admitted, whose container `a` runs. */
function pod(name: string, more: Parameters<typeof buildPod>[0] = {}): Pod {
  return buildPod({
    statuses: [runningStatus('a', 1), runningStatus('b', 1)],
    ...more,
    metadata: {
      name,
      uid: `uid of ${name}`,
      labels: { [ownLabel]: 'r1' },
      annotations: { 'restorehooks.io/admitted-for': 'r1' },
      ...more.metadata,
    },
  });
}

const says = (msg: string, name: string) => (line: LogLine) => line.msg === msg && line.pod === name;
const ended = (name: string) => executor.line(says('hook ended', name));
const finished = (name: string) => executor.line(says('hooks finished', name));

describe('a pod whose Restore cannot be read', () => {
  it('is decided once it can be, and its hook runs once', async () => {
    const planning = annotationPlanning(unplanned);
    let questions = 0;
    const contextFor: typeof planning.contextFor = async (...asked) => {
      questions += 1;
      const context = await planning.contextFor(...asked);
      return questions < 3 ? { ...context, restore: { is: 'unreadable' } } : context;
    };
    api.put(pod('db'));
    executor = startOn(
      api.cluster(exec.connection),
      new Map([['db', [buildHook('a')]]]),
      {},
      { planning: { ...planning, contextFor } },
    );
    (await exec.next()).end();
    await finished('db');
    expect(questions).toBe(3);
    expect(exec.asked).toHaveLength(1);
    const undecided = executor.lines.filter(
      ({ msg, pod: name }) => msg.startsWith('pod not decided yet') && name === 'db',
    );
    expect(undecided).toHaveLength(2);
  });

  it('that bears a mark already is left without a question', async () => {
    const contextFor = () => Promise.reject(new Error('asked'));
    const conditions = [{ type: 'restorehooks.io/hooks', status: 'True', reason: 'Succeeded' }];
    api.put(pod('done', { conditions }));
    const planning = { ...annotationPlanning(unplanned), contextFor };
    executor = startOn(api.cluster(exec.connection), new Map(), {}, { planning });
    const line = await executor.line(says('pod left', 'done'));
    expect(line.why).toBe('done before');
  });
});

describe('a command that is given back', () => {
  it('is written again when the API server could not take it, and no hook is run', async () => {
    let failed = 0;
    api.before = ({ method }) => {
      if (method === 'PATCH' && (failed += 1) < 3) throw new Error('socket hang up');
    };
    api.put(pod('db', { metadata: { annotations: { 'post.hook.restorehooks.io/command': '/bin/true' } } }));
    const plan = () => buildPlan({ left: 'restore-holds-hooks', command: 'moves back' });
    executor = startOn(api.cluster(exec.connection), new Map(), {}, { plan });
    await executor.line(says('command given back to Velero', 'db'));
    await executor.line(says('pod left', 'db'));
    expect(failed).toBe(3);
    expect(api.pod('db').metadata.annotations).toEqual({ 'post.hook.restore.velero.io/command': '/bin/true' });
    expect(exec.asked).toEqual([]);
  });
});

describe('the mark', () => {
  it('is known again as this run’s own when the answer to its write was lost: the hook runs, once', async () => {
    let lost = 0;
    api.after = ({ method }) => {
      if (method === 'PATCH' && (lost += 1) === 1) throw new Error('socket hang up');
    };
    api.put(pod('db'));
    start({ db: [buildHook('a')] });
    (await exec.next()).end();
    expect(await finished('db')).toMatchObject({ phase: 'Succeeded' });
    expect(exec.asked).toHaveLength(1);
  });

  it('at the end is written again when the server gave up because the pod changed too fast', async () => {
    let conflicts = 0;
    api.before = ({ method, path }) => {
      if (method !== 'PATCH' || !path.includes('/pods/') || api.mark('db') === 'none' || (conflicts += 1) > 2) return;
      throw new ApiError(`PATCH ${path}: 409`, 409, 'Conflict', null);
    };
    api.put(pod('db'));
    start({ db: [buildHook('a')] });
    (await exec.next()).end();
    await finished('db');
    expect(api.mark('db')).toBe('True Succeeded');
  });
});

describe('the way back from a failure', () => {
  it('is taken with growing delays, not as fast as the server can refuse', async () => {
    api.before = ({ method, path }) => {
      if (method === 'GET' && path.includes('/pods/db') && api.count('GET db') <= 4)
        throw new Error('connect ECONNREFUSED');
    };
    api.put(pod('db'));
    const began = performance.now();
    start({ db: [buildHook('a')] });
    (await exec.next()).end();
    await finished('db');
    // At least half of 100, 200, 400 and 800 ms.
    expect(performance.now() - began).toBeGreaterThan(700);
    expect(executor.lines.filter(({ msg }) => msg === 'call failed, trying again')).toHaveLength(4);
  });

  it('leads to the command when no connection could be made for it: it was never sent, and runs once', async () => {
    let tries = 0;
    const connection: typeof exec.connection = (path) =>
      (tries += 1) <= 2 ? Promise.reject(new Error('connect ECONNREFUSED')) : exec.connection(path);
    api.put(pod('db'));
    executor = startOn(api.cluster(connection), new Map([['db', [buildHook('a')]]]));
    (await exec.next()).end();
    expect(await finished('db')).toMatchObject({ phase: 'Succeeded' });
    expect(await ended('db')).toMatchObject({ state: 'Succeeded', exitCode: 0 });
    expect(exec.asked).toHaveLength(1);
    expect(executor.lines.filter(({ msg }) => msg === 'command not sent, trying again')).toHaveLength(2);
  });

  it('leads to the command when the server was too busy for it, after the time that it asks for: it runs once', async () => {
    const upgrades: number[] = [];
    await exec.close();
    exec = await ExecServer.start({
      answer: () => {
        upgrades.push(performance.now());
        // News of the pod must not shorten it.
        setImmediate(() => api.put({ ...api.pod('db') }));
        return upgrades.length <= 2 ? busyAnswer(1) : null;
      },
    });
    api.put(pod('db'));
    start({ db: [buildHook('a')] });
    (await exec.next()).end();
    expect(await finished('db')).toMatchObject({ phase: 'Succeeded' });
    expect(api.run('db').status?.exec).toMatchObject([{ state: 'Succeeded', attempts: 1 }]);
    const [first = 0, second = 0, third = 0] = upgrades;
    expect(upgrades).toHaveLength(3);
    expect(Math.min(second - first, third - second)).toBeGreaterThan(950);
  });

  it.each([
    { call: 'POST run', what: 'the HookRun cannot be made' },
    { call: 'GET db', what: 'the pod cannot be looked at' },
    { call: 'PATCH run', what: 'the claim cannot be written' },
    { call: 'PATCH db', what: 'the mark cannot be written' },
  ])('takes as long as a busy server asks for: $what', async ({ call }) => {
    const asked: number[] = [];
    api.before = () => {
      if (api.asked.at(-1) !== call || asked.push(performance.now()) !== 1) return;
      // News of the pod must not shorten it.
      setImmediate(() => api.put({ ...api.pod('db') }));
      throw new ApiError(`${call}: 429`, 429, 'TooManyRequests', 1_000);
    };
    api.put(pod('db'));
    start({ db: [buildHook('a')] });
    (await exec.next()).end();
    expect(await finished('db')).toMatchObject({ phase: 'Succeeded' });
    expect(exec.asked).toHaveLength(1);
    const [first = 0, second = 0] = asked;
    expect(second - first).toBeGreaterThan(950);
  });

  it('leads to the end of a hook in its HookRun, after the time that a busy server asks for', async () => {
    const asked: number[] = [];
    api.put(pod('db'));
    start({ db: [buildHook('a')] });
    const peer = await exec.next();
    api.before = () => {
      if (api.asked.at(-1) !== 'PATCH run' || asked.push(performance.now()) !== 1) return;
      throw new ApiError('PATCH: 429', 429, 'TooManyRequests', 1_000);
    };
    peer.end();
    expect(await finished('db')).toMatchObject({ phase: 'Succeeded' });
    const [first = 0, second = 0] = asked;
    expect(second - first).toBeGreaterThan(950);
  });

  it('is not shortened by news of the pod', async () => {
    api.before = ({ method, path }) => {
      if (method !== 'GET' || !path.includes('/pods/db') || api.count('GET db') > 3) return;
      setImmediate(() => api.put({ ...api.pod('db') }));
      throw new Error('connect ECONNREFUSED');
    };
    api.put(pod('db'));
    const began = performance.now();
    start({ db: [buildHook('a')] });
    (await exec.next()).end();
    await finished('db');
    expect(performance.now() - began).toBeGreaterThan(350);
  });
});

describe('a hook that ends while it is being checked', () => {
  it('is told once, and not run: its wait-timeout came while the API server was slow', async () => {
    let release: () => void = () => undefined;
    api.after = async ({ method, path }) => {
      if (method === 'PATCH' && path.includes('/pods/') && api.count('PATCH db') === 1)
        await new Promise<void>((resolve) => (release = resolve));
    };
    const waitTimeoutMs = Date.now() + 500 - Date.parse(pod('db').metadata.creationTimestamp ?? '');
    api.put(pod('db'));
    start({ db: [buildHook('a', { waitTimeoutMs })] });
    while (api.mark('db') === 'none') await new Promise((resolve) => setImmediate(resolve));
    // Its container goes away, so that the deadline finds it down.
    api.put(
      pod('db', {
        conditions: api.pod('db').status?.conditions ?? [],
        statuses: [waitingStatus('a'), runningStatus('b', 1)],
      }),
    );
    expect(await ended('db')).toMatchObject({ reason: 'WaitTimeout' });
    release();
    expect(await finished('db')).toMatchObject({ phase: 'Failed' });
    expect(exec.asked).toEqual([]);
    expect(executor.lines.filter(says('hook ended', 'db'))).toHaveLength(1);
    expect(api.mark('db')).toBe('False Failed');
  });
});

describe('slots', () => {
  it('are not lost with a pod that no longer wants its turn', async () => {
    for (const name of ['one', 'two', 'three']) api.put(pod(name));
    start({ one: [buildHook('a')], two: [buildHook('a')], three: [buildHook('a')] }, { maxParallelPods: 1 });
    const first = await exec.next();
    // The next in line restarts in the very moment in which the slot becomes free.
    api.put(pod('two', { statuses: [waitingStatus('a'), runningStatus('b', 1)] }));
    first.end();
    await finished('one');
    (await exec.next()).end();
    expect(await finished('three')).toMatchObject({ phase: 'Succeeded' });
    api.put(pod('two'));
    (await exec.next()).end();
    expect(await finished('two')).toMatchObject({ phase: 'Succeeded' });
  });

  it('are given in turn, to all', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `pod-${index}`);
    for (const name of names) api.put(pod(name));
    start(Object.fromEntries(names.map((name) => [name, [buildHook('a'), buildHook('a')]])), { maxParallelPods: 3 });
    for (let execs = 0; execs < 40; execs += 1) (await exec.next()).end();
    const ends = await Promise.all(names.map(finished));
    expect(ends.map(({ phase }) => phase)).toEqual(names.map(() => 'Succeeded'));
  }, 30_000);
});

describe('after the command was sent', () => {
  it.each(['null', '{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[null]}}'])(
    'a status of %s ends the hook',
    async (status) => {
      api.put(pod('db'));
      start({ db: [buildHook('a')] });
      const peer = await exec.next();
      peer.send(3, status);
      peer.socket.close();
      expect(await ended('db')).toMatchObject({ state: 'Failed', reason: 'ConnectionLost' });
      await finished('db');
    },
  );
});

describe('at the signal', () => {
  it('a hook that is still being checked is not begun any more', async () => {
    let release: () => void = () => undefined;
    api.before = async ({ method, path }) => {
      if (method === 'GET' && path.includes('/pods/db')) await new Promise<void>((resolve) => (release = resolve));
    };
    api.put(pod('db'));
    start({ db: [buildHook('a')] }, { shutdownGraceMs: 60_000 });
    await executor.line(says('pod taken', 'db'));
    while (api.count('GET db') === 0) await new Promise((resolve) => setImmediate(resolve));
    const stopped = executor.stop();
    release();
    await stopped;
    expect(exec.asked).toEqual([]);
    expect(api.mark('db')).toBe('none');
  });

  it('a running hook may end, and its end is written', async () => {
    api.put(pod('db'));
    start({ db: [buildHook('a')] }, { shutdownGraceMs: 60_000 });
    const peer = await exec.next();
    const stopped = executor.stop();
    peer.end();
    await stopped;
    expect(api.mark('db')).toBe('True Succeeded');
  });

  it('one that does not is cut off at the end of the grace time, and that is written', async () => {
    api.put(pod('db'));
    start({ db: [buildHook('a')] }, { shutdownGraceMs: 50 });
    await exec.next();
    await executor.stop();
    expect(executor.lines.find(says('hook ended', 'db'))).toMatchObject({ reason: 'Interrupted' });
    expect(api.mark('db')).toBe('False Failed');
  });

  it('the grace time holds for a mark that hangs, too', async () => {
    api.put(pod('db'));
    start({ db: [buildHook('a')] }, { shutdownGraceMs: 50 });
    const peer = await exec.next();
    api.before = ({ path }) => (path.includes('/pods/db/status') ? new Promise(() => undefined) : undefined);
    peer.end();
    await ended('db');
    await api.until(() => api.count('PATCH db') === 2);
    // The grace time, and 3 s for the last words: without the bound this would never end.
    await executor.stop();
  }, 10_000);
});

it('one pod that cannot be understood does not end the executor', async () => {
  api.put(pod('strange', { metadata: { name: 'strange', labels: null, annotations: null } }));
  api.put(pod('db'));
  const hooks = new Map([['db', [buildHook('a')]]]);
  const get = hooks.get.bind(hooks);
  hooks.get = (name) => {
    if (name === 'strange') throw new Error('a plan that cannot be made');
    return get(name);
  };
  executor = startOn(api.cluster(exec.connection), hooks);
  (await exec.next()).end();
  expect(await finished('db')).toMatchObject({ phase: 'Succeeded' });
});
