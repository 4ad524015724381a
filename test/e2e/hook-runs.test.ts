import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HookRun } from '../../shared/hook-run.ts';
import { kubectlJson } from '../support/kubectl.ts';
import { execHook, Scene } from '../support/scene.ts';

const once = ['/bin/sh', '-c', 'echo ran >> /tmp/count'];
const init = 'init.hook.restore.velero.io/';

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
}, 300_000);
afterAll(() => scene.close(), 180_000);

async function runOf(pod: string): Promise<HookRun> {
  const { items } = await kubectlJson<{ items: HookRun[] }>(scene.cluster, ['-n', scene.namespace, 'get', 'hookruns']);
  const run = items.find(({ spec }) => spec.pod.name === pod);
  if (run === undefined) throw new Error(`there is no HookRun of ${pod}`);
  return run;
}

async function nameOf(pod: string): Promise<string> {
  return (await runOf(pod)).metadata.name;
}

describe('a HookRun', () => {
  it('tells in kubectl how far a pod’s hooks are, and in the end what came of them', async () => {
    await scene.restore({ name: 'told', annotations: execHook(['/bin/sh', '-c', 'echo out; echo err >&2; exit 3']) });
    await scene.finished('told');
    const { stdout } = await scene.kubectl('get', 'hookruns', '-o', 'wide');
    const [head = '', ...rows] = stdout.trim().split('\n');
    expect(head.split(/\s{2,}/).slice(1, 5)).toEqual(['RESTORE', 'POD', 'PHASE', 'PROGRESS']);
    const row = rows.find((line) => line.includes('told')) ?? '';
    expect(row).toMatch(/\s+r1\s+told\s+Failed\s+1\/1\s+/);
    expect(row).toContain('hook 1 (container main): NonZeroExit');
    expect((await runOf('told')).status?.exec).toMatchObject([
      { state: 'Failed', exitCode: 3, stdout: { text: 'out\n' }, stderr: { text: 'err\n' } },
    ]);
  }, 60_000);

  it('answers spec.rerun with a new run, and keeps the old results', async () => {
    await scene.restore({
      name: 'again',
      annotations: execHook(['/bin/sh', '-c', 'echo ran >> /tmp/count; test -e /tmp/go']),
    });
    expect(await scene.finished('again')).toMatchObject({ state: 'Failed' });
    await scene.sh('again', 'touch /tmp/go');
    const spec = { rerun: new Date().toISOString() };
    await scene.kubectl('patch', 'hookrun', await nameOf('again'), '--type=merge', '-p', JSON.stringify({ spec }));
    await scene.told('hooks finished', 'again', ({ phase }) => phase === 'Succeeded');
    expect((await runOf('again')).status).toMatchObject({ phase: 'Succeeded', run: 2, earlier: [{ phase: 'Failed' }] });
    expect(await scene.sh('again', 'cat /tmp/count')).toBe('ran\nran\n');
    expect(await scene.mark('again')).toBe('True Succeeded');
  }, 60_000);

  it('stops at spec.cancel: what runs may end, and the next hook is not begun', async () => {
    const hooks = [{ command: ['/bin/sh', '-c', 'until test -e /tmp/go; do sleep 0.1; done'] }, { command: once }];
    await scene.restore({ name: 'cancelled', annotations: { 'restorehooks.io/exec': JSON.stringify(hooks) } });
    await scene.told('hook started', 'cancelled');
    await scene.kubectl(
      'patch',
      'hookrun',
      await nameOf('cancelled'),
      '--type=merge',
      '-p',
      '{"spec":{"cancel":true}}',
    );
    await scene.told('hook ended', 'cancelled', ({ hook }) => hook === 2);
    await scene.sh('cancelled', 'touch /tmp/go');
    await scene.told('hooks finished', 'cancelled');
    expect((await runOf('cancelled')).status).toMatchObject({
      phase: 'Cancelled',
      exec: [{ state: 'Succeeded' }, { state: 'Cancelled' }],
    });
    expect(await scene.sh('cancelled', 'cat /tmp/count 2>/dev/null || echo none')).toBe('none\n');
  }, 60_000);

  it('retries a hook that fails, as often as asked for', async () => {
    const command = ['/bin/sh', '-c', 'echo ran >> /tmp/count; test $(wc -l < /tmp/count) -ge 3'];
    const hooks = [{ command, retries: 5, retryDelay: '100ms' }];
    await scene.restore({ name: 'retried', annotations: { 'restorehooks.io/exec': JSON.stringify(hooks) } });
    expect(await scene.finished('retried')).toMatchObject({ state: 'Succeeded' });
    expect((await runOf('retried')).status?.exec).toMatchObject([{ state: 'Succeeded', attempts: 3 }]);
    expect((await scene.events('retried')).filter(({ reason }) => reason === 'HookRetried')).toHaveLength(2);
  }, 60_000);
});

describe('on-error Fail', () => {
  const labels = { 'velero.io/restore-name': 'failing' };

  it('cancels the hooks of the restore’s other pods, for a later executor, too, and no other restore’s', async () => {
    const waits = { ...execHook(once), 'post.hook.restore.velero.io/wait-for-ready': 'true' };
    const readinessProbe = { exec: { command: ['/bin/test', '-e', '/tmp/ready'] }, periodSeconds: 1 };
    await scene.restore({ name: 'waits', labels, annotations: waits, containers: [{ name: 'main', readinessProbe }] });
    await scene.told('pod taken', 'waits');
    await scene.restore({ name: 'fails', labels, annotations: execHook(['/bin/false'], { 'on-error': 'Fail' }) });
    await scene.told('hooks finished', 'fails');
    await scene.told('hooks finished', 'waits');
    expect((await runOf('waits')).status?.exec).toMatchObject([
      { state: 'Cancelled', message: expect.stringContaining(`of pod ${scene.namespace}/fails`) },
    ]);
    await scene.kubectl('delete', 'pod', 'fails', '--wait');
    await scene.system.executor.stop();
    await scene.system.startExecutor();
    await scene.restore({ name: 'late', labels, annotations: execHook(once) });
    await scene.told('hooks finished', 'late');
    expect((await runOf('late')).status).toMatchObject({ phase: 'Cancelled' });
    await scene.restore({ name: 'other', annotations: execHook(once) });
    expect(await scene.finished('other')).toMatchObject({ state: 'Succeeded' });
  }, 120_000);
});

describe('an init hook', () => {
  it('that is not done within its timeout has failed, and is told; the pod goes on waiting for it', async () => {
    const annotations = {
      [`${init}container-image`]: 'busybox:1.35',
      [`${init}container-name`]: 'slow',
      [`${init}command`]: JSON.stringify(['/bin/sh', '-c', 'sleep 5']),
      [`${init}timeout`]: '1s',
      ...execHook(once),
    };
    await scene.restore({ name: 'slow-init', annotations });
    const line = await scene.told('init hook ended', 'slow-init', ({ state }) => state === 'Failed');
    expect(line).toMatchObject({ container: 'slow', reason: 'InitTimeout' });
    expect((await scene.pod('slow-init')).status?.phase).toBe('Pending');
    await scene.told('hooks finished', 'slow-init');
    expect((await runOf('slow-init')).status).toMatchObject({
      phase: 'Failed',
      init: [{ name: 'slow', state: 'Failed', reason: 'InitTimeout' }],
      exec: [{ state: 'Succeeded' }],
    });
    const told = (await scene.events('slow-init')).map(({ reason }) => reason);
    expect(told).toEqual(expect.arrayContaining(['HookTimedOut', 'HookSucceeded']));
  }, 60_000);

  it('that fails is told with its exit code', async () => {
    const annotations = {
      [`${init}container-image`]: 'busybox:1.35',
      [`${init}container-name`]: 'broken',
      [`${init}command`]: JSON.stringify(['/bin/sh', '-c', 'exit 7']),
    };
    await scene.restore({ name: 'broken-init', annotations });
    const line = await scene.told('init hook ended', 'broken-init');
    expect(line).toMatchObject({ container: 'broken', reason: 'InitFailed', exitCode: 7 });
  }, 60_000);
});
