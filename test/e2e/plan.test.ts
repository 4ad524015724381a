import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonPatchOperation } from '../../shared/json-patch.ts';
import type { Container, Pod } from '../../shared/pod.ts';
import { applyPatch } from '../support/apply-patch.ts';
import { kubectl } from '../support/kubectl.ts';
import { execHook, findCluster, idle, Scene } from '../support/scene.ts';
import { installDefinitions } from '../support/own-crds.ts';
import { installRestores, removeRestores } from '../support/velero-crds.ts';
import { leaving, VeleroPart } from '../support/velero-part.ts';

interface PlannedPod {
  readonly pod: string;
  readonly restored: boolean;
  readonly restore: string | null;
  readonly init: readonly Container[];
  readonly patch: JsonPatchOperation[];
  readonly exec: readonly {
    readonly container: string;
    readonly command: readonly string[];
    readonly source: string;
  }[];
  readonly warnings: readonly string[];
}

const init = 'init.hook.restore.velero.io/';
const wait = { name: 'restore-wait', image: idle.image, command: ['/bin/true'] };
const setup = { name: 'setup', image: idle.image, command: ['/bin/true'] };

beforeAll(async () => {
  const { cluster } = await findCluster();
  await installRestores(cluster);
  await installDefinitions(cluster);
}, 300_000);
afterAll(async () => {
  await removeRestores((await findCluster()).cluster);
}, 300_000);

describe.each(['takeover', 'standalone'])('plan --live, in mode %s', (mode) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open({ env: { RESTORE_HOOKS_MODE: mode } });
    const postHooks = [
      { init: { initContainers: [{ name: 'rule', image: idle.image, command: ['/bin/true'] }], timeout: '5m' } },
      { exec: { command: leaving('second'), container: 'b', waitForReady: true } },
      { exec: { command: leaving('first'), container: 'a', onError: 'Fail', waitTimeout: '6m' } },
      { exec: { command: leaving('third'), container: 'b' } },
    ];
    const hooks = { resources: [{ name: 'rule', includedNamespaces: ['t-*'], postHooks }] };
    const velero = new VeleroPart(scene.cluster);
    await velero.apply(`plan-${mode}`, hooks, 'create');
    const policy = {
      apiVersion: 'restorehooks.io/v1alpha1',
      kind: 'RestoreHookPolicy',
      metadata: { name: 'standing', namespace: scene.namespace },
      spec: { resources: [{ name: 'all', postHooks: [{ exec: { command: leaving('policy'), container: 'a' } }] }] },
    };
    await kubectl(scene.cluster, ['create', '-f', '-'], JSON.stringify(policy));
  }, 120_000);
  afterAll(async () => {
    await scene.close();
  }, 300_000);

  /** The command line as a user starts it, from its sources. */
  async function plan(pod: object): Promise<PlannedPod> {
    const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
    const args = ['plan', '--live', '--mode', mode, '--kubeconfig', scene.cluster.kubeconfig, '-o', 'json', '-f', '-'];
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(JSON.stringify(pod));
    const [planned] = JSON.parse(await text(child.stdout)) as PlannedPod[];
    if (planned === undefined) throw new Error('no pod was planned');
    return planned;
  }

  it.each<[string, Record<string, string>, readonly object[]]>([
    ['restore', {}, []],
    ['waiting', {}, [wait, setup]],
    [
      'annotated',
      { [`${init}container-image`]: idle.image, [`${init}command`]: '/bin/true', ...execHook(leaving('annotation')) },
      [setup],
    ],
    [
      'lists',
      {
        'restorehooks.io/exec': JSON.stringify([{ command: leaving('own'), container: 'b', onErorr: 'Fail' }]),
        'restorehooks.io/init': JSON.stringify([
          { image: idle.image, command: ['/bin/true'], env: [{ name: 'A', value: 1 }] },
        ]),
        'restorehooks.io/admitted-for': 'an earlier one',
      },
      [setup, wait],
    ],
  ])(
    'foretells what becomes of a pod: %s',
    async (name, annotations, initContainers) => {
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name,
          namespace: scene.namespace,
          labels: { 'velero.io/restore-name': `plan-${mode}` },
          annotations,
        },
        spec: {
          terminationGracePeriodSeconds: 0,
          initContainers,
          containers: [
            { name: 'a', ...idle },
            { name: 'b', ...idle },
          ],
        },
      };
      const planned = await plan(pod);
      expect(planned).toMatchObject({ pod: `${scene.namespace}/${name}`, restored: true, restore: `plan-${mode}` });
      const { stdout, stderr } = await kubectl(scene.cluster, ['create', '-o', 'json', '-f', '-'], JSON.stringify(pod));
      const created = JSON.parse(stdout) as Pod;
      const foretold = applyPatch(pod as Pod, planned.patch);
      const shape = ({ spec, metadata }: Pod) => ({
        init: (spec.initContainers ?? []).map((each) => ({
          name: each.name,
          image: each.image,
          command: each.command,
        })),
        annotations: metadata.annotations,
      });
      expect(shape(created)).toEqual(shape(foretold));
      expect(planned.init.map((each) => each.name)).toEqual(
        shape(created)
          .init.map((each) => each.name)
          .filter((each) => !initContainers.some((own) => 'name' in own && own.name === each)),
      );
      expect([...stderr.matchAll(/^Warning: (.*)$/gm)].map(([, warning]) => warning)).toEqual(planned.warnings);
      await scene.told('hooks finished', name);
      const ran = scene.system.executor.lines.filter(({ msg, pod: of }) => msg === 'hook started' && of === name);
      expect(ran.map(({ container, source }) => ({ container, source }))).toEqual(
        planned.exec.map(({ container, source }) => ({ container, source })),
      );
    },
    120_000,
  );
});
