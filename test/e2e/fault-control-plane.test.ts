import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { FaultPods, nextLine, ranOnce } from '../support/fault-pods.ts';
import type { LogLine } from '../support/log-lines.ts';
import { jail } from '../support/jail.ts';
import { Scene } from '../support/scene.ts';

const nobody = () => Promise.resolve();
/** Ends what a test has begun, if it did not come to. */
let free: () => Promise<void> = nobody;
let scene: Scene;
let pods: FaultPods;
beforeAll(async () => {
  scene = await Scene.open();
  pods = await FaultPods.open(scene);
}, 240_000);
afterEach(async () => {
  const end = free;
  free = nobody;
  await end();
}, 240_000);
afterAll(async () => {
  await scene.close();
  await pods.close();
}, 180_000);

/** A pod whose hook is under way, and pods that wait for theirs. */
async function restore(running: string, waiting: readonly string[]): Promise<void> {
  await Promise.all([pods.restore({ name: running }), ...waiting.map((name) => pods.restore({ name, gated: true }))]);
  await Promise.all([
    pods.begun(running),
    ...waiting.map((name) => pods.gated(name)),
    ...waiting.map((name) => scene.told('pod taken', name)),
  ]);
}

const says =
  (msg: string) =>
  (line: LogLine): boolean =>
    line.msg === msg;
const lost = () => nextLine(scene.system.executor, says('not leading any more'));
const ends = (names: readonly string[]) => Promise.all(names.map((name) => pods.end(name)));
const finished = (names: readonly string[]) => Promise.all(names.map((name) => scene.finished(name)));
const named = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
const letAllGo = (names: readonly string[]) => Promise.all(names.map((name) => pods.letGo(name)));

describe('etcd that restarts', () => {
  it('in mid-hook, away for longer than the Lease: the end is written when it is back, and no hook is lost', async () => {
    const waiting = named('etcd-waiting', 3);
    await restore('etcd-running', waiting);
    const loss = lost();
    await scene.embedded.stopComponent('etcd', 'SIGKILL');
    await loss;
    // Its command ends while nothing can be written, and others could be run.
    await letAllGo(['etcd-running', ...waiting]);
    await pods.openGate('etcd-waiting-0');
    await pods.done('etcd-running');
    await scene.embedded.startComponent('etcd');
    await Promise.all(waiting.slice(1).map((name) => pods.openGate(name)));
    const names = ['etcd-running', ...waiting];
    await finished(names);
    expect(await ends(names)).toEqual(names.map(() => ranOnce));
    expect(await pods.record('etcd-running')).toMatchObject({ exitCode: 0, stdout: { text: 'told\n' } });
  }, 180_000);
});

describe('an API server that is away for a minute', () => {
  it('with one hook in flight: that one is ConnectionLost and not run again, those that wait run once', async () => {
    const waiting = named('outage-waiting', 4);
    await restore('outage-running', waiting);
    const loss = lost();
    await scene.embedded.stopComponent('kube-apiserver', 'SIGKILL');
    await loss;
    await letAllGo(waiting);
    // Two of them could be run from here on, were there somebody to ask.
    await Promise.all(waiting.slice(0, 2).map((name) => pods.openGate(name)));
    // The outage itself.
    await delay(60_000);
    expect(await Promise.all(waiting.map((name) => pods.count(name)))).toEqual([0, 0, 0, 0]);
    await scene.embedded.startComponent('kube-apiserver');
    await Promise.all(waiting.slice(2).map((name) => pods.openGate(name)));
    await finished(['outage-running', ...waiting]);
    expect(await ends(waiting)).toEqual(waiting.map(() => ranOnce));
    const running = await pods.end('outage-running');
    expect(running).toEqual({ state: 'Failed', reason: 'ConnectionLost', attempts: 1, count: 1 });
    expect(await scene.mark('outage-running')).toBe('False Failed');
  }, 300_000);
});

describe('an API server that answers 429 with Retry-After', () => {
  it('to everything, in mid-hook and for longer than the Lease: the end is written, by the same executor, later', async () => {
    const waiting = named('jailed-waiting', 2);
    await restore('jailed-running', waiting);
    const loss = lost();
    free = await jail(scene.cluster, scene.system.executorKubeconfig, { apiGroups: ['*'], resources: ['*'] });
    await loss;
    await letAllGo(['jailed-running', ...waiting]);
    await Promise.all(waiting.map((name) => pods.openGate(name)));
    await pods.done('jailed-running');
    await free();
    const names = ['jailed-running', ...waiting];
    await finished(names);
    expect(await ends(names)).toEqual(names.map(() => ranOnce));
  }, 240_000);
});

describe('everything at once', () => {
  it('killed in mid-hook, executor and all: what was in flight is Interrupted, or run again where so asked; the rest runs once', async () => {
    const waiting = named('all-waiting', 3);
    const script = '[ -e $F.again ] && exit; touch $F.again; until [ -e $F.go ]; do sleep 0.1; done';
    await pods.restore({ name: 'all-retried', script, hook: { onInterrupt: 'Retry' } });
    await restore('all-running', waiting);
    await pods.begun('all-retried');
    await pods.recorded('all-retried', 'claim.group');
    scene.system.executor.kill('SIGKILL');
    const components = ['kubelet', 'kube-apiserver', 'etcd', 'containerd'] as const;
    await Promise.all(components.map((component) => scene.embedded.stopComponent(component, 'SIGKILL')));
    await scene.system.executor.ended;
    // The executor is the first to come back, and finds nobody.
    const executor = scene.system.launchExecutor();
    scene.system.executor = executor;
    await letAllGo(waiting);
    await Promise.all(waiting.map((name) => pods.openGate(name)));
    for (const component of components.toReversed()) await scene.embedded.startComponent(component);
    const names = ['all-running', 'all-retried', ...waiting];
    await finished(names);
    expect(await ends(names)).toEqual([
      { state: 'Interrupted', reason: 'Interrupted', attempts: 1, count: 1 },
      { ...ranOnce, attempts: 2, count: 2 },
      ...waiting.map(() => ranOnce),
    ]);
  }, 240_000);
});
