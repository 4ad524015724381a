import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { installGuard, removeGuard } from '../support/guard.ts';
import { execRight, passed, podRights, userMaker, type Answer, type User } from '../support/guard-users.ts';
import {
  commandKey,
  containerKey,
  hooked,
  labelled,
  makeOwner,
  movedKey,
  ownList,
  podsPath,
  restingPod,
  restoreLabel,
  stampKey,
} from '../support/guarded-pods.ts';
import type { AnyCluster } from '../support/own-cluster.ts';
import { findCluster } from '../support/scene.ts';
import { TestNamespace, uniqueName } from '../support/test-namespace.ts';

const policy = 'restore-hooks-guard-pods';
const otherPolicy = 'restore-hooks-guard-other-pods';

// A test asks a dozen questions or more, of a machine that may be busy.
jest.setTimeout(60_000);

let cluster: AnyCluster;
let home: TestNamespace;
let namespace: string;
let administrator: User;
/** May do with pods what one does, and not exec. */
let podUser: User;
/** May exec, too, in this namespace. */
let execUser: User;
let owner: object;

beforeAll(async () => {
  ({ cluster } = await findCluster());
  home = await TestNamespace.make(cluster);
  ({ namespace } = home);
  const user = await userMaker(cluster);
  administrator = user('admin', ['system:masters']);
  podUser = await user('pod-user').may(namespace, podRights);
  execUser = await user('exec-user').may(namespace, podRights, execRight);
  owner = await makeOwner(cluster, namespace, 'owner');
  await installGuard(cluster);
}, 180_000);
afterAll(async () => {
  await removeGuard(cluster);
  await home.remove();
}, 180_000);

type Metadata = Omit<Parameters<typeof restingPod>[0], 'name' | 'namespace'>;

const create = (user: User, metadata: Metadata): Promise<Answer> =>
  user.tryCreate(podsPath(namespace), restingPod({ name: uniqueName(), namespace, ...metadata }));

const stamped = { [stampKey]: 'r1' };
const controlled = () => ({ ownerReferences: [owner] });

describe('a user who may create and patch pods, but not exec', () => {
  it.each([
    { what: "Velero's command", annotations: hooked, key: commandKey },
    { what: 'an empty command', annotations: { [commandKey]: '' }, key: commandKey },
    { what: 'a moved command', annotations: { [movedKey]: '["id"]' }, key: movedKey },
    { what: 'an own list', annotations: ownList, key: 'restorehooks.io/exec' },
  ])('creates no restored pod with $what', async ({ annotations, key }) => {
    const answer = await create(podUser, { labels: labelled, annotations });
    expect(answer.allowed).toBe(false);
    expect(answer.refusal).toContain(
      `'${policy}' with binding '${policy}' denied request: metadata.annotations: ${key} asks for`,
    );
    expect(answer.refusal).toContain(
      `needs the right to create pods/exec in the namespace ${namespace}; pod-user has it not`,
    );
  });

  it.each([
    { what: 'as a label without value', labels: { [restoreLabel]: '' }, more: () => ({}) },
    {
      what: 'with an owner that does not control it',
      labels: labelled,
      more: () => ({ ownerReferences: [{ ...owner, controller: false }] }),
    },
    {
      what: 'with a stamp of its own and a controller',
      labels: labelled,
      more: controlled,
      stamp: true,
    },
  ])('creates none $what', async ({ labels, more, stamp = false }) => {
    const annotations = {
      ...hooked,
      ...(stamp && stamped),
    };
    const answer = await create(podUser, { labels, annotations, ...more() });
    expect(answer).toEqual(expect.objectContaining({ allowed: false, refusal: expect.stringContaining(policy) }));
  });

  it('creates none as the mirror of a static pod, which the webhook is not asked about', async () => {
    const annotations = { ...hooked, 'kubernetes.io/config.mirror': 'x' };
    const pod = restingPod({ name: uniqueName(), namespace, labels: labelled, annotations });
    const bound = { ...pod, spec: { ...pod.spec, nodeName: 'nowhere' } };
    const answer = await podUser.tryCreate(podsPath(namespace), bound);
    expect(answer.refusal).toContain(policy);
  });

  it.each<{ what: string; metadata: () => Metadata }>([
    { what: 'without hooks', metadata: () => ({ labels: labelled }) },
    {
      what: 'with an init hook',
      metadata: () => ({ labels: labelled, annotations: { 'init.hook.restore.velero.io/container-image': 'busybox' } }),
    },
    {
      what: 'with an exec hook that lacks its command',
      metadata: () => ({ labels: labelled, annotations: { [containerKey]: 'main' } }),
    },
    { what: 'with a stamp, and no hook', metadata: () => ({ labels: labelled, annotations: stamped }) },
    {
      what: 'as a controller does, from a labelled template',
      metadata: () => ({ labels: labelled, annotations: hooked, generateName: 'web-', ...controlled() }),
    },
    {
      what: 'as a controller does, from a template that bears a stamp',
      metadata: () => ({
        labels: labelled,
        annotations: { ...hooked, ...stamped },
        generateName: 'web-',
        ...controlled(),
      }),
    },
    {
      what: 'as an operator does, which names its pods itself',
      metadata: () => ({ labels: labelled, annotations: hooked, ...controlled() }),
    },
  ])('creates a labelled pod $what', async ({ metadata }) => {
    const answer = await create(podUser, metadata());
    expect(answer).toEqual(passed);
  });

  it('is warned of hooks on another pod, which a restore would run', async () => {
    const answer = await create(podUser, { annotations: hooked });
    expect(answer.allowed).toBe(true);
    expect(answer.warnings).toContain(otherPolicy);
    expect(answer.warnings).toContain(`${commandKey} would be run in this pod after a restore from a backup`);
    expect(answer.warnings).toContain(`create pods/exec in the namespace ${namespace}; pod-user has it not`);
  });
});

describe.each([{ by: 'pods' }, { by: 'pods/status' }])('through $by, such a user', ({ by }) => {
  const subresource = by === 'pods' ? [] : ['status'];

  async function patch(before: Metadata, metadata: object, user = podUser): Promise<Answer> {
    const name = uniqueName();
    await administrator.create(podsPath(namespace), restingPod({ name, namespace, ...before }));
    return user.patch(podsPath(namespace, name, ...subresource), { metadata });
  }

  it.each<{ what: string; before: Metadata; change: object }>([
    { what: 'add a hook to a restored pod', before: { labels: labelled }, change: { annotations: hooked } },
    {
      what: 'change the command of a restored pod',
      before: { labels: labelled, annotations: hooked },
      change: { annotations: { [commandKey]: '["sh"]' } },
    },
    {
      what: 'send the command of a restored pod to another container',
      before: { labels: labelled, annotations: hooked },
      change: { annotations: { [containerKey]: 'database' } },
    },
    {
      what: 'make a restored pod of one with hooks',
      before: { annotations: hooked },
      change: { labels: labelled },
    },
    {
      what: 'give a pod with hooks to another restore',
      before: { labels: labelled, annotations: hooked },
      change: { labels: { [restoreLabel]: 'r2' } },
    },
  ])('cannot $what', async ({ before, change }) => {
    const answer = await patch(before, change);
    expect(answer).toEqual(
      expect.objectContaining({ allowed: false, refusal: expect.stringContaining(`'${policy}'`) }),
    );
    expect(answer.refusal).toContain(`pods/exec in the namespace ${namespace}; pod-user has it not`);
    await expect(patch(before, change, execUser)).resolves.toEqual(passed);
  });

  it.each<{ what: string; before: Metadata; change: object }>([
    {
      what: 'take the hooks off a restored pod',
      before: { labels: labelled, annotations: hooked },
      change: { annotations: { [commandKey]: null } },
    },
    {
      what: 'take the restore label off',
      before: { labels: labelled, annotations: hooked },
      change: { labels: { [restoreLabel]: null } },
    },
    {
      what: 'write other labels and annotations',
      before: { labels: labelled, annotations: hooked },
      change: { labels: { tier: 'db' }, annotations: { note: 'seen' } },
    },
    { what: 'label a pod without hooks', before: {}, change: { labels: labelled } },
  ])('can $what', async ({ before, change }) => {
    const answer = await patch(before, change);
    expect(answer).toEqual(passed);
  });

  it('is warned of hooks written to another pod', async () => {
    const answer = await patch({}, { annotations: ownList });
    expect(answer).toEqual({ ...passed, warnings: expect.stringMatching(/guard-other-pods.*pod-user has it not/) });
  });
});

describe('a pod of a labelled template that bears a stamp, by a user without the right', () => {
  it.each([
    { what: 'loses the name that its controller made', change: () => ({ generateName: null }) },
    { what: 'loses its controller', change: () => ({ ownerReferences: null }) },
  ])('is not made a restored one when it $what', async ({ change }) => {
    const name = uniqueName();
    const annotations = { ...hooked, ...stamped };
    const metadata = { name, namespace, labels: labelled, annotations, generateName: 'web-', ...controlled() };
    await podUser.create(podsPath(namespace), restingPod(metadata));
    const answer = await podUser.patch(podsPath(namespace, name), { metadata: change() });
    expect(answer).toEqual(expect.objectContaining({ allowed: false, refusal: expect.stringContaining(policy) }));
  });
});

describe('a user who may exec in the namespace', () => {
  it.each([{ labels: labelled }, { labels: {} }])('creates a pod with hooks and labels $labels', async ({ labels }) => {
    const answer = await create(execUser, { labels, annotations: { ...hooked, ...ownList } });
    expect(answer).toEqual(passed);
  });

  it('has the right in that namespace only', async () => {
    const elsewhere = await TestNamespace.make(cluster);
    await execUser.may(elsewhere.namespace, podRights);
    const pod = restingPod({ name: 'p', namespace: elsewhere.namespace, labels: labelled, annotations: hooked });
    const answer = await execUser.tryCreate(podsPath(elsewhere.namespace), pod);
    expect(answer.refusal).toContain(`in the namespace ${elsewhere.namespace}; exec-user has it not`);
    await elsewhere.remove();
  }, 120_000);
});

it('kube-system is none of its business', async () => {
  await podUser.may('kube-system', podRights);
  const pod = restingPod({ name: 'p', namespace: 'kube-system', labels: labelled, annotations: hooked });
  const answer = await podUser.tryCreate(podsPath('kube-system'), pod);
  expect(answer).toEqual(passed);
});
