import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FaultPods, ranOnce } from '../support/fault-pods.ts';
import { kubectl } from '../support/kubectl.ts';
import { Scene } from '../support/scene.ts';

let scene: Scene;
let pods: FaultPods;
beforeAll(async () => {
  // A process that is stopped for a moment is to lead on.
  scene = await Scene.open({
    executorEnv: {
      RESTORE_HOOKS_LEASE_DURATION_SECONDS: '60',
      RESTORE_HOOKS_LEASE_RENEW_DEADLINE_SECONDS: '45',
      RESTORE_HOOKS_LEASE_RETRY_PERIOD_SECONDS: '1',
    },
  });
  pods = await FaultPods.open(scene);
}, 240_000);
afterAll(async () => {
  await scene.close();
  await pods.close();
}, 180_000);

/** By the Eviction API, as a drain does it. */
async function evict(name: string): Promise<void> {
  const { namespace } = scene;
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
  await kubectl(scene.cluster, ['create', '--raw', path, '-f', '-'], JSON.stringify(eviction));
}

/** Resolves when the hook of a new pod is under way. */
async function begin(name: string): Promise<void> {
  await pods.restore({ name });
  await pods.begun(name);
}

/** Resolves when a new pod waits for its gate, and has its record. */
async function wait(name: string): Promise<void> {
  await pods.restore({ name, gated: true });
  await Promise.all([pods.gated(name), scene.told('pod taken', name)]);
}

describe('a container that dies in mid-hook', () => {
  it('OOM-killed: the hook has failed, and is not run again in the container that comes after', async () => {
    // The kernel kills what has most memory: the container's first process must be it, or the hook alone would die.
    const eats = 'until [ -e /faults/oom.eat ]; do sleep 0.1; done; rm /faults/oom.eat; exec tail /dev/zero';
    const resources = { limits: { memory: '32Mi' } };
    await pods.restore({ name: 'oom', containers: [{ name: 'main', command: ['/bin/sh', '-c', eats], resources }] });
    await pods.begun('oom');
    await pods.tell('oom', 'eat');
    await scene.finished('oom');
    const restarted = '--for=jsonpath={.status.containerStatuses[0].lastState.terminated.reason}=OOMKilled';
    await scene.kubectl('wait', 'pod/oom', restarted, '--timeout=60s');
    await scene.ready('oom');
    const end = await pods.end('oom');
    expect(end).toEqual({
      state: 'Failed',
      // What the kubelet said of the command, or what the second look said of its container.
      reason: expect.stringMatching(/^(NonZeroExit|PodReplaced|ConnectionLost)$/),
      attempts: 1,
      count: 1,
    });
    expect((await pods.record('oom')).message).toMatch(/137|replaced|another/);
  }, 240_000);
});

describe('a pod that goes', () => {
  const ways: { way: string; go: (name: string) => Promise<unknown> }[] = [
    { way: 'evicted', go: evict },
    { way: 'deleted', go: (name) => scene.kubectl('delete', 'pod', name, '--wait=false') },
    { way: 'force-deleted', go: (name) => scene.kubectl('delete', 'pod', name, '--grace-period=0', '--force') },
  ];

  it.each(ways)(
    '$way in mid-hook: the hook has failed, and ran once',
    async ({ way, go }) => {
      const name = `${way}-running`;
      await begin(name);
      await go(name);
      await scene.finished(name);
      expect(await pods.end(name)).toEqual({
        state: 'Failed',
        reason: expect.stringMatching(/^(PodDeleted|ConnectionLost|NonZeroExit)$/),
        attempts: 1,
        count: 1,
      });
    },
    60_000,
  );

  it.each(ways)(
    '$way while it waits: the hook is not run, and the record says why',
    async ({ way, go }) => {
      const name = `${way}-waiting`;
      await wait(name);
      await go(name);
      await pods.openGate(name);
      await scene.finished(name);
      expect(await pods.end(name)).toEqual({ state: 'Failed', reason: 'PodDeleted', attempts: 0, count: 0 });
    },
    60_000,
  );

  it('completed in mid-hook: the hook has failed, and ran once', async () => {
    const ends = 'until [ -e /faults/completed.end ]; do sleep 0.1; done';
    const containers = [{ name: 'main', command: ['/bin/sh', '-c', ends] }];
    await pods.restore({ name: 'completed', containers, spec: { restartPolicy: 'Never' } });
    await pods.begun('completed');
    await pods.tell('completed', 'end');
    await scene.finished('completed');
    const end = await pods.end('completed');
    expect(end).toMatchObject({ state: 'Failed', attempts: 1, count: 1 });
    expect(end.reason).toMatch(/^(NonZeroExit|ConnectionLost)$/);
  }, 240_000);

  it('completed while it waits: the hook is not run, and the record says why', async () => {
    const spec = { restartPolicy: 'Never' };
    const containers = [
      { name: 'main', command: ['/bin/sh', '-c', 'until [ -e /faults/over.end ]; do sleep 0.1; done'], ...unready },
    ];
    await pods.restore({ name: 'over', containers, spec, hook: { waitForReady: true } });
    await scene.told('pod taken', 'over');
    await scene.kubectl('wait', 'pod/over', '--for=jsonpath={.status.phase}=Running', '--timeout=60s');
    await pods.tell('over', 'end');
    await scene.finished('over');
    const end = await pods.end('over');
    expect(end).toMatchObject({ state: 'Failed', attempts: 0, count: 0 });
    expect(end.reason).toMatch(/^(PodCompleted|ContainerCompleted)$/);
  }, 240_000);
});

const unready = { readinessProbe: { exec: { command: ['/bin/false'] }, periodSeconds: 1 } };

describe('an executor that reads slowly', () => {
  it('stopped while a hook prints 64 MiB: the command waits for it, and no byte is lost or told twice', async () => {
    const chunks = 1024;
    const prints = 'for i in $(seq 1024); do head -c 65536 /dev/zero; [ $i -gt 16 ] && touch $F.printing; done';
    const script = `until [ -e $F.print ]; do sleep 0.1; done; ${prints}; touch $F.printed`;
    await pods.restore({ name: 'prints', script });
    await pods.begun('prints');
    scene.system.executor.kill('SIGSTOP');
    await pods.tell('prints', 'print');
    // From here on it fills what buffers there are on its way.
    await pods.told('prints', 'printing');
    scene.system.executor.kill('SIGCONT');
    await scene.finished('prints');
    expect(await pods.end('prints')).toEqual(ranOnce);
    const { stdout } = await pods.record('prints');
    expect((stdout?.droppedBytes ?? 0) + (stdout?.text.length ?? 0)).toBe(chunks * 65_536);
  }, 240_000);
});
