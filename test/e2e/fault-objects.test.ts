import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { steadyClock } from '../../shared/service/steady-clock.ts';
import type { CrashScene } from '../support/crash-scene.ts';
import { FaultLine, holdFirst } from '../support/fault-line.ts';
import { ranOnce, type FaultPods } from '../support/fault-pods.ts';
import { ownLabel, startInProcess } from '../support/in-process.ts';
import { kubectl } from '../support/kubectl.ts';
import { installDefinitions, removeDefinitions } from '../support/own-crds.ts';
import { buildHook } from '../support/pods.ts';
import { idle } from '../support/scene.ts';

let line: FaultLine;
let crash: CrashScene;
let pods: FaultPods;
beforeAll(async () => {
  line = await FaultLine.open();
  ({ crash, pods } = line);
}, 240_000);
afterEach(() => line.kill(), 240_000);
afterAll(() => line.close(), 240_000);

describe('a pod that is replaced by a StatefulSet', () => {
  /** A restored pod, and the StatefulSet that takes it for its own, and makes another one of its name when it goes. */
  async function restoreWithSet(set: string): Promise<string> {
    const name = `${set}-0`;
    const labels = { app: set };
    // The other pod has none of the files by which a command would be told to end.
    await pods.restore({ name, labels, script: 'true' });
    const template = { metadata: { labels }, spec: { containers: [{ name: 'main', ...idle }] } };
    const spec = {
      replicas: 1,
      serviceName: set,
      selector: { matchLabels: labels },
      updateStrategy: { type: 'OnDelete' },
      template,
    };
    const metadata = { name: set, namespace: crash.scene.namespace };
    const object = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata, spec };
    await kubectl(crash.scene.cluster, ['apply', '-f', '-'], JSON.stringify(object));
    const owned = '--for=jsonpath={.metadata.ownerReferences[0].kind}=StatefulSet';
    await crash.scene.kubectl('wait', `pod/${name}`, owned, '--timeout=60s');
    return name;
  }

  async function replace(name: string): Promise<void> {
    const { metadata } = await crash.scene.pod(name);
    await crash.scene.kubectl('delete', 'pod', name, '--grace-period=0', '--force');
    const other = `jsonpath={.metadata.uid}`;
    for (;;) {
      const { stdout } = await crash.scene.kubectl('get', 'pod', name, '--ignore-not-found', '-o', other);
      if (stdout !== '' && stdout !== metadata.uid) break;
    }
    await crash.scene.ready(name);
  }

  it('in the moment before the look: nothing is run in the other pod', async () => {
    const look = holdFirst(({ phase, shape, pod }) => phase === 'request' && shape === 'GET pod' && pod === 'look-0');
    const held = await line.start(look.gate);
    const name = await restoreWithSet('look');
    await look.reached;
    await replace(name);
    look.release();
    const gone = await line.endOfGone(name, held);
    // Whichever comes first, what the watch brings or what the look finds.
    expect(gone).toMatchObject({ state: 'Failed', reason: expect.stringMatching(/^Pod(Replaced|Deleted)$/), count: 0 });
    expect(held.proxy.points.filter(({ shape, pod }) => shape === 'exec hook' && pod === name)).toEqual([]);
  }, 240_000);

  it('in the moment between the look and the command: what it says is not believed, and it is not run again', async () => {
    const exec = holdFirst(({ phase, shape, pod }) => phase === 'request' && shape === 'exec hook' && pod === 'exec-0');
    const held = await line.start(exec.gate);
    const name = await restoreWithSet('exec');
    await exec.reached;
    await replace(name);
    exec.release();
    const { state, reason, attempts } = await line.endOfGone(name, held);
    expect({ state, reason, attempts }).toEqual({ state: 'Failed', reason: 'PodReplaced', attempts: 1 });
    const commands = held.proxy.points.filter(
      ({ phase, shape, pod }) => phase === 'request' && shape === 'exec hook' && pod === name,
    );
    expect(commands).toHaveLength(1);
  }, 240_000);
});

describe('a user who meddles with a HookRun in mid-run', () => {
  const hookRuns = 'hookruns.restorehooks.io';
  async function hookRunOf(name: string): Promise<string> {
    return (await crash.hookRun(name)).metadata.name;
  }

  it('and says that its hook waits: the hook is not run again, and the record is set right', async () => {
    const running = await line.start();
    await pods.restore({ name: 'edited' });
    await pods.begun('edited');
    const exec = [{ state: 'Waiting', attempts: 0 }];
    const patch = JSON.stringify({ status: { exec } });
    const run = await hookRunOf('edited');
    await crash.scene.kubectl('patch', hookRuns, run, '--subresource=status', '--type=merge', '-p', patch);
    await pods.letGo('edited');
    expect(await line.end('edited', running)).toEqual(ranOnce);
  }, 240_000);

  it('and deletes it: the hook is not run again, by the next executor neither, and the pod’s mark says what came of it', async () => {
    const running = await line.start();
    await pods.restore({ name: 'deleted' });
    await pods.begun('deleted');
    await crash.scene.kubectl('delete', hookRuns, await hookRunOf('deleted'));
    await pods.letGo('deleted');
    await running.process.line(({ msg, pod }) => msg === 'hooks finished' && pod === 'deleted');
    await line.kill();
    const next = await line.start();
    await pods.restore({ name: 'after-deleted' });
    await pods.letGo('after-deleted');
    expect(await line.end('after-deleted', next)).toEqual(ranOnce);
    expect(await pods.count('deleted')).toBe(1);
    expect(await crash.scene.mark('deleted')).toBe('True Succeeded');
  }, 240_000);
});

describe('a watch', () => {
  it('whose history is compacted while it is cut: what came and went meanwhile is seen', async () => {
    const watching = await line.start();
    await pods.restore({ name: 'goes', gated: true });
    await pods.gated('goes');
    await watching.process.line(({ msg, pod }) => msg === 'pod taken' && pod === 'goes');
    const cut = holdFirst(({ phase, shape }) => phase === 'request' && shape === 'WATCH pods');
    watching.proxy.gate = cut.gate;
    const { embedded } = crash.scene;
    await embedded.stopComponent('kube-apiserver', 'SIGKILL');
    await embedded.startComponent('kube-apiserver');
    await cut.reached;
    await crash.scene.kubectl('delete', 'pod', 'goes', '--grace-period=0', '--force');
    await pods.restore({ name: 'comes' });
    await crash.scene.ready('comes');
    await compact();
    // Else it would have what came since the first restart in its memory.
    await embedded.stopComponent('kube-apiserver', 'SIGKILL');
    await embedded.startComponent('kube-apiserver');
    const lists = watching.process.lines.filter(({ msg }) => msg === 'restored pods listed').length;
    cut.release();
    await pods.letGo('comes');
    expect(await line.end('comes', watching)).toEqual(ranOnce);
    expect(await line.endOfGone('goes', watching)).toEqual({
      state: 'Failed',
      reason: 'PodDeleted',
      attempts: 0,
      count: 0,
    });
    const now = watching.process.lines.filter(({ msg }) => msg === 'restored pods listed').length;
    expect(now).toBeGreaterThan(lists);
  }, 240_000);

  /** Has etcd forget everything but the present, as the API server does every five minutes. */
  async function compact(): Promise<void> {
    const { hostname } = new URL((await apiServerUrl()).trim());
    const ask = async (path: string, body: object): Promise<{ header: { revision: string } }> => {
      const answer = await fetch(`http://${hostname}:2379/v3/kv/${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      expect(answer.status).toBe(200);
      return (await answer.json()) as { header: { revision: string } };
    };
    const { header } = await ask('range', { key: Buffer.from('none').toString('base64') });
    await ask('compaction', { revision: header.revision, physical: true });
  }

  async function apiServerUrl(): Promise<string> {
    const args = ['config', 'view', '--minify', '-o', 'jsonpath={.clusters[0].cluster.server}'];
    return (await kubectl(crash.scene.cluster, args)).stdout;
  }
});

describe('a clock that jumps in mid-run', () => {
  const hourMs = 3_600_000;
  it.each([
    { way: 'ahead', byMs: hourMs },
    { way: 'back', byMs: -hourMs },
  ])(
    'an hour $way: what waits and what runs are neither ended by it nor kept',
    async ({ way, byMs }) => {
      let jumpedMs = 0;
      const nowMs = steadyClock({ wallMs: () => Date.now() + jumpedMs, monotonicMs: () => performance.now() });
      const [running, waiting, late] = [`jump-${way}-running`, `jump-${way}-waiting`, `jump-${way}-late`] as const;
      const script = 'echo x >> /tmp/count; until [ -e /tmp/go ]; do sleep 0.1; done';
      const hook = buildHook('main', { command: ['/bin/sh', '-c', script], execTimeoutMs: 600_000 });
      const hooks = new Map([
        [running, [hook]],
        [waiting, [{ ...hook, waitForReady: true, waitTimeoutMs: 1_800_000 }]],
        [late, [{ ...hook, waitForReady: true, waitTimeoutMs: 15_000 }]],
      ]);
      const executing = startInProcess(crash.scene.cluster.kubeconfig, hooks, {}, { nowMs });
      const readinessProbe = { exec: { command: ['test', '-e', '/tmp/ready'] }, periodSeconds: 1 };
      for (const name of [running, waiting, late]) {
        const labelled = { labels: { [ownLabel]: name }, annotations: { 'restorehooks.io/admitted-for': name } };
        await crash.scene.create({ name, ...labelled, containers: [{ name: 'main', readinessProbe }] });
      }
      const said = (msg: string, name: string) => executing.line((line) => line.msg === msg && line.pod === name);
      await said('hook started', running);
      await said('pod taken', waiting);
      jumpedMs = byMs;
      expect(await said('hook ended', late)).toMatchObject({ reason: 'WaitTimeout' });
      await crash.scene.sh(waiting, 'touch /tmp/ready');
      await said('hook started', waiting);
      for (const name of [running, waiting]) {
        await crash.scene.sh(name, 'touch /tmp/go');
        expect(await said('hook ended', name)).toMatchObject({ state: 'Succeeded' });
        expect(await crash.scene.sh(name, 'cat /tmp/count')).toBe('x\n');
      }
      await executing.stop();
    },
    120_000,
  );
});

describe('an API server without the definitions', () => {
  it('is told clearly, nothing is run, and all is run once when they are there', async () => {
    await removeDefinitions(crash.scene.cluster);
    const executor = await line.launch();
    const { process } = executor;
    const told = await process.line(({ msg }) => msg.startsWith('the API server does not serve HookRuns'));
    expect(told).toMatchObject({ level: 'error', msg: expect.stringContaining('install the CRDs') });
    const { probePort } = await process.line(({ msg }) => msg === 'executor started');
    const ready = await fetch(`http://127.0.0.1:${String(probePort)}/readyz`);
    expect({ status: ready.status, said: await ready.text() }).toEqual({
      status: 503,
      said: expect.stringContaining('install the CRDs'),
    });
    await pods.restore({ name: 'undefined' });
    await crash.scene.ready('undefined');
    expect(await pods.count('undefined')).toBe(0);
    await pods.letGo('undefined');
    await installDefinitions(crash.scene.cluster);
    await process.line(({ msg, pod }) => msg === 'hooks finished' && pod === 'undefined');
    expect(await line.end('undefined', executor)).toEqual(ranOnce);
  }, 240_000);
});
