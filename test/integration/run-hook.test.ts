import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultExecTiming } from '../../executor/exec-session.ts';
import { runHook, type RunHookOptions } from '../../executor/run-hook.ts';
import type { Pod } from '../../shared/pod.ts';
import { ApiError } from '../../shared/service/api-error.ts';
import { busyAnswer } from '../support/busy.ts';
import { ExecServer } from '../support/exec-server.ts';
import { FakeApi } from '../support/fake-api.ts';
import { at, buildHook, buildPod, endedStatus, runningStatus, waitingStatus } from '../support/pods.ts';

const ref = { namespace: 'shop', name: 'db', uid: 'uid-1' };
const running = buildPod({ statuses: [runningStatus('a', 1)] });
const restarted = buildPod({ statuses: [runningStatus('a', 9, { containerID: 'containerd://other' })] });
const successor = buildPod({ statuses: [runningStatus('a', 1)], metadata: { uid: 'uid-2' } });

let api: FakeApi;
let exec: ExecServer;
beforeEach(async () => {
  api = new FakeApi();
  exec = await ExecServer.start();
});
afterEach(() => exec.close());

function run(more: Partial<RunHookOptions> = {}, signal: AbortSignal = new AbortController().signal) {
  const options: RunHookOptions = {
    cluster: api.cluster(exec.connection),
    pod: ref,
    hook: buildHook('a', { command: ['/bin/sh', '-c', 'true'] }),
    containerID: 'containerd://a',
    limits: { exec: defaultExecTiming, startTimeoutMs: 5_000, outputLimitBytes: 64 },
    endGroupTiming: { termGraceMs: 5_000, pollMs: 1, reachMs: 500 },
    claim: () => {
      api.asked.push('CLAIM');
      return Promise.resolve(true);
    },
    obstacle: () => null,
    reported: () => undefined,
    starting: () => api.asked.push('STARTING'),
    ...more,
  };
  return runHook(options, signal);
}

describe('before the command, nothing is sent', () => {
  const deleted = buildPod({ statuses: [runningStatus('a', 1)], metadata: { deletionTimestamp: at(9) } });
  it.each<{ name: string; pod: Pod | null; did: string; reason?: string }>([
    { name: 'the pod is gone', pod: null, did: 'pod gone', reason: 'PodDeleted' },
    { name: 'another one bears its name', pod: successor, did: 'pod gone', reason: 'PodReplaced' },
    { name: 'the container is another one', pod: restarted, did: 'not begun' },
    { name: 'the container is down', pod: buildPod({ statuses: [waitingStatus('a')] }), did: 'not begun' },
    { name: 'the pod is being deleted', pod: deleted, did: 'not begun' },
  ])('when $name: $did', async ({ pod, did, reason }) => {
    if (pod !== null) api.put(pod);
    expect(await run()).toEqual({ did, ...(reason === undefined ? {} : { reason }) });
    expect(api.asked).toEqual(['GET db']);
    expect(exec.asked).toEqual([]);
  });

  it('when it is not claimed', async () => {
    api.put(running);
    expect(await run({ claim: () => Promise.resolve(false) })).toEqual({ did: 'not begun' });
    expect(exec.asked).toEqual([]);
  });

  it('when the claim fails: that is thrown, to be tried again', async () => {
    api.put(running);
    const claim = () => Promise.reject(new ApiError('PATCH: 403', 403, 'Forbidden', null));
    await expect(run({ claim })).rejects.toMatchObject({ status: 403 });
    expect(exec.asked).toEqual([]);
  });

  it('when something has come between since it was claimed', async () => {
    api.put(running);
    expect(await run({ obstacle: () => 'the Lease may have run out' })).toEqual({
      did: 'not sent',
      message: 'the Lease may have run out',
      retryAfterMs: null,
    });
    expect(api.asked).toEqual(['GET db', 'CLAIM']);
    expect(exec.asked).toEqual([]);
  });

  it('when the signal aborts while the pod is looked at', async () => {
    api.put(running);
    const stop = new AbortController();
    api.before = () => stop.abort();
    await expect(run({}, stop.signal)).rejects.toThrow();
    expect(exec.asked).toEqual([]);
  });
});

it('is not sent where the server was too busy, and the time that it asks for is told', async () => {
  await exec.close();
  exec = await ExecServer.start({ answer: () => busyAnswer(2) });
  api.put(running);
  const message = expect.stringContaining('too many requests');
  expect(await run()).toEqual({ did: 'not sent', message, retryAfterMs: 2_000 });
  // What did not begin needs no second look.
  expect(api.asked).toEqual(['GET db', 'CLAIM', 'STARTING']);
  expect(exec.asked).toHaveLength(1);
});

it('is claimed before the command is sent', async () => {
  api.put(running);
  const hook = run();
  const peer = await exec.next();
  expect(api.asked).toEqual(['GET db', 'CLAIM', 'STARTING']);
  peer.end();
  expect(await hook).toMatchObject({ did: 'run', result: { outcome: { ok: true } } });
});

describe('after the command, a result is believed only of the same container of the same pod', () => {
  it.each<{ name: string; then: () => void; expected: object }>([
    { name: 'the same', then: () => undefined, expected: { ok: true } },
    {
      name: 'a container that the hook has ended',
      then: () => api.put(buildPod({ statuses: [endedStatus('a', 0)] })),
      expected: { ok: true },
    },
    { name: 'another pod', then: () => api.put(successor), expected: { reason: 'PodReplaced' } },
    { name: 'another container', then: () => api.put(restarted), expected: { reason: 'PodReplaced' } },
    { name: 'no pod', then: () => api.delete('db'), expected: { reason: 'PodDeleted' } },
  ])('$name', async ({ then, expected }) => {
    api.put(running);
    const hook = run();
    const peer = await exec.next();
    then();
    peer.end();
    expect(await hook).toMatchObject({ did: 'run', groupUnknown: false, result: { outcome: expected } });
  });

  it('and keeps the command’s own word in the message of a doubt', async () => {
    api.put(running);
    const hook = run();
    const peer = await exec.next();
    api.put(successor);
    peer.exit(3);
    expect(await hook).toMatchObject({ result: { outcome: { message: expect.stringContaining('exit code 3') } } });
  });

  it('is asked for until the server answers', async () => {
    api.put(running);
    const hook = run();
    const peer = await exec.next();
    let failures = 0;
    api.before = () => {
      if ((failures += 1) <= 3) throw new Error('connect ECONNREFUSED');
    };
    peer.end();
    expect(await hook).toMatchObject({ result: { outcome: { ok: true } } });
    expect(failures).toBe(4);
  });

  it('is asked for again not before the time that a busy server names', async () => {
    api.put(running);
    const hook = run();
    const peer = await exec.next();
    const asked: number[] = [];
    api.before = () => {
      if (asked.push(performance.now()) === 1) throw new ApiError('GET: 429', 429, 'TooManyRequests', 1_000);
    };
    peer.end();
    expect(await hook).toMatchObject({ result: { outcome: { ok: true } } });
    const [first = 0, second = 0] = asked;
    // The first back-off is 200 ms at most; a timer may come a moment early.
    expect(second - first).toBeGreaterThan(950);
  });

  it('is interrupted, at once, by an abort while the server is away', async () => {
    api.put(running);
    const stop = new AbortController();
    const hook = run({}, stop.signal);
    const peer = await exec.next();
    let failures = 0;
    api.before = () => {
      // By then the next delay is of half a second at least.
      if ((failures += 1) === 3) setImmediate(() => stop.abort());
      throw new Error('connect ECONNREFUSED');
    };
    peer.end();
    expect(await hook).toMatchObject({ result: { outcome: { reason: 'Interrupted' } } });
    expect(failures).toBe(3);
  });
});

describe('a command that may still run', () => {
  it('is ended before anything else, where its group is known', async () => {
    api.put(running);
    const hook = run();
    const peer = await exec.next();
    peer.reportGroup(4711);
    peer.cut();
    const signal = await exec.next();
    expect(signal.command.at(-1)).toBe('kill -TERM -4711');
    signal.exit(1);
    expect(await hook).toMatchObject({ groupUnknown: false, result: { outcome: { reason: 'ConnectionLost' } } });
  });

  it.each([
    { name: 'its container was replaced', then: () => api.put(restarted) },
    { name: 'its pod was replaced', then: () => api.put(successor) },
    { name: 'its pod is gone', then: () => api.delete('db') },
  ])('gets no signal once $name, and has ended with it', async ({ then }) => {
    api.put(running);
    const hook = run();
    const peer = await exec.next();
    peer.reportGroup(4711);
    then();
    peer.cut();
    expect(await hook).toMatchObject({ did: 'run', groupUnknown: false });
    expect(exec.asked).toHaveLength(1);
  });

  it('is unknown where it reported no group', async () => {
    api.put(running);
    const hook = run();
    (await exec.next()).cut();
    expect(await hook).toMatchObject({ did: 'run', groupUnknown: true });
  });

  it('is unknown where the server stays away for longer than the bound', async () => {
    api.put(running);
    const hook = run();
    const peer = await exec.next();
    peer.reportGroup(4711);
    api.before = () => new Promise(() => undefined);
    peer.cut();
    expect(await hook).toMatchObject({ did: 'run', groupUnknown: true });
  });
});
