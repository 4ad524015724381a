import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pod } from '../../shared/pod.ts';
import { Registrations, type Admission } from '../support/admission.ts';
import { kubectl } from '../support/kubectl.ts';
import { execHook, findCluster, idle, Scene } from '../support/scene.ts';
import { installDefinitions } from '../support/own-crds.ts';
import { installRestores, removeRestores } from '../support/velero-crds.ts';
import { leaving, VeleroPart } from '../support/velero-part.ts';

type Mode = 'takeover' | 'standalone' | 'observe' | 'auto';

/** Where hooks stand: on the pod for Velero, on the pod for us, in the Restore, in a policy. */
type Source = 'annotation' | 'own' | 'restore' | 'policy';

const kinds = {
  annotation: ['annotation'],
  own: ['own'],
  restore: ['restore'],
  policy: ['policy'],
  'annotation and restore': ['annotation', 'restore'],
  'own and restore': ['own', 'restore'],
  'policy and restore': ['policy', 'restore'],
} satisfies Record<string, readonly Source[]>;
type Kind = keyof typeof kinds;

/** What becomes of a pod: what Velero runs in it, what the executor does, and whether anything is said of hooks not run. */
type Outcome = `${'annotation' | 'restore' | 'nothing'} by Velero, ${string} by us${'' | ', told'}`;

interface Situation {
  readonly mode: Mode;
  /** A Velero works on the Restore; otherwise nobody does. */
  readonly velero: boolean;
  readonly admission: Admission;
  readonly outcomes: Readonly<Record<Kind, Outcome>>;
}

const up = { pods: true, restores: true };
const restoresDown = { pods: true, restores: false };
const podsDown = { pods: false, restores: true };
const down = { pods: false, restores: false };

const ours: Situation['outcomes'] = {
  annotation: 'nothing by Velero, annotation by us',
  own: 'nothing by Velero, own by us',
  restore: 'nothing by Velero, restore by us',
  policy: 'nothing by Velero, policy by us',
  'annotation and restore': 'nothing by Velero, annotation by us',
  'own and restore': 'nothing by Velero, own by us',
  'policy and restore': 'nothing by Velero, restore policy by us',
};
const missed: Situation['outcomes'] = {
  annotation: 'nothing by Velero, nothing by us, told',
  own: 'nothing by Velero, nothing by us, told',
  restore: 'nothing by Velero, nothing by us, told',
  policy: 'nothing by Velero, nothing by us, told',
  'annotation and restore': 'nothing by Velero, nothing by us, told',
  'own and restore': 'nothing by Velero, nothing by us, told',
  'policy and restore': 'nothing by Velero, nothing by us, told',
};
const leftAlone: Situation['outcomes'] = {
  annotation: 'annotation by Velero, nothing by us, told',
  own: 'nothing by Velero, nothing by us, told',
  restore: 'restore by Velero, nothing by us, told',
  policy: 'nothing by Velero, nothing by us, told',
  'annotation and restore': 'annotation by Velero, nothing by us, told',
  'own and restore': 'restore by Velero, nothing by us, told',
  'policy and restore': 'restore by Velero, nothing by us, told',
};
const observed: Situation['outcomes'] = {
  annotation: 'annotation by Velero, nothing by us',
  own: 'nothing by Velero, nothing by us',
  restore: 'restore by Velero, nothing by us',
  policy: 'nothing by Velero, nothing by us',
  'annotation and restore': 'annotation by Velero, nothing by us',
  'own and restore': 'restore by Velero, nothing by us',
  'policy and restore': 'restore by Velero, nothing by us',
};

const situations: readonly Situation[] = [
  { mode: 'takeover', velero: true, admission: up, outcomes: ours },
  {
    mode: 'takeover',
    velero: true,
    admission: restoresDown,
    outcomes: {
      ...ours,
      restore: 'restore by Velero, nothing by us',
      'annotation and restore': 'annotation by Velero, nothing by us',
      'own and restore': 'restore by Velero, nothing by us, told',
      'policy and restore': 'restore by Velero, nothing by us, told',
    },
  },
  {
    mode: 'takeover',
    velero: true,
    admission: podsDown,
    outcomes: {
      ...missed,
      annotation: 'annotation by Velero, nothing by us',
      'annotation and restore': 'annotation by Velero, nothing by us',
    },
  },
  {
    mode: 'takeover',
    velero: true,
    admission: down,
    outcomes: {
      annotation: 'annotation by Velero, nothing by us',
      own: 'nothing by Velero, nothing by us, told',
      restore: 'restore by Velero, nothing by us',
      policy: 'nothing by Velero, nothing by us, told',
      'annotation and restore': 'annotation by Velero, nothing by us',
      'own and restore': 'restore by Velero, nothing by us, told',
      'policy and restore': 'restore by Velero, nothing by us, told',
    },
  },
  // Where nobody works on the Restore, a Velero that is not there runs nothing.
  { mode: 'standalone', velero: false, admission: { pods: true, restores: false }, outcomes: ours },
  { mode: 'standalone', velero: false, admission: down, outcomes: missed },
  { mode: 'standalone', velero: true, admission: { pods: true, restores: false }, outcomes: leftAlone },
  { mode: 'standalone', velero: true, admission: down, outcomes: leftAlone },
  { mode: 'observe', velero: true, admission: { pods: true, restores: false }, outcomes: observed },
  { mode: 'observe', velero: true, admission: down, outcomes: observed },
  { mode: 'auto', velero: true, admission: up, outcomes: ours },
];

beforeAll(async () => {
  const { cluster } = await findCluster();
  await installRestores(cluster);
  await installDefinitions(cluster);
}, 300_000);
afterAll(async () => {
  await removeRestores((await findCluster()).cluster);
}, 300_000);

describe.each<Mode>(['takeover', 'standalone', 'observe', 'auto'])('in mode %s', (mode) => {
  let scene: Scene;
  let velero: VeleroPart;
  let registrations: Registrations;
  beforeAll(async () => {
    scene = await Scene.open({ env: { RESTORE_HOOKS_MODE: mode, RESTORE_HOOKS_LOG_LEVEL: 'debug' } });
    velero = new VeleroPart(scene.cluster);
    registrations = await Registrations.read(scene.cluster, scene.namespace);
    await createPolicy(scene);
  }, 120_000);
  afterAll(async () => {
    await registrations.set({ pods: true, restores: mode === 'takeover' || mode === 'auto' });
    await scene.close();
  }, 300_000);

  const cases = situations
    .filter((situation) => situation.mode === mode)
    .map((situation, index) => ({ ...situation, index, what: told(situation) }));
  describe.each(cases)('$what', ({ velero: atWork, admission, outcomes, index }) => {
    const found = new Map<Kind, { outcome: string; pod: Pod }>();
    beforeAll(async () => {
      await registrations.set(admission);
      await Promise.all(
        Object.keys(kinds).map(async (kind) => {
          const name = `${kind.replaceAll(' ', '-')}-${index}`;
          found.set(kind as Kind, await play(scene, velero, kind as Kind, name, `${mode}-${name}`, atWork));
        }),
      );
    }, 240_000);

    it.each(Object.entries(outcomes))('hooks in %s: %s', (kind, outcome) => {
      expect(found.get(kind as Kind)?.outcome).toBe(outcome);
    });

    it('leaves the user’s annotations as they were written', () => {
      const commands = [...found].map(([kind, { pod }]) => {
        const annotations = pod.metadata.annotations ?? {};
        const moved = 'post.hook.restorehooks.io/command' in annotations;
        return { kind, inPlace: 'post.hook.restore.velero.io/command' in annotations, moved };
      });
      const isAnnotated = (kind: Kind) => kind.startsWith('annotation');
      expect(commands).toEqual([...found.keys()].map((kind) => ({ kind, inPlace: isAnnotated(kind), moved: false })));
    });
  });
});

function told({ velero, admission }: Situation): string {
  const words = [velero ? 'a Velero at work' : 'no Velero'];
  if (!admission.pods) words.push('the webhook down for pods');
  if (!admission.restores) words.push('and not asked about Restores');
  return words.join(', ');
}

async function createPolicy(scene: Scene): Promise<void> {
  const labelSelector = { matchLabels: { standing: 'yes' } };
  const policy = {
    apiVersion: 'restorehooks.io/v1alpha1',
    kind: 'RestoreHookPolicy',
    metadata: { name: 'standing', namespace: scene.namespace },
    spec: { resources: [{ name: 'rule', labelSelector, postHooks: [{ exec: { command: leaving('policy') } }] }] },
  };
  await kubectl(scene.cluster, ['create', '-f', '-'], JSON.stringify(policy));
}

/** One Restore and one pod of it, from the user's wish to the end. */
async function play(scene: Scene, velero: VeleroPart, kind: Kind, name: string, restore: string, atWork: boolean) {
  const sources: readonly Source[] = kinds[kind];
  const has = (source: Source) => sources.includes(source);
  await velero.createRestore(restore, scene.namespace, has('restore') ? [leaving('restore')] : []);
  const read = atWork ? await velero.begin(restore) : await velero.restore(restore);
  const created = await create(
    scene,
    name,
    restore,
    {
      ...(has('annotation') && execHook(leaving('annotation'))),
      ...(has('own') && { 'restorehooks.io/exec': JSON.stringify([{ command: leaving('own') }]) }),
    },
    has('policy'),
  );
  const { executor } = scene.system;
  const line = await executor.line(
    ({ msg, pod, namespace }) =>
      pod === name && namespace === scene.namespace && ['hooks finished', 'hooks missed', 'pod left'].includes(msg),
  );
  await scene.ready(name);
  const ran = (await scene.sh(name, 'cat /tmp/ran 2>/dev/null || true'))
    .trim()
    .split('\n')
    .filter((word) => word !== '');
  const isTold = line.msg === 'hooks missed' || (line.msg === 'pod left' && (await isWarned(scene, name)));
  const byVelero = atWork ? velero.runsIn(created, read) : null;
  const byUs = ran.length === 0 ? 'nothing' : ran.join(' ');
  const outcome = `${byVelero ?? 'nothing'} by Velero, ${byUs} by us${isTold ? ', told' : ''}`;
  return { outcome, pod: await scene.pod(name) };
}

async function create(
  scene: Scene,
  name: string,
  restore: string,
  annotations: object,
  standing: boolean,
): Promise<Pod> {
  const labels = { 'velero.io/restore-name': restore, ...(standing && { standing: 'yes' }) };
  const metadata = { name, namespace: scene.namespace, labels, annotations };
  const spec = { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', ...idle }] };
  const pod = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec });
  const { stdout } = await kubectl(scene.cluster, ['create', '-o', 'json', '-f', '-'], pod);
  return JSON.parse(stdout) as Pod;
}

/** Said of this pod, in the log and so in an Event, when it was left. */
async function isWarned(scene: Scene, name: string): Promise<boolean> {
  const said = scene.system.executor.lines.some(
    ({ msg, pod, namespace, code }) =>
      msg === 'hook warning' && pod === name && namespace === scene.namespace && code === 'LeftToVelero',
  );
  if (said) await scene.eventsWith(name, 'HookWarning');
  return said;
}
