import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openGuardScene, type GuardScene } from '../support/guard-scene.ts';
import { execRight, passed, type Right, type User } from '../support/guard-users.ts';
import { uniqueName } from '../support/test-namespace.ts';
import { installRestores, removeRestores } from '../support/velero-crds.ts';

const restoreRights: Right = {
  group: 'velero.io',
  resources: ['restores'],
  verbs: ['get', 'create', 'patch', 'delete'],
};

// A test asks a dozen questions or more, of a machine that may be busy.
jest.setTimeout(60_000);

let scene: GuardScene;
let namespace: string;
let administrator: User;
let executor: User;
/** May write Restores in Velero's namespace, and not exec. */
let tenant: User;
/** May exec there, too. */
let execTenant: User;
/** May exec in all namespaces. */
let operator: User;

beforeAll(async () => {
  scene = await openGuardScene(installRestores);
  ({ namespace, administrator, executor } = scene);
  const { user } = scene;
  tenant = await user('tenant').may('velero', restoreRights);
  execTenant = await user('exec-tenant').may('velero', restoreRights, execRight);
  operator = await user('operator').may(null, restoreRights, execRight);
}, 180_000);
afterAll(async () => {
  await removeRestores(scene.cluster);
  await scene.close();
}, 180_000);

const postHooks = [{ exec: { container: 'main', command: ['id'] } }];
const rules = [{ name: 'rule', postHooks }];
const otherRules = [{ name: 'rule', postHooks: [{ exec: { container: 'main', command: ['sh'] } }] }];

describe('a Restore', () => {
  const path = '/apis/velero.io/v1/namespaces/velero/restores';
  const moved = (hooks: object) => ({ 'restorehooks.io/hooks': JSON.stringify(hooks) });
  const restore = (spec: object, annotations: object = {}) => ({
    apiVersion: 'velero.io/v1',
    kind: 'Restore',
    metadata: { name: uniqueName(), namespace: 'velero', annotations },
    spec: { backupName: 'b', ...spec },
  });
  const refusal = (name: string) =>
    `whatever namespace it restores to, which needs the right to create pods/exec in all namespaces; ${name} has it not`;

  async function patched(user: User, before: ReturnType<typeof restore>, change: object) {
    await expect(administrator.create(path, before)).resolves.toEqual(passed);
    return user.patch(`${path}/${before.metadata.name}`, change);
  }

  it.each([
    { what: 'hooks', spec: { hooks: { resources: rules } }, annotations: {} },
    { what: 'hooks where a takeover moves them', spec: { hooks: {} }, annotations: moved({ resources: rules }) },
  ])('with $what is created by whoever may exec in all namespaces', async ({ spec, annotations }) => {
    for (const user of [tenant, execTenant]) {
      const answer = await user.tryCreate(path, restore(spec, annotations));
      expect(answer.refusal).toContain(`'restore-hooks-guard-restores'`);
      expect(answer.refusal).toContain(`spec.hooks (in a takeover the annotation restorehooks.io/hooks)`);
      expect(answer.refusal).toContain(refusal(user.name));
    }
    await expect(operator.tryCreate(path, restore(spec, annotations))).resolves.toEqual(passed);
  });

  it.each([
    { spec: {} },
    { spec: { hooks: {} } },
    { spec: { hooks: { resources: [] } } },
    { spec: { hooks: { resources: null } } },
  ])('without hooks, like $spec, is created by anyone who may create Restores', async ({ spec }) => {
    await expect(tenant.tryCreate(path, restore(spec))).resolves.toEqual(passed);
  });

  it.each([
    { what: 'added', before: {}, change: { spec: { hooks: { resources: rules } } } },
    {
      what: 'changed',
      before: { hooks: { resources: rules } },
      change: { spec: { hooks: { resources: otherRules } } },
    },
    { what: 'added as moved ones', before: {}, change: { metadata: { annotations: moved({ resources: rules }) } } },
  ])('has hooks $what by whoever may exec in all namespaces', async ({ before, change }) => {
    const answer = await patched(tenant, restore(before), change);
    expect(answer.refusal).toContain(refusal('tenant'));
    await expect(patched(operator, restore(before), change)).resolves.toEqual(passed);
  });

  it('has moved hooks changed by nobody else, either', async () => {
    const change = { metadata: { annotations: moved({ resources: otherRules }) } };
    const answer = await patched(tenant, restore({}, moved({ resources: rules })), change);
    expect(answer.refusal).toContain(refusal('tenant'));
  });

  it.each([
    {
      what: "Velero's writes of its status",
      change: { status: { phase: 'InProgress', startTimestamp: '2026-01-01T00:00:00Z' } },
    },
    {
      what: 'the removal of the hooks',
      change: { spec: { hooks: null }, metadata: { annotations: { 'restorehooks.io/hooks': null } } },
    },
    { what: 'the removal of a finalizer', change: { metadata: { finalizers: null } } },
    { what: 'labels', change: { metadata: { labels: { team: 'a' } } } },
  ])('with hooks takes $what from anyone who may patch it', async ({ change }) => {
    const before = restore({ hooks: { resources: rules } }, moved({ resources: rules }));
    await expect(patched(tenant, before, change)).resolves.toEqual(passed);
  });

  it('is counted by the executor, and given back by whoever has its account', async () => {
    const before = restore({ hooks: {} }, moved({ resources: rules }));
    const change = {
      spec: { hooks: { resources: rules } },
      metadata: { annotations: { 'restorehooks.io/hooks': null } },
    };
    await expect(patched(executor, before, change)).resolves.toEqual(passed);
  });

  it('in another namespace than those that are watched is none of its business', async () => {
    await tenant.may(namespace, restoreRights);
    const elsewhere = restore({ hooks: { resources: rules } });
    const answer = await tenant.tryCreate(path.replace('/velero/', `/${namespace}/`), {
      ...elsewhere,
      metadata: { ...elsewhere.metadata, namespace },
    });
    expect(answer).toEqual(passed);
  });
});
