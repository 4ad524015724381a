import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Registrations } from '../support/admission.ts';
import { installDefinitions } from '../support/own-crds.ts';
import { execHook, findCluster, Scene } from '../support/scene.ts';
import { installRestores, removeRestores } from '../support/velero-crds.ts';
import { leaving, VeleroPart } from '../support/velero-part.ts';

const root = join(import.meta.dirname, '../..');
const rules = { resources: [{ name: 'rule', postHooks: [{ exec: { command: leaving('restore') } }] }] };

describe('executor give-back, after an uninstall in the middle of a restore', () => {
  let scene: Scene;
  let velero: VeleroPart;
  let registrations: Registrations;
  beforeAll(async () => {
    const { cluster } = await findCluster();
    await installRestores(cluster);
    await installDefinitions(cluster);
    scene = await Scene.open({ env: { RESTORE_HOOKS_MODE: 'takeover' } });
    velero = new VeleroPart(scene.cluster);
    registrations = await Registrations.read(scene.cluster, scene.namespace);
  }, 300_000);
  afterAll(async () => {
    await registrations.set({ pods: true, restores: true });
    await scene.close();
    await removeRestores(scene.cluster);
  }, 300_000);

  async function giveBack(): Promise<readonly { msg: string; pods?: number; restores?: number; left?: number }[]> {
    const { stdout } = await promisify(execFile)(process.execPath, ['executor/main.ts', 'give-back'], {
      cwd: root,
      // The rights of the executor are all it has.
      env: { RESTORE_HOOKS_KUBECONFIG: scene.system.executorKubeconfig },
    });
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string });
  }

  it('leaves pods and Restores as their users wrote them, and finds nothing to do the second time', async () => {
    const written = {
      ...execHook(leaving('annotation')),
      'post.hook.restore.velero.io/wait-for-ready': 'true',
      note: 'kept',
    };
    await velero.apply('r1', rules, 'create');
    const readinessProbe = { exec: { command: ['/bin/false'] } };
    const labels = { 'velero.io/restore-name': 'r1' };
    await scene.restore({
      name: 'waiting',
      labels,
      annotations: written,
      containers: [{ name: 'main', readinessProbe }],
    });
    const taken = await scene.pod('waiting');
    expect(taken.metadata.annotations).toHaveProperty(['post.hook.restorehooks.io/command']);
    expect(taken.metadata.annotations).not.toHaveProperty(['post.hook.restore.velero.io/command']);
    expect((await velero.restore('r1')).spec.hooks).toEqual({});

    await scene.system.executor.stop();
    await registrations.set({ pods: false, restores: false });
    expect(await giveBack()).toContainEqual(expect.objectContaining({ pods: 1, restores: 1, left: 0 }));

    const { metadata } = await scene.pod('waiting');
    expect(metadata.annotations).toMatchObject(written);
    expect(metadata.annotations).not.toHaveProperty(['post.hook.restorehooks.io/command']);
    const restore = await velero.restore('r1');
    expect(restore.spec.hooks).toEqual(rules);
    expect(restore.metadata.annotations ?? {}).not.toHaveProperty(['restorehooks.io/hooks']);
    expect(await giveBack()).toContainEqual(expect.objectContaining({ pods: 0, restores: 0, left: 0 }));
  }, 180_000);

  it('refuses words that it does not know, and says which there are', async () => {
    const ended = promisify(execFile)(process.execPath, ['executor/main.ts', 'givback'], { cwd: root });
    await expect(ended).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('give-back') as unknown });
  });
});
