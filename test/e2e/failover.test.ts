import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { HookRun } from '../../shared/hook-run.ts';
import { counterOf, CrashScene, shortLeases, type CountedHook } from '../support/crash-scene.ts';
import { kubectl, kubectlJson } from '../support/kubectl.ts';
import type { LogLine } from '../support/log-lines.ts';
import type { ProxiedExecutor } from '../support/proxied-executor.ts';
import type { Point } from '../support/proxy-point.ts';
import type { Verdict } from '../support/recording-proxy.ts';
import { TestNamespace } from '../support/test-namespace.ts';
import { installRestores, removeRestores } from '../support/velero-crds.ts';

let crash: CrashScene;
let started: ProxiedExecutor[] = [];
beforeAll(async () => {
  crash = await CrashScene.open({ executorEnv: shortLeases });
  await crash.bury();
}, 60_000);
afterEach(async () => {
  await Promise.all(started.map((executor) => crash.executors.kill(executor)));
  started = [];
  await crash.bury();
}, 60_000);
afterAll(async () => {
  await crash.close();
}, 180_000);

/** Counts its run, and goes on until it is let go. */
const waiting: CountedHook = {
  script: `echo x >> ${counterOf(1)}; until [ -e /tmp/go ]; do sleep 0.1; done; echo told`,
  more: { execTimeout: '10m' },
};
const short: CountedHook = { script: `echo x >> ${counterOf(1)}` };

const leads = ({ msg }: LogLine) => msg === 'leading';
const timeOf = ({ time }: LogLine) => new Date(time as string | number).getTime();

async function start(env: Readonly<Record<string, string>> = {}): Promise<ProxiedExecutor> {
  const executor = await crash.executors.start(env);
  started.push(executor);
  return executor;
}

/** A leader, and a standby that has seen all there is. */
async function startPair(env: Readonly<Record<string, string>> = {}) {
  const leader = await start(env);
  await leader.process.line(leads);
  const standby = await start(env);
  await standby.process.line(({ msg }) => msg === 'restored pods listed');
  return { leader, standby };
}

/** Holds the first point that fits until it is let go. */
function hold({ proxy }: ProxiedExecutor, fits: (point: Point) => boolean) {
  const reached = Promise.withResolvers<undefined>();
  const released = Promise.withResolvers<Verdict>();
  let isHeld = false;
  proxy.gate = (point) => {
    if (isHeld || !fits(point)) return 'pass';
    isHeld = true;
    reached.resolve(undefined);
    return released.promise;
  };
  return { reached: reached.promise, release: () => released.resolve('pass') };
}

/** Resolves when the command runs in the pod. */
async function runs(pod: string): Promise<void> {
  await crash.scene.sh(pod, `until [ -s ${counterOf(1)} ]; do sleep 0.1; done`);
}

/** What a leader is lost by; what is left of it then comes back. */
const losses: { name: string; lose: (leader: ProxiedExecutor) => void; comeBack: (leader: ProxiedExecutor) => void }[] =
  [
    { name: 'killed', lose: ({ process }) => process.kill('SIGKILL'), comeBack: () => undefined },
    {
      name: 'frozen',
      lose: ({ process }) => process.kill('SIGSTOP'),
      comeBack: ({ process }) => process.kill('SIGCONT'),
    },
    { name: 'cut-off', lose: ({ proxy }) => proxy.cutOff(), comeBack: ({ proxy }) => proxy.reconnect() },
  ];

/** It is told of its loss by its own clock, and stays a process that can lead again. */
async function isBack(name: string, leader: ProxiedExecutor): Promise<void> {
  if (name !== 'killed') await leader.process.line(({ msg }) => msg === 'not leading any more');
}

/** It learns how the hook ended, and leaves the record to the standby, which has judged it. */
async function leavesEnd(leader: ProxiedExecutor, pod: string): Promise<void> {
  await leader.process.line(({ msg, pod: of }) => msg === 'the end of the hook is not in its HookRun' && of === pod);
}

describe('a leader that is lost', () => {
  it.each(losses)(
    '$name in mid-hook: the hook is Interrupted and not run again, the next pod’s is the standby’s',
    async ({ name, lose, comeBack }) => {
      const { leader, standby } = await startPair();
      const [pod, next] = [`${name}-mid`, `${name}-mid-next`];
      await crash.restoreReady([pod], [waiting]);
      await runs(pod);
      lose(leader);
      await crash.restoreReady([next], [short]);
      await crash.finished(standby.process, [pod, next]);
      const fates = await crash.fates([pod, next], 1);
      expect(fates.get(pod)).toMatchObject({
        phase: 'Failed',
        hooks: [{ state: 'Interrupted', attempts: 1, count: 1 }],
      });
      expect(fates.get(next)).toMatchObject({
        phase: 'Succeeded',
        hooks: [{ state: 'Succeeded', attempts: 1, count: 1 }],
      });
      const led = await standby.process.line(leads);
      const began = await standby.process.line(({ msg, pod: of }) => msg === 'hook started' && of === next);
      // Not by a resync, nor by another Lease: within seconds of when it led and knew of the pod.
      const taken = await standby.process.line(({ msg, pod: of }) => msg === 'pod taken' && of === next);
      expect(timeOf(began)).toBeGreaterThanOrEqual(timeOf(led));
      expect(timeOf(began) - Math.max(timeOf(led), timeOf(taken))).toBeLessThan(10_000);
      const reasons = (await crash.scene.eventsWith(pod, 'HookInterrupted')).map(({ reason }) => reason);
      expect(reasons).toEqual(['HookStarted', 'HookInterrupted']);

      comeBack(leader);
      await isBack(name, leader);
      await crash.scene.sh(pod, 'touch /tmp/go');
      if (name !== 'killed') await leavesEnd(leader, pod);
      expect((await crash.fates([pod], 1)).get(pod)).toEqual(fates.get(pod));
      expect((await crash.scene.eventsWith(pod, 'HookInterrupted')).map(({ reason }) => reason)).toEqual(reasons);
    },
    120_000,
  );

  it.each(losses)(
    '$name between the claim and the command: nothing is run, and the record says Interrupted',
    async ({ name, lose, comeBack }) => {
      const { leader, standby } = await startPair();
      const [pod, next] = [`${name}-claimed`, `${name}-claimed-next`];
      const answer = hold(leader, ({ phase, shape }) => phase === 'answer' && shape === 'PATCH hookrun/status Claimed');
      await crash.restore([pod], [short]);
      await answer.reached;
      lose(leader);
      // It reads this as the first thing when it comes back.
      answer.release();
      await crash.restoreReady([next], [short]);
      await crash.finished(standby.process, [pod, next]);
      comeBack(leader);
      await isBack(name, leader);

      const fates = await crash.fates([pod, next], 1);
      expect(fates.get(pod)).toMatchObject({
        phase: 'Failed',
        hooks: [{ state: 'Interrupted', attempts: 1, count: 0 }],
      });
      expect(fates.get(next)).toMatchObject({
        phase: 'Succeeded',
        hooks: [{ state: 'Succeeded', attempts: 1, count: 1 }],
      });
      expect(leader.proxy.points.filter((point) => point.pod === pod && point.shape === 'exec hook')).toEqual([]);
    },
    120_000,
  );

  it('cut off with the command under way: it arrives long after the standby has judged, and is run once', async () => {
    const { leader, standby } = await startPair();
    const exec = hold(leader, ({ phase, shape }) => phase === 'request' && shape === 'exec hook');
    await crash.restore(['under-way'], [short]);
    await exec.reached;
    leader.proxy.cutOff();
    exec.release();
    await crash.finished(standby.process, ['under-way']);
    expect((await crash.hookRun('under-way')).status?.exec?.[0]).toMatchObject({ state: 'Interrupted', attempts: 1 });
    leader.proxy.reconnect();
    await isBack('cut-off', leader);
    await leavesEnd(leader, 'under-way');
    const fate = (await crash.fates(['under-way'], 1)).get('under-way');
    expect(fate).toMatchObject({ phase: 'Failed', hooks: [{ state: 'Interrupted', attempts: 1, count: 1 }] });
  }, 120_000);
});

describe('a leader that is told to end', () => {
  it('hands over at once, and its running hook ends and is recorded as its own', async () => {
    // So long that nobody comes to lead by waiting for it to run out.
    const { leader, standby } = await startPair({
      RESTORE_HOOKS_LEASE_DURATION_SECONDS: '600',
      RESTORE_HOOKS_LEASE_RENEW_DEADLINE_SECONDS: '500',
      RESTORE_HOOKS_SHUTDOWN_GRACE_SECONDS: '100',
    });
    await crash.restoreReady(['handed-over'], [waiting]);
    await runs('handed-over');
    leader.process.kill('SIGTERM');
    await standby.process.line(leads);
    await crash.restoreReady(['handed-over-next'], [short]);
    await crash.finished(standby.process, ['handed-over-next']);
    const [hook] = (await crash.hookRun('handed-over')).status?.exec ?? [];
    expect(hook).toMatchObject({ state: 'Claimed' });

    await crash.scene.sh('handed-over', 'touch /tmp/go');
    expect(await leader.process.ended).toBe(0);
    const fates = await crash.fates(['handed-over', 'handed-over-next'], 1);
    for (const fate of fates.values()) {
      expect(fate).toEqual({
        phase: 'Succeeded',
        mark: 'Succeeded',
        hooks: [{ state: 'Succeeded', attempts: 1, count: 1 }],
      });
    }
    expect((await crash.hookRun('handed-over')).status?.exec?.[0]).toMatchObject({
      exitCode: 0,
      stdout: { text: 'told\n' },
    });
    expect(standby.process.lines.filter(({ msg, pod }) => msg === 'hook started' && pod === 'handed-over')).toEqual([]);
  }, 120_000);
});

describe('a failure with on-error Fail, of a real Restore', () => {
  let other: TestNamespace;
  beforeAll(async () => {
    await installRestores(crash.scene.cluster);
    other = await TestNamespace.make(crash.scene.cluster);
  }, 600_000);
  afterAll(async () => {
    await other.remove();
    await removeRestores(crash.scene.cluster);
  }, 300_000);

  const restores = (...args: readonly string[]) => kubectl(crash.scene.cluster, ['-n', 'velero', ...args]);

  it('cancels the pods of its other namespaces, and makes it PartiallyFailed, though the leader that knew is gone', async () => {
    const restore = {
      ...{ apiVersion: 'velero.io/v1', kind: 'Restore', metadata: { name: 'r1', namespace: 'velero' } },
      spec: { backupName: 'b1' },
    };
    await kubectl(crash.scene.cluster, ['create', '-f', '-'], JSON.stringify(restore));
    const { leader, standby } = await startPair();
    const readinessProbe = { exec: { command: ['/bin/test', '-e', '/tmp/ready'] }, periodSeconds: 1 };
    const hook = { command: ['/bin/sh', '-c', short.script], waitForReady: true };
    await other.restore({
      name: 'waits',
      annotations: { 'restorehooks.io/exec': JSON.stringify([hook]) },
      containers: [{ name: 'main', readinessProbe }],
    });
    await leader.process.line(({ msg, pod }) => msg === 'pod taken' && pod === 'waits');
    const written = hold(leader, ({ phase, shape }) => phase === 'answer' && shape === 'PATCH hookrun/status Failed');
    await crash.restore(['fails'], [{ script: 'exit 1', more: { onError: 'Fail' } }]);
    await written.reached;
    leader.process.kill('SIGKILL');
    written.release();
    await crash.finished(standby.process, ['fails']);
    await standby.process.line(({ msg, pod }) => msg === 'hooks finished' && pod === 'waits');

    const { items } = await kubectlJson<{ readonly items: readonly HookRun[] }>(crash.scene.cluster, [
      ...['-n', other.namespace, 'get', 'hookruns'],
    ]);
    expect(items.map(({ spec, status }) => [spec.restore.name, status?.phase, status?.exec])).toEqual([
      [
        'r1',
        'Cancelled',
        [
          expect.objectContaining({
            state: 'Cancelled',
            message: expect.stringContaining(`of pod ${crash.scene.namespace}/fails`),
          }),
        ],
      ],
    ]);
    expect(await other.sh('waits', `cat ${counterOf(1)} 2>/dev/null || echo none`)).toBe('none\n');
    await restores('patch', 'restore', 'r1', '--type=merge', '-p', '{"status":{"phase":"Completed"}}');
    await restores('wait', 'restore/r1', '--for=jsonpath={.status.phase}=PartiallyFailed', '--timeout=60s');
    const { status } = await kubectlJson<{ readonly status: object }>(crash.scene.cluster, [
      ...['-n', 'velero', 'get', 'restore', 'r1'],
    ]);
    expect(status).toMatchObject({ hookStatus: { hooksAttempted: 2, hooksFailed: 2 } });
  }, 180_000);
});
