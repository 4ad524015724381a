import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freezeExec } from '../../shared/freeze-plan.ts';
import type { ExecHook } from '../../shared/hook.ts';
import type { HookRun, HookRunExecStatus } from '../../shared/hook-run.ts';
import type { Pod } from '../../shared/pod.ts';
import { ApiError } from '../../shared/service/api-error.ts';
import { FakeScene } from '../support/fake-scene.ts';
import { ownLabel, type InProcessExecutor } from '../support/in-process.ts';
import type { LogLine } from '../support/log-lines.ts';
import { buildHook, buildPlan, buildPod, runningStatus, waitingStatus } from '../support/pods.ts';

let scene: FakeScene;
let api: FakeScene['api'];
let exec: FakeScene['exec'];

beforeEach(async () => {
  scene = await FakeScene.open();
  ({ api, exec } = scene);
});
afterEach(() => scene.close());

const start = (...given: Parameters<FakeScene['start']>): InProcessExecutor => scene.start(...given);

function pod(name: string, more: Parameters<typeof buildPod>[0] = {}): Pod {
  return buildPod({
    statuses: [runningStatus('a', 1), runningStatus('b', 1)],
    ...more,
    metadata: {
      name,
      uid: `uid-of-${name}`,
      labels: { [ownLabel]: 'r1' },
      annotations: { 'restorehooks.io/admitted-for': 'r1' },
      ...more.metadata,
    },
  });
}

const waiting = { statuses: [waitingStatus('a'), waitingStatus('b')] };
const says = (msg: string, name: string) => (line: LogLine) => line.msg === msg && line.pod === name;
const finished = (executor: InProcessExecutor, name: string) => executor.line(says('hooks finished', name));
const states = (name: string) => (api.run(name).status?.exec ?? []).map(({ state, reason }) => reason ?? state);
const pastClaim = (holder: string): HookRunExecStatus => ({
  state: 'Claimed',
  attempts: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  claim: { id: 'c1', holder, at: '2026-01-01T00:00:00.000Z', containerID: 'containerd://a' },
});

/** The HookRun of a pod as an executor left it that is gone. */
function leftRun(name: string, hooks: readonly ExecHook[], exec: readonly HookRunExecStatus[]): HookRun {
  const frozen = freezeExec({ ...buildPlan(), exec: hooks });
  return api.putRun({
    apiVersion: 'restorehooks.io/v1alpha1',
    kind: 'HookRun',
    metadata: { name: `${name}-uid-of-${name}`, namespace: 'shop' },
    spec: { pod: { name, uid: `uid-of-${name}` }, restore: { label: 'r1' }, run: 1, init: [], exec: frozen },
    status: {
      ...{ phase: 'Running', run: 1, total: hooks.length, done: 0, succeeded: 0, failed: 0, progress: '' },
      observedSince: '2026-01-01T00:00:00.000Z',
      exec,
    },
  });
}

describe('the record of a pod', () => {
  it('holds the plan from first sight on, and what became of each hook', async () => {
    api.put(pod('db'));
    const executor = start({ db: [buildHook('a', { command: ['/bin/one'] }), buildHook('b')] });
    const first = await exec.next();
    expect(api.run('db')).toMatchObject({
      metadata: { name: 'db-uid-of-db', labels: { 'velero.io/exclude-from-backup': 'true' } },
      spec: { pod: { name: 'db' }, restore: { label: 'r1' }, exec: [{ command: ['/bin/one'] }, { container: 'b' }] },
      status: { phase: 'Running', progress: '0/2', exec: [{ state: 'Claimed', attempts: 1 }, { state: 'Waiting' }] },
    });
    first.send(1, 'hello');
    first.end();
    (await exec.next()).exit(3);
    await finished(executor, 'db');
    expect(api.run('db').status).toMatchObject({
      phase: 'Failed',
      progress: '2/2',
      succeeded: 1,
      failed: 1,
      exec: [
        { state: 'Succeeded', exitCode: 0, stdout: { text: 'hello', droppedBytes: 0 } },
        { state: 'Failed', reason: 'NonZeroExit' },
      ],
    });
    expect(api.run('db').status?.firstProblem).toContain('hook 2 (container b): NonZeroExit');
  });

  it('takes six writes of a pod with one hook, which waits first', async () => {
    api.put(pod('db', waiting));
    const executor = start({ db: [buildHook('a')] });
    await api.until(() => api.mark('db') === 'False Waiting');
    api.put(pod('db', { conditions: api.pod('db').status?.conditions ?? [] }));
    (await exec.next()).end();
    await finished(executor, 'db');
    const writes = api.asked.filter((asked) => /^(POST run|PATCH)/.test(asked));
    expect(writes).toEqual(['POST run', 'PATCH run', 'PATCH db', 'PATCH run', 'PATCH run', 'PATCH db']);
  });

  it('keeps what a newer version has put into it', async () => {
    api.put(pod('db'));
    const hooks = [buildHook('a'), buildHook('a')];
    const newer = { state: 'Succeeded', attempts: 1, novelty: 'kept' } as HookRunExecStatus;
    leftRun('db', hooks, [newer, { state: 'Waiting', attempts: 0 }]);
    const executor = start({});
    (await exec.next()).end();
    await finished(executor, 'db');
    expect(api.run('db').status?.exec).toMatchObject([{ novelty: 'kept' }, { state: 'Succeeded' }]);
  });

  it('that a user edits in mid-run is set right, and no hook runs twice', async () => {
    api.put(pod('db'));
    const executor = start({ db: [buildHook('a'), buildHook('a')] });
    (await exec.next()).end();
    const second = await exec.next();
    const run = api.run('db');
    if (run.status === undefined) throw new Error('there is no status');
    api.putRun({ ...run, status: { ...run.status, exec: [{ state: 'Waiting', attempts: 0 }, pastClaim('somebody')] } });
    api.putRun({ ...run, status: { ...run.status, exec: [{ state: 'Waiting', attempts: 0 }] } });
    second.end();
    await finished(executor, 'db');
    expect(states('db')).toEqual(['Succeeded', 'Succeeded']);
    expect(exec.asked).toHaveLength(2);
  });

  it('that is deleted in mid-run ends it: what runs may end, nothing more is begun', async () => {
    api.put(pod('db'));
    const executor = start({ db: [buildHook('a'), buildHook('a')] });
    const first = await exec.next();
    api.deleteRun('db');
    first.end();
    await finished(executor, 'db');
    expect(exec.asked).toHaveLength(1);
    expect(api.mark('db')).toBe('False Failed');
  });

  it('is not made for a plan that one object cannot hold, which is told', async () => {
    api.put(pod('db'));
    const executor = start({ db: [buildHook('a', { command: ['x'.repeat(600 * 1024)] })] });
    await finished(executor, 'db');
    expect(api.run('db')).toMatchObject({ spec: { exec: [] }, status: { phase: 'TooLarge' } });
    expect(api.mark('db')).toBe('False Failed');
    expect(exec.asked).toEqual([]);
  });

  it('says Missed of a pod that was admitted with hooks, none of which can be read any more, and which are never run later', async () => {
    api.put(pod('db'));
    const hooks: Record<string, ExecHook[]> = {};
    const plan = () => buildPlan({ exec: hooks.db ?? [] });
    const executor = start(hooks, { plan });
    expect(await finished(executor, 'db')).toMatchObject({ phase: 'Failed' });
    expect(api.run('db')).toMatchObject({ spec: { exec: [] }, status: { phase: 'Missed' } });
    expect(api.mark('db')).toBe('False Failed');
    hooks.db = [buildHook('a')];
    api.deleteRun('db');
    await start(hooks, { plan }).line(says('pod left', 'db'));
    expect(exec.asked).toEqual([]);
  });

  it('is tried again when the API server does not serve HookRuns, and nothing is run until it does', async () => {
    let failures = 0;
    api.before = ({ method, path }) => {
      if (method === 'POST' && path.includes('/hookruns') && (failures += 1) <= 2) {
        throw new ApiError('the server could not find the requested resource', 404, 'NotFound', null);
      }
    };
    api.put(pod('db'));
    const executor = start({ db: [buildHook('a')] });
    (await exec.next()).end();
    expect(await finished(executor, 'db')).toMatchObject({ phase: 'Succeeded' });
    expect(failures).toBe(3);
  });
});

describe('a run that another executor has left', () => {
  it('goes on with the hooks that were not begun', async () => {
    api.put(pod('db'));
    const hooks = [buildHook('a'), buildHook('a', { command: ['/bin/two'] })];
    leftRun('db', hooks, [
      { state: 'Succeeded', attempts: 1 },
      { state: 'Waiting', attempts: 0 },
    ]);
    const executor = start({ db: [buildHook('a', { command: ['/bin/other'] })] });
    const peer = await exec.next();
    expect(peer.command).toEqual(['/bin/two']);
    peer.end();
    expect(await finished(executor, 'db')).toMatchObject({ succeeded: 2 });
    expect(exec.asked).toHaveLength(1);
  });

  it('whose claim is held by a living executor is left to it', async () => {
    let questions = 0;
    const holders = { goneInMs: () => Promise.resolve((questions += 1) > 3 ? 0 : 20) };
    api.put(pod('db'));
    leftRun('db', [buildHook('a')], [pastClaim('other')]);
    const executor = start({}, { holders });
    await finished(executor, 'db');
    expect(questions).toBe(4);
    expect(states('db')).toEqual(['Interrupted']);
    expect(exec.asked).toEqual([]);
  });

  it('that it ends itself meanwhile is not interrupted', async () => {
    let questions = 0;
    const holders = {
      goneInMs: () => {
        questions += 1;
        if (questions === 2) leftRun('db', [buildHook('a')], [{ state: 'Succeeded', attempts: 1, exitCode: 0 }]);
        return Promise.resolve(20);
      },
    };
    api.put(pod('db'));
    leftRun('db', [buildHook('a')], [pastClaim('other')]);
    const executor = start({}, { holders });
    expect(await finished(executor, 'db')).toMatchObject({ phase: 'Succeeded' });
    expect(states('db')).toEqual(['Succeeded']);
  });

  it('is interrupted, and under Continue the next hook runs with the warning that it may not be alone', async () => {
    api.put(pod('db'));
    leftRun('db', [buildHook('a'), buildHook('a')], [pastClaim('dead'), { state: 'Waiting', attempts: 0 }]);
    const executor = start({});
    (await exec.next()).end();
    await finished(executor, 'db');
    expect(api.run('db').status?.exec).toMatchObject([
      { state: 'Interrupted', reason: 'Interrupted' },
      { state: 'Succeeded', predecessorUnknown: true },
    ]);
  });

  it.each([
    { command: ['/bin/sleep', '60'], unknown: true },
    { command: ['/bin/sh', '-c', 'sleep 60'], unknown: undefined },
  ])('in which $command was too late: the next hook is warned of it: $unknown', async ({ command, unknown }) => {
    api.put(pod('db'));
    const late: HookRunExecStatus = { state: 'Failed', reason: 'ExecTimeout', attempts: 1 };
    leftRun('db', [buildHook('a', { command }), buildHook('a')], [late, { state: 'Waiting', attempts: 0 }]);
    const executor = start({});
    (await exec.next()).end();
    await finished(executor, 'db');
    expect(api.run('db').status?.exec?.[1]).toMatchObject({ state: 'Succeeded' });
    expect(api.run('db').status?.exec?.[1]?.predecessorUnknown).toBe(unknown);
  });

  it('is run again where onInterrupt says Retry and its container is another one by now', async () => {
    api.put(
      pod('db', { statuses: [runningStatus('a', 9, { containerID: 'containerd://new' }), runningStatus('b', 1)] }),
    );
    leftRun('db', [buildHook('a', { onInterrupt: 'Retry' })], [pastClaim('dead')]);
    const executor = start({});
    (await exec.next()).end();
    await finished(executor, 'db');
    expect(exec.asked).toHaveLength(1);
    expect(states('db')).toEqual(['Succeeded']);
    expect(api.run('db').status?.exec).toMatchObject([{ attempts: 2 }]);
  });

  it('is gone on with once, though the lead was lost and won again while its claim was being ended', async () => {
    api.put(
      pod('db', { statuses: [runningStatus('a', 9, { containerID: 'containerd://new' }), runningStatus('b', 1)] }),
    );
    leftRun('db', [buildHook('a', { onInterrupt: 'Retry' })], [pastClaim('dead')]);
    let writes = 0;
    api.after = async () => {
      if (api.asked.at(-1) !== 'PATCH run') return;
      writes += 1;
      if (writes === 1) {
        executor.follow();
        executor.lead();
      }
      // The answer to the claim is long under way: whoever else would go on with the run comes first.
      for (let turn = 0; writes === 2 && turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    const executor = start({});
    (await exec.next()).end();
    await finished(executor, 'db');
    expect(states('db')).toEqual(['Succeeded']);
    expect(api.run('db').status?.exec).toMatchObject([{ attempts: 2 }]);
    expect(exec.asked).toHaveLength(1);
  });

  it('is not run again where its command may still be running, whatever onInterrupt says', async () => {
    api.put(pod('db'));
    leftRun('db', [buildHook('a', { onInterrupt: 'Retry' })], [pastClaim('dead')]);
    const executor = start({});
    await finished(executor, 'db');
    expect(exec.asked).toEqual([]);
    expect(api.run('db').status?.exec?.[0]?.message).toContain('may still be running');
  });

  it('whose pod is gone is ended', async () => {
    leftRun('db', [buildHook('a')], [{ state: 'Waiting', attempts: 0 }]);
    const executor = start({});
    await finished(executor, 'db');
    expect(states('db')).toEqual(['PodDeleted']);
  });

  it('that was written to its end has its mark written', async () => {
    api.put(pod('db', { conditions: [{ type: 'restorehooks.io/hooks', status: 'False', reason: 'Running' }] }));
    const run = leftRun('db', [buildHook('a')], [{ state: 'Succeeded', attempts: 1, exitCode: 0 }]);
    if (run.status === undefined) throw new Error('there is no status');
    api.putRun({ ...run, status: { ...run.status, phase: 'Succeeded', finishedAt: '2026-01-01T00:00:01.000Z' } });
    const executor = start({});
    await finished(executor, 'db');
    expect(api.mark('db')).toBe('True Succeeded');
    expect(exec.asked).toEqual([]);
  });

  it('and then deleted is never begun again: the mark on the pod stands', async () => {
    api.put(pod('db', { conditions: [{ type: 'restorehooks.io/hooks', status: 'False', reason: 'Running' }] }));
    const executor = start({ db: [buildHook('a')] });
    await executor.line(says('hooks interrupted', 'db'));
    await api.until(() => api.mark('db') === 'False Failed');
    expect(exec.asked).toEqual([]);
  });
});

describe('an executor that does not lead', () => {
  it('forgets what it was just taking up: another one may have gone on with it when it leads again', async () => {
    let made = 0;
    api.after = () => {
      if (api.asked.at(-1) !== 'POST run' || (made += 1) > 1) return;
      executor.follow();
      const exec: HookRunExecStatus[] = [{ state: 'Cancelled', reason: 'Cancelled', attempts: 0 }];
      const finishedAt = '2026-01-01T00:00:00.000Z';
      const counts = { total: 1, done: 1, succeeded: 0, failed: 1, progress: '1/1' };
      const status = { phase: 'Failed', run: 1, ...counts, observedSince: finishedAt, finishedAt, exec } as const;
      api.putRun({ ...api.run('db'), status });
      executor.lead();
    };
    api.put(pod('db'));
    const executor = start({ db: [buildHook('a')] });
    expect(await finished(executor, 'db')).toMatchObject({ phase: 'Failed' });
    expect(states('db')).toEqual(['Cancelled']);
    expect(exec.asked).toEqual([]);
  });

  it('begins nothing more, and another one goes on from the record', async () => {
    api.put(pod('db'));
    let fresh = true;
    const first = start({ db: [buildHook('a'), buildHook('a')] }, { isFresh: () => fresh });
    const peer = await exec.next();
    fresh = false;
    peer.end();
    await first.line(says('hook ended', 'db'));
    first.follow();
    expect(states('db')).toEqual(['Succeeded', 'Waiting']);
    const second = start({});
    (await exec.next()).end();
    await finished(second, 'db');
    expect(states('db')).toEqual(['Succeeded', 'Succeeded']);
    expect(exec.asked).toHaveLength(2);
  });

  it.each([
    { name: 'interrupted it', retry: false },
    { name: 'runs it again', retry: true },
  ])('leaves a hook to its successor that has $name, whatever it comes to here', async ({ retry }) => {
    api.put(pod('db'));
    let fresh = true;
    const hook = buildHook('a', { onInterrupt: retry ? 'Retry' : 'Fail', onError: 'Fail' });
    const first = start({ db: [hook, buildHook('b')] }, { isFresh: () => fresh });
    const peer = await exec.next();
    // It is frozen, or cut off: it does not know yet that it leads no more.
    fresh = false;
    const run = api.run('db');
    if (run.status === undefined) throw new Error('there is no status');
    const [claimed, next] = run.status.exec ?? [];
    if (claimed === undefined || next === undefined) throw new Error('there is no hook');
    const judged: HookRunExecStatus[] = retry
      ? [{ ...claimed, state: 'Waiting', reason: 'Interrupted', claim: null }, next]
      : [
          { ...claimed, state: 'Interrupted', reason: 'Interrupted', finishedAt: '2026-01-01T00:00:00.000Z' },
          { ...next, state: 'Cancelled', reason: 'Cancelled' },
        ];
    const after = api.putRun({ ...run, status: { ...run.status, exec: judged } });
    peer.end();
    await first.line(says('the end of the hook is not in its HookRun', 'db'));
    expect(api.run('db')).toEqual(after);
    expect(first.lines.filter(says('hook ended', 'db'))).toEqual([]);
    expect(exec.asked).toHaveLength(1);
  });

  it('knows its own write again, the answer to which was lost, though it does not lead any more', async () => {
    api.put(pod('db'));
    let fresh = true;
    const first = start({ db: [buildHook('a'), buildHook('b')] }, { isFresh: () => fresh });
    const peer = await exec.next();
    fresh = false;
    let lost = 0;
    api.after = () => {
      if (api.asked.at(-1) === 'PATCH run' && (lost += 1) === 1) throw new Error('socket hang up');
    };
    peer.end();
    expect(await first.line(says('hook ended', 'db'))).toMatchObject({ state: 'Succeeded' });
    expect(states('db')).toEqual(['Succeeded', 'Waiting']);
  });

  it('gives a claim up if its Lease may have run out before the command is sent', async () => {
    api.put(pod('db'));
    let looks = 0;
    // Asked before the claim and right before the command.
    const executor = start({ db: [buildHook('a')] }, { isFresh: () => (looks += 1) !== 2 });
    (await exec.next()).end();
    await finished(executor, 'db');
    expect(executor.lines.filter(says('command not sent, trying again', 'db'))).toHaveLength(1);
    expect(exec.asked).toHaveLength(1);
    expect(api.run('db').status?.exec).toMatchObject([{ state: 'Succeeded', attempts: 1 }]);
  });

  it('writes the end of its running hook into the record that its successor has taken up', async () => {
    api.put(pod('db'));
    const first = start({ db: [buildHook('a'), buildHook('b')] });
    const peer = await exec.next();
    first.follow();
    const second = start({}, { holders: { goneInMs: () => Promise.resolve(50) } });
    peer.end();
    (await exec.next()).end();
    await finished(second, 'db');
    expect(states('db')).toEqual(['Succeeded', 'Succeeded']);
    expect(exec.asked).toHaveLength(2);
  });
});

describe('an API server in trouble', () => {
  it.each([
    { name: 'a storm of 409', status: 409, times: 25 },
    { name: '429 with Retry-After', status: 429, times: 3 },
    { name: '500', status: 500, times: 3 },
  ])(
    '$name at every write of a HookRun loses nothing, and nothing runs twice',
    async ({ status, times }) => {
      let refusals = 0;
      api.before = ({ method, path }) => {
        if (method !== 'PATCH' || !path.includes('/hookruns') || (refusals += 1) > times) return;
        throw new ApiError(`PATCH ${path}: ${status}`, status, 'Trouble', status === 429 ? 10 : null);
      };
      api.put(pod('db'));
      const executor = start({ db: [buildHook('a'), buildHook('b')] });
      for (let hook = 1; hook <= 2; hook += 1) (await exec.next()).end();
      await finished(executor, 'db');
      expect(states('db')).toEqual(['Succeeded', 'Succeeded']);
      expect(api.run('db').status?.exec).toMatchObject([{ attempts: 1 }, { attempts: 1 }]);
      expect(exec.asked).toHaveLength(2);
      expect(refusals).toBeGreaterThan(times);
    },
    30_000,
  );

  it.each(['PATCH run', 'POST run', 'PATCH db'])(
    'a lost answer to each %s loses nothing, and nothing runs twice',
    async (lost) => {
      let answers = 0;
      api.after = () => {
        if (api.asked.at(-1) === lost && (answers += 1) % 2 === 1) throw new Error('socket hang up');
      };
      api.put(pod('db'));
      const executor = start({ db: [buildHook('a'), buildHook('b')] });
      for (let hook = 1; hook <= 2; hook += 1) (await exec.next()).end();
      await finished(executor, 'db');
      expect(states('db')).toEqual(['Succeeded', 'Succeeded']);
      expect(exec.asked).toHaveLength(2);
      expect(answers).toBeGreaterThan(0);
    },
    30_000,
  );
});

describe('retries', () => {
  it('follow a failure as often as asked for, and each attempt is told', async () => {
    api.put(pod('db'));
    const executor = start({ db: [buildHook('a', { retries: 2, retryDelayMs: 1 })] });
    for (let attempt = 1; attempt <= 2; attempt += 1) (await exec.next()).exit(1);
    (await exec.next()).end();
    expect(await finished(executor, 'db')).toMatchObject({ phase: 'Succeeded' });
    expect(executor.lines.filter(says('hook retried', 'db'))).toHaveLength(2);
    expect(api.run('db').status?.exec).toMatchObject([{ state: 'Succeeded', attempts: 3, reason: null }]);
  });

  it('end with the last failure, and the next hook comes after it', async () => {
    api.put(pod('db'));
    const hooks = [buildHook('a', { retries: 1, retryDelayMs: 1 }), buildHook('a', { command: ['/bin/next'] })];
    const executor = start({ db: hooks });
    for (let attempt = 1; attempt <= 2; attempt += 1) (await exec.next()).exit(1);
    const next = await exec.next();
    expect(next.command).toEqual(['/bin/next']);
    next.end();
    await finished(executor, 'db');
    expect(states('db')).toEqual(['NonZeroExit', 'Succeeded']);
  });

  it('do not follow a lost connection, whose command may still be running', async () => {
    api.put(pod('db'));
    const executor = start({ db: [buildHook('a', { retries: 5, retryDelayMs: 1, command: ['/bin/no-shell'] })] });
    (await exec.next()).cut();
    await finished(executor, 'db');
    expect(states('db')).toEqual(['ConnectionLost']);
    expect(exec.asked).toHaveLength(1);
  });
});

describe('on-error Fail', () => {
  const fails = buildHook('a', { onError: 'Fail' });

  it('cancels what has not begun in every pod of the restore, and lets finish what has', async () => {
    api.put(pod('first'));
    const executor = start({ first: [fails], running: [buildHook('a'), buildHook('a')], late: [buildHook('a')] });
    const first = await exec.next();
    api.put(pod('running'));
    const second = await exec.next();
    api.put(pod('late', waiting));
    await executor.line(says('pod taken', 'late'));
    first.exit(1);
    await finished(executor, 'first');
    await finished(executor, 'late');
    second.end();
    await finished(executor, 'running');
    expect(states('running')).toEqual(['Succeeded', 'Cancelled']);
    expect(states('late')).toEqual(['Cancelled']);
    expect(api.run('late').status?.exec?.[0]?.message).toContain('hook 1 (container a) of pod shop/first');
    expect(api.run('late').status?.phase).toBe('Cancelled');
    expect(exec.asked).toHaveLength(2);
  });

  it('holds for an executor that comes later, and when the failing pod is gone', async () => {
    api.put(pod('late'));
    const at = new Date().toISOString();
    leftRun('gone', [fails], [{ state: 'Failed', reason: 'NonZeroExit', attempts: 1, finishedAt: at }]);
    const executor = start({ late: [buildHook('a')] });
    await finished(executor, 'late');
    expect(states('late')).toEqual(['Cancelled']);
    expect(exec.asked).toEqual([]);
  });

  it('does not concern the pods of another restore', async () => {
    const at = new Date().toISOString();
    leftRun('gone', [fails], [{ state: 'Failed', reason: 'NonZeroExit', attempts: 1, finishedAt: at }]);
    const annotations = { 'restorehooks.io/admitted-for': 'r2' };
    api.put(
      pod('other', { metadata: { name: 'other', uid: 'uid-of-other', labels: { [ownLabel]: 'r2' }, annotations } }),
    );
    const executor = start({ other: [buildHook('a')] });
    (await exec.next()).end();
    await finished(executor, 'other');
    expect(states('other')).toEqual(['Succeeded']);
  });
});

describe('what users ask for in a HookRun', () => {
  function ask(name: string, spec: Partial<HookRun['spec']>): void {
    const run = api.run(name);
    api.putRun({ ...run, spec: { ...run.spec, ...spec } });
  }

  it('cancel: what has not begun is not begun any more', async () => {
    api.put(pod('db'));
    const executor = start({ db: [buildHook('a'), buildHook('a')] });
    const first = await exec.next();
    ask('db', { cancel: true });
    first.end();
    await finished(executor, 'db');
    expect(states('db')).toEqual(['Succeeded', 'Cancelled']);
    expect(api.run('db').spec.cancel).toBe(true);
    expect(exec.asked).toHaveLength(1);
  });

  it('rerun: the plan is resolved anew, and the old results are kept', async () => {
    api.put(pod('db'));
    const hooks: Record<string, ExecHook[]> = { db: [buildHook('a', { command: ['/bin/one'] })] };
    const plan = () => buildPlan({ exec: hooks.db ?? [] });
    const executor = start(hooks, { plan });
    (await exec.next()).exit(1);
    await finished(executor, 'db');
    hooks.db = [buildHook('a', { command: ['/bin/two'] })];
    ask('db', { rerun: '2026-01-02T00:00:00.000Z' });
    const again = await exec.next();
    expect(again.command).toEqual(['/bin/two']);
    again.end();
    await executor.line((line) => says('hooks finished', 'db')(line) && line.phase === 'Succeeded');
    expect(exec.asked).toHaveLength(2);
    expect(api.run('db')).toMatchObject({
      spec: { run: 2, exec: [{ command: ['/bin/two'] }] },
      status: {
        phase: 'Succeeded',
        run: 2,
        rerun: '2026-01-02T00:00:00.000Z',
        earlier: [{ run: 1, phase: 'Failed', exec: [{ state: 'Failed', reason: 'NonZeroExit' }] }],
      },
    });
    expect(api.mark('db')).toBe('True Succeeded');
  });

  it('rerun with a plan that one object cannot hold: it is answered, told, and nothing is run', async () => {
    api.put(pod('db'));
    const hooks: Record<string, ExecHook[]> = { db: [buildHook('a')] };
    const executor = start(hooks, { plan: () => buildPlan({ exec: hooks.db ?? [] }) });
    (await exec.next()).end();
    await finished(executor, 'db');
    hooks.db = [buildHook('a', { command: ['x'.repeat(600 * 1024)] })];
    ask('db', { rerun: '2026-01-02T00:00:00.000Z' });
    await executor.line((line) => says('hooks finished', 'db')(line) && line.phase === 'Failed');
    expect(api.run('db')).toMatchObject({
      spec: { run: 2, exec: [] },
      status: { phase: 'TooLarge', run: 2, rerun: '2026-01-02T00:00:00.000Z', earlier: [{ phase: 'Succeeded' }] },
    });
    expect(api.mark('db')).toBe('False Failed');
    expect(exec.asked).toHaveLength(1);
  });

  it('rerun of a pod that is gone: it is answered, and nothing is run', async () => {
    api.put(pod('db'));
    const executor = start({ db: [buildHook('a')] });
    (await exec.next()).end();
    await finished(executor, 'db');
    api.delete('db');
    ask('db', { rerun: '2026-01-02T00:00:00.000Z' });
    await api.until(() => api.run('db').status?.rerun === '2026-01-02T00:00:00.000Z');
    expect(api.run('db').status).toMatchObject({ run: 1, phase: 'Succeeded' });
    expect(exec.asked).toHaveLength(1);
  });

  it('rerun of a missed pod: its hooks run, once', async () => {
    api.put(pod('db', { metadata: { name: 'db', uid: 'uid-of-db', annotations: {}, labels: { [ownLabel]: 'r1' } } }));
    const executor = start({ db: [buildHook('a')] });
    await executor.line(says('hooks missed', 'db'));
    await api.until(() => api.count('PATCH run') === 1);
    expect(api.run('db').status).toMatchObject({ phase: 'Missed', exec: [{ state: 'Skipped', reason: 'Missed' }] });
    expect(api.mark('db')).toBe('none');
    ask('db', { rerun: '2026-01-02T00:00:00.000Z' });
    (await exec.next()).end();
    expect(await finished(executor, 'db')).toMatchObject({ phase: 'Succeeded' });
    expect(api.run('db').status).toMatchObject({ phase: 'Succeeded', earlier: [{ phase: 'Missed' }] });
    expect(exec.asked).toHaveLength(1);
  });
});

describe('the readiness gate', () => {
  const gate = { readinessGates: [{ conditionType: 'restorehooks.io/ready' }] };
  const gated = (name: string, more: Parameters<typeof buildPod>[0] = {}): Pod => {
    const built = pod(name, more);
    return { ...built, spec: { ...built.spec, ...gate } };
  };
  const ready = (name: string) =>
    api.pod(name).status?.conditions?.find(({ type }) => type === 'restorehooks.io/ready')?.status ?? 'none';

  it('opens when all hooks are done, and not before', async () => {
    api.put(gated('db'));
    const executor = start({ db: [buildHook('a')] });
    const peer = await exec.next();
    expect(ready('db')).toBe('none');
    peer.end();
    await finished(executor, 'db');
    expect(ready('db')).toBe('True');
  });

  it.each([
    { onError: 'Fail', status: 'False' },
    { onError: 'Continue', status: 'True' },
  ] as const)('is $status after a hook with on-error $onError has failed', async ({ onError, status }) => {
    api.put(gated('db'));
    const executor = start({ db: [buildHook('a', { onError })] });
    (await exec.next()).exit(1);
    await finished(executor, 'db');
    expect(ready('db')).toBe(status);
  });

  it('opens on a pod that no run belongs to: it came out of a backup', async () => {
    const metadata = { name: 'db', uid: 'uid-of-db', labels: { [ownLabel]: 'r1' }, annotations: {} };
    api.put(gated('db', { metadata }));
    start({});
    await api.until(() => ready('db') === 'True');
    expect(api.mark('db')).toBe('none');
  });

  it('stays as an earlier run has left it', async () => {
    const conditions = [
      { type: 'restorehooks.io/hooks', status: 'False', reason: 'Failed' },
      { type: 'restorehooks.io/ready', status: 'False' },
    ];
    api.put(gated('db', { conditions }));
    const executor = start({ db: [buildHook('a')] });
    await executor.line(says('pod left', 'db'));
    expect(ready('db')).toBe('False');
    expect(api.count('PATCH db')).toBe(0);
  });
});
