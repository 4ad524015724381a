import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { FaultPods, ranOnce } from '../support/fault-pods.ts';
import { withFlags } from '../support/component-flags.ts';
import { kubectl } from '../support/kubectl.ts';
import { Scene } from '../support/scene.ts';

let scene: Scene;
let pods: FaultPods;
let endGrace: () => Promise<void>;
beforeAll(async () => {
  scene = await Scene.open();
  pods = await FaultPods.open(scene);
  // The default is 50 s. A kubelet renews its Lease every 10 s.
  endGrace = await withFlags(scene.embedded.name, 'kube-controller-manager', [
    '--node-monitor-grace-period=15s',
    '--node-monitor-period=1s',
  ]);
}, 240_000);
afterAll(async () => {
  // Also where the test has failed: the tests after it have the same node.
  await scene.embedded.resumeComponent('kubelet');
  await nodeIs('Ready');
  await endGrace();
  await scene.close();
  await pods.close();
}, 300_000);

async function nodeIs(condition: string): Promise<void> {
  const node = `node/${scene.embedded.nodeName}`;
  await kubectl(scene.cluster, ['wait', node, `--for=condition=${condition}`, '--timeout=120s']);
}

it('a node that is NotReady for longer than its grace period, with its containers running on: the hook in flight goes on, those that wait run later', async () => {
  await pods.restore({ name: 'running' });
  await pods.begun('running');
  await pods.restore({ name: 'waiting', gated: true });
  await pods.restore({ name: 'evicted', gated: true });
  for (const name of ['waiting', 'evicted']) await Promise.all([pods.gated(name), scene.told('pod taken', name)]);

  await scene.embedded.pauseComponent('kubelet');
  await nodeIs('Ready=Unknown');
  // As the eviction of a tainted node does it, which does not come where all nodes are away. The kubelet cannot end it, but
  // nothing is begun in it any more.
  await scene.kubectl('delete', 'pod', 'evicted', '--wait=false');
  await scene.finished('evicted');
  await pods.letGo('running');
  await pods.done('running');
  await pods.letGo('waiting');
  await pods.openGate('waiting');

  await scene.embedded.resumeComponent('kubelet');
  await nodeIs('Ready');
  const names = ['running', 'waiting'];
  await Promise.all(names.map((name) => scene.finished(name)));
  expect(await Promise.all(names.map((name) => pods.end(name)))).toEqual([ranOnce, ranOnce]);
  expect(await pods.end('evicted')).toEqual({ state: 'Failed', reason: 'PodDeleted', attempts: 0, count: 0 });
}, 400_000);
