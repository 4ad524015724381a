import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execHook, Scene } from '../support/scene.ts';

let scene: Scene;
beforeAll(async () => {
  // Pings far more often than the default of 15 s: five seconds without a word are 50 intervals, over ten minutes' worth.
  scene = await Scene.open({ executorEnv: { RESTORE_HOOKS_PING_INTERVAL_SECONDS: '0.1' } });
}, 60_000);
afterAll(async () => {
  await scene.close();
}, 180_000);

const shell = (script: string) => ['/bin/sh', '-c', script];

describe('one exec hook in a real container', () => {
  it.each([
    {
      name: 'ok',
      command: shell('echo out; echo err >&2'),
      expected: { state: 'Succeeded', exitCode: 0, reason: null },
    },
    {
      name: 'exit',
      command: shell('echo why >&2; exit 3'),
      expected: { state: 'Failed', exitCode: 3, reason: 'NonZeroExit' },
    },
    {
      name: 'signal',
      command: shell('kill -KILL $$'),
      expected: { state: 'Failed', exitCode: 137, reason: 'NonZeroExit' },
    },
    { name: 'nosuch', command: ['/nosuch'], expected: { state: 'Failed', exitCode: null, reason: 'StartFailed' } },
    {
      name: 'no-shell',
      command: ['/bin/echo', '$HOME', 'a  b'],
      expected: { state: 'Succeeded', exitCode: 0, reason: null },
    },
  ])(
    '$name ends as it should: $expected.state $expected.exitCode $expected.reason',
    async ({ name, command, expected }) => {
      await scene.restore({ name, annotations: execHook(command) });
      expect(await scene.finished(name)).toMatchObject(expected);
      expect(await scene.mark(name)).toBe(expected.state === 'Succeeded' ? 'True Succeeded' : 'False Failed');
    },
    60_000,
  );

  it('keeps both outputs, without what the executor added to the command', async () => {
    expect(await scene.finished('ok')).toMatchObject({
      stdout: { text: 'out\n', droppedBytes: 0 },
      stderr: { text: 'err\n', droppedBytes: 0 },
    });
    expect(await scene.finished('no-shell')).toMatchObject({ stdout: { text: '$HOME a  b\n', droppedBytes: 0 } });
  }, 60_000);

  it('tells in Events on the pod what it did, and why it failed', async () => {
    const events = await scene.eventsWith('exit', 'HookFailed');
    expect(events.map(({ reason, type }) => `${type} ${reason}`)).toEqual(['Normal HookStarted', 'Warning HookFailed']);
    expect(events[1]?.note).toMatch(
      /^hook 1 of 1 in container main failed after .* NonZeroExit: .* exit code 3; output: why$/,
    );
  }, 60_000);

  it('runs a hook in a native sidecar', async () => {
    const initContainers = [{ name: 'proxy', command: ['sleep', '1000000'], restartPolicy: 'Always' }];
    await scene.restore({
      name: 'sidecar',
      initContainers,
      annotations: execHook(shell('hostname > /tmp/here'), { container: 'proxy' }),
    });
    expect(await scene.finished('sidecar')).toMatchObject({ state: 'Succeeded', container: 'proxy' });
    expect(await scene.sh('sidecar', 'cat /tmp/here', 'proxy')).toBe('sidecar\n');
  }, 60_000);

  it('fails at once for a container that is not there', async () => {
    await scene.restore({ name: 'missing', annotations: execHook(['/bin/true'], { container: 'nosuch' }) });
    expect(await scene.finished('missing')).toMatchObject({
      state: 'Failed',
      reason: 'ContainerNotFound',
      durationMs: null,
    });
  }, 60_000);

  it('waits for readiness where asked to', async () => {
    const readinessProbe = { exec: { command: ['cat', '/tmp/ready'] }, periodSeconds: 1 };
    const annotations = execHook(shell('test -e /tmp/ready'), { 'wait-for-ready': 'true' });
    await scene.restore({ name: 'readiness', annotations, containers: [{ name: 'main', readinessProbe }] });
    await scene.kubectl('wait', 'pod/readiness', '--for=jsonpath={.status.phase}=Running', '--timeout=60s');
    const reason = '{.status.conditions[?(@.type=="restorehooks.io/hooks")].reason}';
    await scene.kubectl('wait', 'pod/readiness', `--for=jsonpath=${reason}=Waiting`, '--timeout=20s');
    expect(await scene.mark('readiness')).toBe('False Waiting');
    await scene.sh('readiness', 'touch /tmp/ready');
    expect(await scene.finished('readiness')).toMatchObject({ state: 'Succeeded' });
  }, 60_000);

  it('still gets its turn after the hook of another pod of the restore has failed', async () => {
    const readinessProbe = { exec: { command: ['cat', '/tmp/ready'] }, periodSeconds: 1 };
    const waiting = execHook(['/bin/true'], { 'wait-for-ready': 'true' });
    await scene.restore({ name: 'unharmed', annotations: waiting, containers: [{ name: 'main', readinessProbe }] });
    await scene.told('pod taken', 'unharmed');
    await scene.restore({ name: 'fails', annotations: execHook(['/bin/false']) });
    expect(await scene.finished('fails')).toMatchObject({ state: 'Failed', reason: 'NonZeroExit' });
    await scene.kubectl('wait', 'pod/unharmed', '--for=jsonpath={.status.phase}=Running', '--timeout=60s');
    await scene.sh('unharmed', 'touch /tmp/ready');
    expect(await scene.finished('unharmed')).toMatchObject({ state: 'Succeeded' });
  }, 60_000);

  it('is not run when its container came up after the wait-timeout', async () => {
    const annotations = execHook(shell('echo ran > /tmp/count'), { 'wait-timeout': '2s' });
    const initContainers = [{ name: 'slow', command: ['sleep', '5'] }];
    await scene.restore({ name: 'late', annotations, initContainers });
    expect(await scene.finished('late')).toMatchObject({ state: 'Failed', reason: 'WaitTimeout', durationMs: null });
    await scene.ready('late');
    expect(await scene.sh('late', 'cat /tmp/count 2>/dev/null || echo none')).toBe('none\n');
  }, 60_000);

  // Never ready, so that the hook cannot run in the moment in which the container does.
  const neverReady = { readinessProbe: { exec: { command: ['/bin/false'] } } };
  const whenReady = execHook(['/bin/true'], { 'wait-for-ready': 'true' });

  it('ends its wait with ContainerCompleted', async () => {
    const containers = [{ name: 'main', command: ['/bin/true'], ...neverReady }, { name: 'other' }];
    await scene.restore({ name: 'ended', annotations: whenReady, spec: { restartPolicy: 'Never' }, containers });
    expect(await scene.finished('ended')).toMatchObject({ state: 'Failed', reason: 'ContainerCompleted' });
  }, 60_000);

  it('ends its wait with PodCompleted when the pod was over before an executor saw it', async () => {
    await scene.system.executor.stop();
    const containers = [{ name: 'main', command: ['/bin/true'], ...neverReady }];
    await scene.restore({ name: 'over', annotations: whenReady, spec: { restartPolicy: 'Never' }, containers });
    await scene.kubectl('wait', 'pod/over', '--for=jsonpath={.status.phase}=Succeeded', '--timeout=60s');
    await scene.system.startExecutor();
    expect(await scene.finished('over')).toMatchObject({ state: 'Failed', reason: 'PodCompleted' });
  }, 120_000);

  it('ends its wait with PodDeleted', async () => {
    const initContainers = [{ name: 'slow', command: ['sleep', '600'] }];
    await scene.restore({ name: 'deleted', annotations: execHook(['/bin/true']), initContainers });
    await scene.told('pod taken', 'deleted');
    await scene.kubectl('delete', 'pod', 'deleted', '--wait=false');
    expect(await scene.finished('deleted')).toMatchObject({ state: 'Failed', reason: 'PodDeleted' });
  }, 60_000);
});

describe('bounds', () => {
  it('ends the process group of a command that outlives its exec-timeout, children included', async () => {
    const script = 'echo begun; sleep 1001 & sleep 1002 & trap "" HUP; wait';
    await scene.restore({ name: 'timeout', annotations: execHook(shell(script), { 'exec-timeout': '1s' }) });
    expect(await scene.finished('timeout')).toMatchObject({
      state: 'Failed',
      reason: 'ExecTimeout',
      stdout: { text: 'begun\n' },
    });
    expect(await scene.sh('timeout', 'ps -o args | grep -c "sleep 100[12]$" || true')).toBe('0\n');
    const events = await scene.eventsWith('timeout', 'HookTimedOut');
    expect(events.map(({ reason }) => reason)).toEqual(['HookStarted', 'HookTimedOut']);
  }, 60_000);

  it('ends one that ignores TERM as well', async () => {
    const script = 'trap "" TERM; while :; do sleep 1003; done';
    await scene.restore({ name: 'stubborn', annotations: execHook(shell(script), { 'exec-timeout': '1s' }) });
    expect(await scene.finished('stubborn')).toMatchObject({ state: 'Failed', reason: 'ExecTimeout' });
    expect(await scene.sh('stubborn', 'ps -o args | grep -c "sleep 1003$" || true')).toBe('0\n');
  }, 60_000);

  it('keeps a command that says nothing for ten minutes’ worth of ping intervals', async () => {
    await scene.restore({ name: 'silent', annotations: execHook(shell('sleep 5; echo done')) });
    expect(await scene.finished('silent')).toMatchObject({ state: 'Succeeded', stdout: { text: 'done\n' } });
  }, 60_000);

  it('prints 1 GiB: the tail is kept, the rest counted, and the executor’s memory stays flat', async () => {
    // What the process has grown to by its earlier hooks is its own; a first output of 16 MiB fills its buffers.
    const print = (mebibytes: number) => `head -c ${mebibytes * 1024 * 1024 - 4} /dev/zero; echo end`;
    const annotations = (mebibytes: number) => execHook(shell(print(mebibytes)), { 'exec-timeout': '10m' });
    await scene.restore({ name: 'print-16', annotations: annotations(16) });
    await scene.finished('print-16');
    const before = await peakRssMiB();
    await scene.restore({ name: 'print-1024', annotations: annotations(1024) });
    expect(await scene.finished('print-1024')).toMatchObject({
      state: 'Succeeded',
      stdout: { droppedBytes: 1024 ** 3 - 4096, text: expect.stringMatching(/\0end\n$/) },
    });
    // An eighth of what was printed: V8 takes tens of MB for young objects before it looks for what is garbage.
    expect((await peakRssMiB()) - before).toBeLessThan(128);
  }, 300_000);
});

/** The most memory that the executor's process has had so far. */
async function peakRssMiB(): Promise<number> {
  const status = await readFile(`/proc/${scene.system.executor.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
