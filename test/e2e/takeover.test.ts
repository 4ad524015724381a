import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Registrations } from '../support/admission.ts';
import { kubectl, kubectlJson } from '../support/kubectl.ts';
import { execHook, findCluster, Scene } from '../support/scene.ts';
import { installDefinitions } from '../support/own-crds.ts';
import { installRestores, removeRestores } from '../support/velero-crds.ts';
import { leaving, VeleroPart } from '../support/velero-part.ts';

const movedKey = 'post.hook.restorehooks.io/command';
const velerosKey = 'post.hook.restore.velero.io/command';
const hooksKey = 'restorehooks.io/hooks';
const debug = { RESTORE_HOOKS_LOG_LEVEL: 'debug' };

function rules(...commands: readonly (readonly string[])[]) {
  return { resources: [{ name: 'rule', postHooks: commands.map((command) => ({ exec: { command } })) }] };
}

beforeAll(async () => {
  const { cluster } = await findCluster();
  await installRestores(cluster);
  await installDefinitions(cluster);
}, 300_000);
afterAll(async () => {
  await removeRestores((await findCluster()).cluster);
}, 300_000);

describe('a takeover', () => {
  let scene: Scene;
  let velero: VeleroPart;
  let registrations: Registrations;
  beforeAll(async () => {
    scene = await Scene.open({ env: { ...debug, RESTORE_HOOKS_MODE: 'takeover' } });
    velero = new VeleroPart(scene.cluster);
    registrations = await Registrations.read(scene.cluster, scene.namespace);
  }, 120_000);
  afterAll(async () => {
    await registrations.set({ pods: true, restores: true });
    await scene.close();
  }, 300_000);

  const restore = (name: string, labelled: string, annotations: Record<string, string> = {}) =>
    scene.restore({ name, annotations, labels: { 'velero.io/restore-name': labelled } });
  const ran = (pod: string) => scene.sh(pod, 'cat /tmp/ran 2>/dev/null || echo nothing');
  /** Without kubectl's own. */
  const annotationsOf = async (pod: string) => {
    const { metadata } = await scene.pod(pod);
    return Object.fromEntries(
      Object.entries(metadata.annotations ?? {}).filter(([key]) => !key.startsWith('kubectl.')),
    );
  };

  it('takes hooks that are written again to a Restore nobody has begun, as a GitOps tool does', async () => {
    await velero.apply('again', rules(leaving('first')), 'create');
    await velero.apply('again', rules(leaving('second')), 'replace');
    const stored = await velero.restore('again');
    expect(stored.spec.hooks).toEqual({});
    expect(JSON.parse(stored.metadata.annotations?.[hooksKey] ?? '')).toEqual(rules(leaving('second')));
    await restore('again', 'again');
    await scene.told('hooks finished', 'again');
    expect(await ran('again')).toBe('second\n');
  }, 120_000);

  it('drops hooks that are written to a Restore under way, and says so', async () => {
    await velero.apply('late', rules(leaving('first')), 'create');
    await velero.begin('late');
    const { metadata } = await velero.restore('late');
    const { stderr } = await velero.apply('late', rules(leaving('second')), 'replace', {
      metadata: { name: 'late', namespace: 'velero', annotations: metadata.annotations },
      status: { phase: 'InProgress' },
    });
    expect(stderr).toContain('Restore "late" is InProgress already: hooks written to it now are dropped');
    const stored = await velero.restore('late');
    expect(stored.spec.hooks).toEqual({});
    expect(JSON.parse(stored.metadata.annotations?.[hooksKey] ?? '')).toEqual(rules(leaving('first')));
  }, 120_000);

  it('leaves hooks that a Velero may have read, whatever is written to the Restore later', async () => {
    await registrations.set({ pods: true, restores: false });
    await velero.apply('read', rules(leaving('restore')), 'create');
    await registrations.set({ pods: true, restores: true });
    await velero.setStatus('read', { phase: 'New' });
    await kubectl(scene.cluster, ['-n', 'velero', 'annotate', 'restore', 'read', 'note=1']);
    const stored = await velero.restore('read');
    expect(stored.spec.hooks).toEqual(rules(leaving('restore')));
    expect(stored.metadata.annotations).not.toHaveProperty([hooksKey]);
  }, 120_000);

  it('leaves a Restore whose hooks are larger than annotations may be, and all of its pods, to Velero', async () => {
    const large = rules(leaving('restore'), ['/bin/true', 'x'.repeat(262_144)]);
    const { stderr } = await velero.apply('large', large, 'create');
    expect(stderr).toContain('Restore "large" has more hooks than its annotations hold: they are left to Velero');
    expect((await velero.restore('large')).spec.hooks).toEqual(large);
    await restore('large', 'large', execHook(leaving('annotation')));
    await scene.told('pod left', 'large');
    expect(await annotationsOf('large')).toEqual({ [velerosKey]: JSON.stringify(leaving('annotation')) });
  }, 120_000);

  it('gives a command back that an earlier takeover moved, where Velero has the Restore: in the answer to the creation', async () => {
    const moved = { [movedKey]: JSON.stringify(leaving('annotation')) };
    await restore('read-pod', 'read', moved);
    expect(await annotationsOf('read-pod')).toEqual({ [velerosKey]: moved[movedKey] });
    await scene.told('pod left', 'read-pod');
  }, 60_000);

  it('gives it back later, too, if the webhook was down', async () => {
    await registrations.set({ pods: false, restores: true });
    await restore('read-late', 'read', { [movedKey]: JSON.stringify(leaving('annotation')) });
    await registrations.set({ pods: true, restores: true });
    await scene.told('command given back to Velero', 'read-late');
    expect(await annotationsOf('read-late')).toEqual({ [velerosKey]: JSON.stringify(leaving('annotation')) });
    await scene.told('pod left', 'read-late');
    await scene.ready('read-late');
    expect(await ran('read-late')).toBe('nothing\n');
  }, 120_000);

  it('runs a moved command that came out of a backup', async () => {
    await restore('backed-up', 'no-such-restore', { [movedKey]: JSON.stringify(leaving('moved')) });
    await scene.told('hooks finished', 'backed-up');
    expect(await ran('backed-up')).toBe('moved\n');
    expect(await annotationsOf('backed-up')).toMatchObject({ [velerosKey]: JSON.stringify(leaving('moved')) });
    expect(await annotationsOf('backed-up')).not.toHaveProperty([movedKey]);
  }, 120_000);

  it('finds a Restore whose name is longer than a label, and one that came in the same moment as its pod', async () => {
    const name = `nightly-${'x'.repeat(120)}`;
    const label = 'nightly-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx';
    await velero.apply(name, rules(leaving('restore')), 'create');
    const { createHash } = await import('node:crypto');
    const digits = createHash('sha256').update(name).digest('hex').slice(0, 6);
    await restore('long', `${label}${digits}`);
    await scene.told('hooks finished', 'long');
    expect(await ran('long')).toBe('restore\n');
  }, 120_000);

  it('takes no pod that is made after its Restore is complete', async () => {
    await velero.apply('done', rules(leaving('restore')), 'create');
    await velero.begin('done');
    const completionTimestamp = new Date(Date.now() - 60_000).toISOString().replace(/\.\d+Z$/, 'Z');
    await velero.setStatus('done', { phase: 'Completed', completionTimestamp });
    const { executor } = scene.system;
    await restore('after', 'done', execHook(leaving('annotation')));
    const { why } = await executor.line(({ msg, pod }) => msg === 'pod left' && pod === 'after');
    expect(why).toBe('too late');
    expect(await annotationsOf('after')).toEqual({ [velerosKey]: JSON.stringify(leaving('annotation')) });
    expect(await scene.events('after')).toEqual([]);
  }, 120_000);
});

describe('a takeover of some namespaces', () => {
  let scene: Scene;
  let velero: VeleroPart;
  beforeAll(async () => {
    const env = { ...debug, RESTORE_HOOKS_MODE: 'takeover', RESTORE_HOOKS_TAKEOVER_NAMESPACES: 'taken' };
    scene = await Scene.open({ env, namespace: 'taken' });
    velero = new VeleroPart(scene.cluster);
    await kubectl(scene.cluster, ['create', 'namespace', 'not-taken']);
  }, 120_000);
  afterAll(async () => {
    await kubectl(scene.cluster, ['delete', 'namespace', 'not-taken', '--wait', '--timeout=120s']);
    await scene.close();
  }, 300_000);

  it('moves no Restore, moves the commands of its own pods, and leaves other pods whole, saying so', async () => {
    await velero.apply('some', rules(leaving('restore')), 'create');
    expect((await velero.restore('some')).spec.hooks).toEqual(rules(leaving('restore')));
    await scene.restore({ name: 'ours', annotations: execHook(leaving('annotation')) });
    await scene.told('hooks finished', 'ours');
    expect(await scene.sh('ours', 'cat /tmp/ran')).toBe('annotation\n');
    const own = { 'restorehooks.io/exec': JSON.stringify([{ command: leaving('own') }]) };
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'theirs',
        namespace: 'not-taken',
        labels: { 'velero.io/restore-name': 'r1' },
        annotations: { ...execHook(leaving('annotation')), ...own },
      },
      spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'busybox:1.35' }] },
    };
    const { stderr } = await kubectl(scene.cluster, ['create', '-f', '-'], JSON.stringify(pod));
    expect(stderr).toContain('this namespace is not taken over from Velero: 1 of our own hooks not run in this pod');
    await scene.system.executor.line(({ msg, pod: name }) => msg === 'pod left' && name === 'theirs');
    const stored = await kubectlJson<typeof pod>(scene.cluster, ['-n', 'not-taken', 'get', 'pod', 'theirs']);
    expect(stored.metadata.annotations).toEqual(pod.metadata.annotations);
  }, 120_000);
});

describe('policies', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open({ env: { ...debug, RESTORE_HOOKS_MODE: 'standalone' } });
  }, 120_000);
  afterAll(async () => {
    await kubectl(scene.cluster, ['delete', 'rhp', '-n', 'restore-hooks', '--all']);
    await scene.close();
  }, 300_000);

  interface PolicyStatus {
    readonly metadata: { readonly generation: number };
    readonly status?: {
      readonly matchedPods?: number;
      readonly observedGeneration?: number;
      readonly lastProblem?: { readonly message: string };
    };
  }

  async function createPolicy(name: string, namespace: string, resources: object): Promise<void> {
    const metadata = { name, namespace };
    const policy = { apiVersion: 'restorehooks.io/v1alpha1', kind: 'RestoreHookPolicy', metadata, spec: { resources } };
    await kubectl(scene.cluster, ['create', '-f', '-'], JSON.stringify(policy));
  }

  it('of the system’s namespace hook any namespace, those of another only their own, in the order of their names', async () => {
    const post = (name: string) => [{ name: 'rule', postHooks: [{ exec: { command: leaving(name) } }] }];
    await createPolicy('b-system', 'restore-hooks', post('b-system'));
    await createPolicy('a-local', scene.namespace, post('a-local'));
    await createPolicy('c-foreign', 'default', post('c-foreign'));
    await scene.restore({ name: 'standing' });
    await scene.told('hooks finished', 'standing');
    expect(await scene.sh('standing', 'cat /tmp/ran')).toBe('a-local\nb-system\n');
    await kubectl(scene.cluster, ['delete', 'rhp', '-n', 'default', 'c-foreign']);
    await kubectl(scene.cluster, ['delete', 'rhp', '-n', 'restore-hooks', 'b-system']);
  }, 120_000);

  it('tell in their status how many pods they matched, and what went wrong', async () => {
    await createPolicy('failing', scene.namespace, [
      {
        name: 'broken',
        labelSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['db'] }] },
        postHooks: [{ exec: { command: ['/bin/false'] } }],
      },
    ]);
    for (const name of ['one', 'two']) await scene.restore({ name, labels: { app: 'db' } });
    for (const name of ['one', 'two']) await scene.told('hooks finished', name);
    await scene.kubectl('wait', 'rhp/failing', '--for=jsonpath={.status.matchedPods}=2', '--timeout=60s');
    await scene.kubectl('wait', 'rhp/failing', '--for=jsonpath={.status.lastProblem.message}', '--timeout=60s');
    const args = ['-n', scene.namespace, 'get', 'rhp', 'failing'];
    const { metadata, status } = await kubectlJson<PolicyStatus>(scene.cluster, args);
    expect(status?.observedGeneration).toBe(metadata.generation);
    expect(status?.lastProblem?.message).toContain('failing/broken: NonZeroExit');
    const { stdout } = await scene.kubectl('get', 'rhp', 'failing');
    expect(stdout).toMatch(/failing.*2.*NonZeroExit/);
  }, 120_000);
});
