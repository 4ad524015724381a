import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kubectl } from '../support/kubectl.ts';
import { execHook, mostAtOnce, Scene } from '../support/scene.ts';

const init = 'init.hook.restore.velero.io/';
const post = 'post.hook.restore.velero.io/';
/** The page's own. */
const initHook = {
  [`${init}container-name`]: 'restore-hook',
  [`${init}container-image`]: 'alpine:latest',
  [`${init}command`]: '["/bin/ash", "-c", "date"]',
};

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
}, 60_000);
afterAll(async () => {
  await scene.close();
}, 180_000);

async function initOrder(pod: string): Promise<string[]> {
  const { spec } = await scene.pod(pod);
  return (spec.initContainers ?? []).map(({ name }) => name);
}

describe('init hooks, by the real API server and kubelet', () => {
  it('the page’s annotations give the pod its init container, which runs', async () => {
    await scene.restore({ name: 'page', annotations: initHook });
    await scene.ready('page');
    const { spec, metadata } = await scene.pod('page');
    expect(spec.initContainers).toMatchObject([
      { name: 'restore-hook', image: 'alpine:latest', command: ['/bin/ash', '-c', 'date'], imagePullPolicy: 'Always' },
    ]);
    expect(metadata.annotations?.['restorehooks.io/admitted-for']).toBe('r1');
    const { stdout } = await scene.kubectl('logs', 'page', '-c', 'restore-hook');
    expect(stdout).toMatch(/\d\d:\d\d:\d\d \w+ \d{4}/);
  }, 120_000);

  it.each([
    { wait: 'restore-wait', own: ['setup'], before: ['restore-wait'] },
    { wait: 'restic-wait', own: ['setup'], before: ['early', 'restic-wait'] },
  ])(
    'run after $wait and before the pod’s own',
    async ({ wait, own, before }) => {
      const name = `order-${wait}`;
      const initContainers = [...before, ...own].map((each) => ({ name: each, command: ['/bin/true'] }));
      await scene.restore({ name, annotations: initHook, initContainers });
      expect(await initOrder(name)).toEqual([...before, 'restore-hook', ...own]);
      await scene.ready(name);
    },
    120_000,
  );

  it('are not given to a pod without the label, nor to one that a controller made from a labelled template', async () => {
    await scene.create({ name: 'plain', annotations: initHook });
    const template = {
      metadata: {
        labels: { app: 'd', 'velero.io/restore-name': 'r1' },
        annotations: { ...initHook, ...execHook(['/bin/true']) },
      },
      spec: {
        containers: [{ name: 'main', image: 'busybox:1.35', command: ['sleep', '1000000'] }],
        terminationGracePeriodSeconds: 0,
      },
    };
    const replicaSet = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'd', namespace: scene.namespace },
      spec: { replicas: 1, selector: { matchLabels: { app: 'd' } }, template },
    };
    await kubectl(scene.cluster, ['apply', '-f', '-'], JSON.stringify(replicaSet));
    await scene.kubectl('wait', '--for=jsonpath={.status.readyReplicas}=1', 'replicaset/d', '--timeout=120s');
    const { stdout } = await scene.kubectl('get', 'pods', '-l', 'app=d', '-o', 'jsonpath={.items[0].metadata.name}');
    expect(await initOrder('plain')).toEqual([]);
    expect(await initOrder(stdout)).toEqual([]);
    expect(await scene.events(stdout)).toEqual([]);
    expect(await scene.mark(stdout)).toBe('none');
  }, 180_000);
});

describe('malformed annotations', () => {
  const good = execHook(['/bin/true']);
  it.each([
    { key: `${post}exec-timeout`, value: '45', taken: '30s' },
    { key: `${post}exec-timeout`, value: '-1s', taken: '30s' },
    { key: `${post}wait-timeout`, value: '5 minutes', taken: 'no limit' },
    { key: `${post}on-error`, value: 'continue', taken: 'Continue' },
    { key: `${post}wait-for-ready`, value: 'yes', taken: 'false' },
    { key: `${post}timeout`, value: '45s', taken: `${post}exec-timeout` },
    { key: `${post}command`, value: '["/bin/true"', taken: 'one' },
    { key: `${post}command`, value: '[1]', taken: 'one' },
    { key: `${post}command`, value: '[]', taken: 'no hook' },
    { key: `${post}container`, value: 'nosuch', taken: 'nosuch' },
    { key: `${init}container-name`, value: 'Not_A_Name', taken: 'velero-restore-init-' },
    { key: `${init}timeout`, value: 'soon', taken: 'no limit' },
    { key: 'restorehooks.io/exce', value: 'x', taken: 'restorehooks.io/exec' },
  ])(
    '$key: $value is a warning of kubectl and an Event, and the pod is created',
    async ({ key, value, taken }) => {
      const name = `bad-${Buffer.from(key + value)
        .toString('hex')
        .slice(-20)}`;
      const annotations = { ...initHook, ...good, [key]: value };
      const { stdout, stderr } = await scene.restore({ name, annotations });
      expect(stdout).toContain('created');
      const warning = /^Warning: (.*)$/m.exec(stderr)?.[1] ?? `none in ${stderr}`;
      expect(warning).toContain(key);
      expect(warning).toContain(taken);
      const events = await scene.eventsWith(name, 'HookWarning');
      expect(events).toContainEqual({ reason: 'HookWarning', type: 'Warning', note: warning });
      await scene.kubectl('delete', 'pod', name, '--wait=false');
    },
    60_000,
  );

  it('of a hook that is none are told as well: the family without its command', async () => {
    const { stderr } = await scene.restore({ name: 'no-command', annotations: { [`${post}on-error`]: 'Fail' } });
    expect(stderr).toContain(`${post}on-error "Fail" is ignored, for there is no command`);
    expect(await scene.eventsWith('no-command', 'HookWarning')).toHaveLength(1);
    expect(await scene.mark('no-command')).toBe('none');
  }, 60_000);
});

describe('which pods are taken', () => {
  const counted = execHook(['/bin/sh', '-c', 'echo ran >> /tmp/count']);

  it('hooks annotated on a live pod, as before a backup, are not run', async () => {
    await scene.restore({ name: 'live', annotations: initHook });
    await scene.ready('live');
    await scene.told('hooks finished', 'live');
    const pairs = Object.entries(counted).map(([key, value]) => `${key}=${value}`);
    await scene.kubectl('annotate', 'pod', 'live', ...pairs);
    await scene.system.executor.stop();
    await scene.system.startExecutor();
    await scene.restore({ name: 'live-after', annotations: counted });
    await scene.finished('live-after');
    expect(await scene.sh('live', 'cat /tmp/count 2>/dev/null || echo none')).toBe('none\n');
  }, 120_000);

  it.each([
    { name: 'missed', executor: 'looks on' },
    { name: 'missed-by-all', executor: 'is started later' },
  ])(
    'a restored pod that came past the webhook is reported missed, and nothing is run, where the executor $executor',
    async ({ name, executor }) => {
      if (executor !== 'looks on') await scene.system.executor.stop();
      const { stdout } = await scene.kubectl('get', 'mutatingwebhookconfiguration', 'restore-hooks', '-o', 'json');
      await scene.kubectl('delete', 'mutatingwebhookconfiguration', 'restore-hooks');
      await scene.restore({ name, annotations: counted });
      if (executor !== 'looks on') await scene.system.startExecutor();
      await kubectl(scene.cluster, ['create', '-f', '-'], stdout.replace(/"(resourceVersion|uid)": "[^"]*",?/g, ''));
      const events = await scene.eventsWith(name, 'HooksMissed');
      expect(events.map(({ reason }) => reason)).toEqual(['HooksMissed']);
      await scene.ready(name);
      expect(await scene.sh(name, 'cat /tmp/count 2>/dev/null || echo none')).toBe('none\n');
      expect(await scene.mark(name)).toBe('none');
    },
    120_000,
  );

  it('a pod with a stamp that another restore left is not taken', async () => {
    const annotations = { ...counted, 'restorehooks.io/admitted-for': 'r0' };
    await scene.restore({ name: 'stale', annotations: { 'restorehooks.io/admitted-for': 'r1' } });
    expect((await scene.pod('stale')).metadata.annotations).not.toHaveProperty('restorehooks.io/admitted-for');
    await scene.restore({ name: 'restamped', annotations });
    expect((await scene.pod('restamped')).metadata.annotations?.['restorehooks.io/admitted-for']).toBe('r1');
  }, 60_000);

  it('a pod admitted while no executor was up gets its hook when one comes', async () => {
    await scene.system.executor.stop();
    await scene.restore({ name: 'early', annotations: { ...counted, [`${post}wait-timeout`]: '20s' } });
    await scene.ready('early');
    await scene.system.startExecutor();
    expect(await scene.finished('early')).toMatchObject({ state: 'Succeeded', exitCode: 0 });
    expect(await scene.sh('early', 'cat /tmp/count')).toBe('ran\n');
    expect(await scene.mark('early')).toBe('True Succeeded');
  }, 120_000);

  it('an executor killed in mid-hook runs nothing again, and says so', async () => {
    const annotations = execHook(['/bin/sh', '-c', 'echo ran >> /tmp/count; sleep 600'], { 'exec-timeout': '1h' });
    await scene.restore({ name: 'killed', annotations });
    await scene.told('hook started', 'killed');
    await scene.sh('killed', 'until [ -s /tmp/count ]; do :; done');
    await markedAs('killed', 'Running');
    scene.system.executor.kill('SIGKILL');
    await scene.system.executor.ended;
    await scene.system.startExecutor();
    const events = await scene.eventsWith('killed', 'HookInterrupted');
    expect(events.map(({ reason }) => reason)).toEqual(['HookStarted', 'HookInterrupted']);
    await markedAs('killed', 'Failed');
    expect(await scene.sh('killed', 'cat /tmp/count')).toBe('ran\n');
  }, 120_000);

  it('an executor told to stop lets a running hook end, begins none, and the next one begins those', async () => {
    const slow = execHook(['/bin/sh', '-c', 'echo ran >> /tmp/count; sleep 3']);
    await scene.restore({ name: 'running', annotations: slow });
    await scene.told('hook started', 'running');
    const stopped = scene.system.executor.stop();
    await scene.restore({ name: 'waiting', annotations: counted });
    expect(await stopped).toBe(0);
    expect(await scene.finished('running')).toMatchObject({ state: 'Succeeded' });
    expect(await scene.mark('running')).toBe('True Succeeded');
    await scene.ready('waiting');
    expect(await scene.mark('waiting')).toBe('none');
    await scene.system.startExecutor();
    expect(await scene.finished('waiting')).toMatchObject({ state: 'Succeeded' });
    expect(await scene.sh('running', 'cat /tmp/count')).toBe('ran\n');
  }, 120_000);

  it('a hook that outlives the grace time of its executor is Interrupted, and the pod says so', async () => {
    await scene.system.executor.stop();
    await scene.system.startExecutor({ RESTORE_HOOKS_SHUTDOWN_GRACE_SECONDS: '0' });
    const annotations = execHook(['/bin/sh', '-c', 'echo ran >> /tmp/count; sleep 600'], { 'exec-timeout': '1h' });
    await scene.restore({ name: 'cut', annotations });
    await scene.told('hook started', 'cut');
    await scene.sh('cut', 'until [ -s /tmp/count ]; do :; done');
    expect(await scene.system.executor.stop()).toBe(0);
    expect(await scene.finished('cut')).toMatchObject({ state: 'Interrupted', reason: 'Interrupted' });
    expect(await scene.mark('cut')).toBe('False Failed');
    await scene.system.startExecutor();
    expect(await scene.sh('cut', 'cat /tmp/count')).toBe('ran\n');
  }, 120_000);

  it('50 pods at once get their hook once each, in no more pods at a time than configured', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `many-${index}`);
    await Promise.all(names.map((name) => scene.restore({ name, annotations: counted })));
    const ended = await Promise.all(names.map((name) => scene.finished(name)));
    expect(ended.every(({ state }) => state === 'Succeeded')).toBe(true);
    const counts = await Promise.all(names.map((name) => scene.sh(name, 'cat /tmp/count')));
    expect(counts).toEqual(names.map(() => 'ran\n'));
    expect(mostAtOnce(scene.system.executor.lines)).toBeLessThanOrEqual(20);
    await scene.kubectl('delete', 'pods', '--wait=false', ...names);
  }, 400_000);
});

async function markedAs(pod: string, reason: string): Promise<void> {
  const path = `{.status.conditions[?(@.type=="restorehooks.io/hooks")].reason}=${reason}`;
  await scene.kubectl('wait', `pod/${pod}`, `--for=jsonpath=${path}`, '--timeout=60s');
}
