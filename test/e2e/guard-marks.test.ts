import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openGuardScene, type GuardScene } from '../support/guard-scene.ts';
import { execRight, passed, podRights, type User } from '../support/guard-users.ts';
import {
  commandKey,
  hooked,
  labelled,
  movedKey,
  podsPath,
  restingPod,
  restoreLabel,
  stampKey,
} from '../support/guarded-pods.ts';
import { uniqueName } from '../support/test-namespace.ts';

// A test asks a dozen questions or more, of a machine that may be busy.
jest.setTimeout(60_000);

let scene: GuardScene;
let namespace: string;
let execUser: User;
let administrator: User;
let executor: User;
let binder: User;

beforeAll(async () => {
  scene = await openGuardScene();
  ({ namespace, administrator, executor } = scene);
  execUser = await scene.user('exec-user').may(namespace, podRights, execRight);
  binder = await scene
    .user('binder')
    .may(namespace, { resources: ['pods/binding', 'bindings'], verbs: ['create'] }, execRight);
}, 180_000);
afterAll(() => scene.close(), 180_000);

async function make(annotations: Readonly<Record<string, string>>): Promise<string> {
  const name = uniqueName();
  await administrator.create(podsPath(namespace), restingPod({ name, namespace, labels: labelled, annotations }));
  return name;
}

const writes = [
  { what: 'a stamp', before: {}, annotations: { [stampKey]: 'r1' }, key: stampKey },
  { what: 'another stamp', before: { [stampKey]: 'r0' }, annotations: { [stampKey]: 'r1' }, key: stampKey },
  { what: 'no stamp any more', before: { [stampKey]: 'r1' }, annotations: { [stampKey]: null }, key: stampKey },
  { what: 'a moved command', before: {}, annotations: { [movedKey]: '["id"]' }, key: movedKey },
  {
    what: 'another moved command',
    before: { [movedKey]: '["true"]' },
    annotations: { [movedKey]: '["id"]' },
    key: movedKey,
  },
  {
    what: 'a moved command back in its place',
    before: { [movedKey]: '["id"]' },
    annotations: { [movedKey]: null, [commandKey]: '["id"]' },
    key: movedKey,
  },
];

describe.each([
  { by: 'pods', subresource: [] },
  { by: 'pods/status', subresource: ['status'] },
])('through $by', ({ subresource }) => {
  it.each(writes)('nobody writes $what to a pod that is there', async ({ before, annotations, key }) => {
    const name = await make({ ...before });
    for (const user of [execUser, administrator]) {
      const answer = await user.patch(podsPath(namespace, name, ...subresource), { metadata: { annotations } });
      expect(answer.allowed).toBe(false);
      expect(answer.refusal).toContain(`'restore-hooks-guard-marks'`);
      expect(answer.refusal).toContain(
        `metadata.annotations: ${key}: once a pod is there, nobody but the executor of restore-hooks may write this; ${user.name} is another`,
      );
    }
  });
});

it.each(writes)('the executor writes $what, through pods/status', async ({ before, annotations }) => {
  const name = await make({ ...before });
  const answer = await executor.patch(podsPath(namespace, name, 'status'), { metadata: { annotations } });
  expect(answer).toEqual(passed);
});

describe('the condition that hooks were begun', () => {
  const condition = (status: string, reason: string) => ({
    ...{ type: 'restorehooks.io/hooks', status, reason, message: 'm' },
    lastTransitionTime: '2026-01-01T00:00:00Z',
  });
  const patch = (user: User, name: string, conditions: readonly object[]) =>
    user.ask({
      method: 'PATCH',
      path: podsPath(namespace, name, 'status'),
      contentType: 'application/strategic-merge-patch+json',
      body: { status: { conditions } },
    });

  it('is written by the executor, and neither forged nor removed by anyone else', async () => {
    const name = await make({ ...hooked, [stampKey]: 'r1' });
    await expect(patch(execUser, name, [condition('True', 'Succeeded')])).resolves.toMatchObject({
      allowed: false,
      refusal: expect.stringContaining('status.conditions: restorehooks.io/hooks: once a pod is there, nobody but'),
    });
    const written = await patch(executor, name, [condition('False', 'Running')]);
    expect(written).toEqual(passed);
    const removal = { type: 'restorehooks.io/hooks', $patch: 'delete' };
    for (const change of [removal, condition('True', 'Succeeded'), condition('False', 'Failed')]) {
      const answer = await patch(administrator, name, [change]);
      expect(answer).toMatchObject({ allowed: false, refusal: expect.stringContaining('status.conditions') });
    }
  });

  it('leaves other conditions to whoever may write the status', async () => {
    const name = await make({ ...hooked, [stampKey]: 'r1' });
    const other = { ...condition('True', 'Checked'), type: 'example.com/checked' };
    await expect(patch(execUser, name, [other])).resolves.toEqual(passed);
  });
});

describe('a Binding, whose annotations and labels become those of the pod', () => {
  const binding = (name: string, metadata: object) => ({
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { ...metadata, name, namespace },
    target: { apiVersion: 'v1', kind: 'Node', name: 'nowhere' },
  });
  const paths = (name: string) => [podsPath(namespace, name, 'binding'), `/api/v1/namespaces/${namespace}/bindings`];

  it.each([
    { what: 'the stamp', metadata: { annotations: { [stampKey]: 'r1' } }, says: `metadata.annotations: ${stampKey}` },
    {
      what: 'a moved command',
      metadata: { annotations: { [movedKey]: '[]' } },
      says: `metadata.annotations: ${movedKey}`,
    },
    { what: 'a hook', metadata: { annotations: hooked }, says: `metadata.annotations: ${commandKey}` },
    { what: 'the restore label', metadata: { labels: labelled }, says: `metadata.labels: ${restoreLabel}: once` },
    { what: 'anything else', metadata: { annotations: { note: 'n' }, labels: { app: 'a' } }, says: null },
  ])('brings $what: it is told $says', async ({ metadata, says }) => {
    const name = await make({});
    for (const path of paths(name)) {
      const answer = await binder.tryCreate(path, binding(name, metadata));
      expect(answer.allowed).toBe(says === null);
      expect(answer.refusal).toContain(says === null ? '' : `'restore-hooks-guard-marks'`);
      expect(answer.refusal).toContain(says ?? '');
    }
  });
});

it('a pod may bring a stamp when it is created, as a backup does: the webhook sets it right', async () => {
  const annotations = { [stampKey]: 'r0', [movedKey]: '["id"]' };
  const pod = restingPod({ name: uniqueName(), namespace, labels: labelled, annotations });
  const answer = await execUser.tryCreate(podsPath(namespace), pod);
  expect(answer).toEqual(passed);
});
