import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ExecHook } from '../../shared/hook.ts';
import { startInProcess, ownLabel, type InProcessExecutor } from '../support/in-process.ts';
import { buildHook } from '../support/pods.ts';
import { execHook, mostAtOnce, Scene } from '../support/scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
}, 60_000);
afterAll(async () => {
  await scene.close();
}, 180_000);

const counting = 'echo $(( $(cat /tmp/count 2>/dev/null || echo 0) + 1 )) > /tmp/count; ';
const shell = (script: string) => ['/bin/sh', '-c', counting + script];
const long = { 'exec-timeout': '10m' };

describe('a component of the node that dies in mid-hook', () => {
  // Where the API server or the kubelet translates the exec protocol, it takes the broken stream for success.
  it.each(['kubelet', 'containerd'] as const)(
    '%s: the hook is ConnectionLost, never a success, and not run again',
    async (component) => {
      const name = `${component}-killed`;
      await scene.restore({ name, annotations: execHook(shell('sleep 600'), long) });
      await scene.told('hook started', name);
      await scene.kubectl('exec', name, '--', '/bin/sh', '-c', 'until [ -s /tmp/count ]; do :; done');
      await scene.embedded.stopComponent(component, 'SIGKILL');
      await scene.embedded.startComponent(component);
      expect(await scene.finished(name)).toMatchObject({ state: 'Failed', reason: 'ConnectionLost', exitCode: null });
      await scene.ready(name);
      expect(await scene.sh(name, 'cat /tmp/count')).toBe('1\n');
      // Its group was reported before the cut, so it was ended as soon as the container could be reached again.
      expect(await scene.sh(name, 'ps -o args | grep -c "^sleep 600$" || true')).toBe('0\n');
      expect(await scene.mark(name)).toBe('False Failed');
    },
    180_000,
  );

  it('a command that is no shell’s, and that says nothing, is no success either', async () => {
    await scene.restore({ name: 'direct', annotations: execHook(['/bin/sleep', '600'], long) });
    await scene.told('hook started', 'direct');
    await scene.kubectl(
      'exec',
      'direct',
      '--',
      '/bin/sh',
      '-c',
      'until ps -o args | grep -q "^/bin/sleep 600$"; do :; done',
    );
    await scene.embedded.stopComponent('containerd', 'SIGKILL');
    await scene.embedded.startComponent('containerd');
    expect(await scene.finished('direct')).toMatchObject({ state: 'Failed', reason: 'ConnectionLost' });
  }, 180_000);
});

describe('an API server that restarts', () => {
  it('while pods wait for their hooks: none is lost, none runs twice', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `outage-${index}`);
    const initContainers = [
      {
        name: 'gate',
        command: ['/bin/sh', '-c', 'until [ -e /gate/open ]; do sleep 0.2; done'],
        volumeMounts: [{ name: 'gate', mountPath: '/gate' }],
      },
    ];
    const spec = { volumes: [{ name: 'gate', emptyDir: {} }] };
    await Promise.all(
      names.map((name) => scene.restore({ name, annotations: execHook(shell('true')), initContainers, spec })),
    );
    await Promise.all(names.map((name) => scene.told('pod taken', name)));
    await Promise.all(
      names.map((name) =>
        scene.kubectl(
          'wait',
          `pod/${name}`,
          '--for=jsonpath={.status.initContainerStatuses[0].started}=true',
          '--timeout=120s',
        ),
      ),
    );
    await Promise.all(names.slice(0, 3).map((name) => scene.sh(name, 'touch /gate/open', 'gate')));
    await scene.embedded.stopComponent('kube-apiserver', 'SIGKILL');
    await scene.system.executor.line(({ msg }) => msg === 'watch broken');
    // A gate that opened fast: its command was under way when the server died, and is cut off as any other.
    const begun = scene.system.executor.lines
      .slice(
        0,
        scene.system.executor.lines.findIndex(({ msg }) => msg === 'watch broken'),
      )
      .flatMap(({ msg, pod }) => (msg === 'hook started' && names.includes(String(pod)) ? [pod] : []));
    await scene.embedded.startComponent('kube-apiserver');
    await Promise.all(names.slice(3).map((name) => scene.sh(name, 'touch /gate/open', 'gate')));
    const ended = await Promise.all(names.map((name) => scene.finished(name)));
    expect(begun.filter((name) => names.indexOf(String(name)) >= 3)).toEqual([]);
    const counts = await Promise.all(names.map((name) => scene.sh(name, 'cat /tmp/count 2>/dev/null || echo 0')));
    for (const [index, name] of names.entries()) {
      const told = { name, state: ended[index]?.state, reason: ended[index]?.reason, count: counts[index] };
      const once = { name, state: 'Succeeded', reason: null, count: '1\n' };
      if (!begun.includes(name) || told.state === 'Succeeded') expect(told).toEqual(once);
      else
        expect(told).toEqual({
          name,
          state: 'Failed',
          reason: 'ConnectionLost',
          count: expect.stringMatching(/^[01]\n$/),
        });
    }
  }, 300_000);
});

describe('several hooks of one pod', () => {
  let executor: InProcessExecutor | null = null;
  afterEach(async () => {
    await executor?.stop();
    executor = null;
  }, 60_000);

  /** Each pod is a restore of its own: what fails in one must not cancel the next test's. */
  async function restoreWith(name: string, hooks: readonly ExecHook[], more: object = {}): Promise<InProcessExecutor> {
    executor = startInProcess(scene.cluster.kubeconfig, new Map([[name, hooks]]));
    await scene.create({
      name,
      labels: { [ownLabel]: name },
      annotations: { 'restorehooks.io/admitted-for': name },
      ...more,
    });
    return executor;
  }

  const ended = (hook: number) => (line: { msg: string; hook?: unknown }) =>
    line.msg === 'hook ended' && line.hook === hook;
  const log = (word: string) => `echo ${word} >> /log/all`;
  const shared = {
    spec: { volumes: [{ name: 'log', emptyDir: {} }] },
    containers: ['a', 'b'].map((name) => ({ name, volumeMounts: [{ name: 'log', mountPath: '/log' }] })),
  };

  it('run container by container, each in the order of the list', async () => {
    const hooks = ['a1', 'b1', 'a2', 'b2'].map((word) =>
      buildHook(word.slice(0, 1), { command: ['/bin/sh', '-c', log(word)] }),
    );
    const executing = await restoreWith('order', hooks, shared);
    expect(await executing.line(({ msg }) => msg === 'hooks finished')).toMatchObject({
      phase: 'Succeeded',
      succeeded: 4,
    });
    const order = await scene.sh('order', 'cat /log/all', 'a');
    expect(['a1\na2\nb1\nb2\n', 'b1\nb2\na1\na2\n']).toContain(order);
  }, 120_000);

  it('wait for a container that restarts between them, and go on in it', async () => {
    const command = ['/bin/sh', '-c', 'until [ -e /log/end-me ]; do sleep 0.1; done; rm /log/end-me; exit 1'];
    const containers = [
      { name: 'a', command, volumeMounts: [{ name: 'log', mountPath: '/log' }] },
      shared.containers[1],
    ];
    // The hook outlives nothing: its container ends a moment after it, and is another one when the next hook comes.
    const hooks = [
      buildHook('a', { command: ['/bin/sh', '-c', log('first')] }),
      buildHook('a', { command: ['/bin/sh', '-c', log('second')], waitForReady: true }),
      buildHook('b', { command: ['/bin/sh', '-c', log('other')] }),
    ];
    const readinessProbe = { exec: { command: ['test', '-e', '/log/restarted'] }, periodSeconds: 1 };
    const executing = await restoreWith('restarts', hooks, {
      ...shared,
      containers: [{ ...containers[0], readinessProbe }, containers[1]],
    });
    await executing.line(ended(1));
    await scene.sh('restarts', 'touch /log/end-me', 'b');
    await scene.kubectl(
      'wait',
      'pod/restarts',
      '--for=jsonpath={.status.containerStatuses[?(@.name=="a")].restartCount}=1',
      '--timeout=60s',
    );
    await scene.sh('restarts', 'touch /log/restarted', 'b');
    expect(await executing.line(({ msg }) => msg === 'hooks finished')).toMatchObject({
      phase: 'Succeeded',
      succeeded: 3,
    });
    expect(await scene.sh('restarts', 'cat /log/all', 'b')).toBe('first\nsecond\nother\n');
  }, 180_000);

  it('a hook under Continue goes on after a timeout, once the earlier command is seen ended', async () => {
    const hooks = [
      buildHook('a', {
        command: ['/bin/sh', '-c', 'trap "echo ended >> /log/all; exit" TERM; sleep 600 & wait'],
        execTimeoutMs: 1_000,
      }),
      buildHook('a', { command: ['/bin/sh', '-c', log('next')] }),
    ];
    const executing = await restoreWith('after-timeout', hooks, shared);
    expect(await executing.line(ended(1))).toMatchObject({ reason: 'ExecTimeout' });
    expect(await executing.line(ended(2))).toMatchObject({ state: 'Succeeded' });
    expect(await scene.sh('after-timeout', 'cat /log/all', 'a')).toBe('ended\nnext\n');
  }, 120_000);

  it('one after a command whose process group nobody knows runs with the warning PredecessorUnknown', async () => {
    const hooks = [
      buildHook('a', { command: ['/bin/sleep', '600'], execTimeoutMs: 500 }),
      buildHook('a', { command: ['/bin/sh', '-c', log('next')] }),
    ];
    const executing = await restoreWith('unknown', hooks, shared);
    expect(await executing.line(({ msg, hook }) => msg === 'hook started' && hook === 2)).toMatchObject({
      predecessorUnknown: true,
    });
    expect(await executing.line(ended(2))).toMatchObject({ state: 'Succeeded' });
  }, 120_000);

  it('in several pods run beside each other, in as many pods as configured and no more', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `beside-${index}`);
    const hooks = new Map(names.map((name) => [name, [buildHook('main', { command: ['/bin/sleep', '2'] })]]));
    const executing = startInProcess(scene.cluster.kubeconfig, hooks, { maxParallelPods: 3 });
    executor = executing;
    const labelled = { labels: { [ownLabel]: 'r1' }, annotations: { 'restorehooks.io/admitted-for': 'r1' } };
    await Promise.all(names.map((name) => scene.create({ name, ...labelled })));
    await Promise.all(names.map((name) => executing.line(({ msg, pod }) => msg === 'hooks finished' && pod === name)));
    expect(mostAtOnce(executing.lines)).toBe(3);
  }, 120_000);

  it('a failure under Fail cancels the others', async () => {
    const hooks = [buildHook('a', { command: ['/bin/false'], onError: 'Fail' }), buildHook('a'), buildHook('b')];
    const executing = await restoreWith('cancels', hooks, {
      containers: [
        { name: 'a' },
        { name: 'b', readinessProbe: { exec: { command: ['true'] }, initialDelaySeconds: 3 } },
      ],
    });
    expect(await executing.line(ended(2))).toMatchObject({ state: 'Cancelled', reason: 'Cancelled' });
  }, 120_000);

  it('a pod replaced by one of the same name in mid-hook: the result is not believed', async () => {
    const hooks = [
      buildHook('main', { command: ['/bin/sh', '-c', 'touch /tmp/begun; sleep 600'], execTimeoutMs: 600_000 }),
    ];
    const executing = await restoreWith('replaced', hooks);
    await executing.line(({ msg }) => msg === 'hook started');
    await scene.kubectl('delete', 'pod', 'replaced', '--grace-period=0', '--force');
    await scene.create({ name: 'replaced' });
    const end = await executing.line(ended(1));
    expect(['PodReplaced', 'PodDeleted', 'ConnectionLost']).toContain(end.reason);
    expect(end.state).toBe('Failed');
  }, 120_000);
});
