import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { guardRelease } from '../support/guard.ts';
import { openGuardScene, type GuardScene } from '../support/guard-scene.ts';
import { execRight, passed, type Right, type User } from '../support/guard-users.ts';
import { installDefinitions } from '../support/own-crds.ts';
import { uniqueName } from '../support/test-namespace.ts';

const every = ['get', 'create', 'patch', 'update', 'delete'];
const policyRights: Right = {
  group: 'restorehooks.io',
  resources: ['restorehookpolicies', 'restorehookpolicies/status'],
  verbs: every,
};
const runRights: Right = { group: 'restorehooks.io', resources: ['hookruns', 'hookruns/status'], verbs: every };

// A test asks a dozen questions or more, of a machine that may be busy.
jest.setTimeout(60_000);

let scene: GuardScene;
let namespace: string;
let administrator: User;
let executor: User;
/** Has no right to exec, but to write all that hooks may stand in, in one namespace each. */
let tenant: User;
/** May exec where it may write. */
let execTenant: User;
/** May exec in all namespaces. */
let operator: User;

beforeAll(async () => {
  scene = await openGuardScene(installDefinitions);
  ({ namespace, administrator, executor } = scene);
  const { user } = scene;
  tenant = user('tenant');
  execTenant = user('exec-tenant');
  operator = await user('operator').may(null, policyRights, execRight);
  for (const [who, more] of [[tenant, []] as const, [execTenant, [execRight]] as const]) {
    await who.may(guardRelease.namespace, policyRights, ...more);
    await who.may(namespace, policyRights, runRights, ...more);
  }
}, 180_000);
afterAll(() => scene.close(), 180_000);

const postHooks = [{ exec: { container: 'main', command: ['id'] } }];
const rules = [{ name: 'rule', postHooks }];
const otherRules = [{ name: 'rule', postHooks: [{ exec: { container: 'main', command: ['sh'] } }] }];

describe('a RestoreHookPolicy', () => {
  const path = (place: string) => `/apis/restorehooks.io/v1alpha1/namespaces/${place}/restorehookpolicies`;
  const policy = (place: string, resources: readonly object[] = rules) => ({
    apiVersion: 'restorehooks.io/v1alpha1',
    kind: 'RestoreHookPolicy',
    metadata: { name: uniqueName(), namespace: place },
    spec: { resources },
  });

  it('for one namespace is written by whoever may exec there', async () => {
    const answer = await tenant.tryCreate(path(namespace), policy(namespace));
    expect(answer.refusal).toContain(`'restore-hooks-guard-policies'`);
    expect(answer.refusal).toContain(
      `spec.resources: the hooks of a policy are run in the pods of its namespace, which needs the right to create pods/exec in the namespace ${namespace}; tenant has it not`,
    );
    await expect(execTenant.tryCreate(path(namespace), policy(namespace))).resolves.toEqual(passed);
  });

  it("in the system's namespace is written by whoever may exec in all", async () => {
    const place = guardRelease.namespace;
    for (const user of [tenant, execTenant]) {
      const answer = await user.tryCreate(path(place), policy(place));
      expect(answer.refusal).toContain(
        'are run in every namespace, which needs the right to create pods/exec in all namespaces',
      );
    }
    await expect(operator.tryCreate(path(place), policy(place))).resolves.toEqual(passed);
  });

  it('is changed by whoever could have written it, and labelled by anyone', async () => {
    const there = policy(namespace);
    await administrator.create(path(namespace), there);
    const at = `${path(namespace)}/${there.metadata.name}`;
    const answer = await tenant.patch(at, { spec: { resources: otherRules } });
    expect(answer.refusal).toContain('tenant has it not');
    await expect(tenant.patch(at, { metadata: { labels: { team: 'a' } } })).resolves.toEqual(passed);
    await expect(execTenant.patch(at, { spec: { resources: otherRules } })).resolves.toEqual(passed);
    await expect(executor.patch(`${at}/status`, { status: { matchedPods: 1 } })).resolves.toEqual(passed);
  });
});

describe('a HookRun', () => {
  const path = () => `/apis/restorehooks.io/v1alpha1/namespaces/${namespace}/hookruns`;
  const hookRun = () => ({
    apiVersion: 'restorehooks.io/v1alpha1',
    kind: 'HookRun',
    metadata: {
      name: uniqueName(),
      namespace,
      labels: { 'velero.io/exclude-from-backup': 'true', 'restorehooks.io/restore': 'r1' },
    },
    spec: { pod: { name: 'p', uid: 'u' }, restore: { label: 'r1' }, run: 1, init: [], exec: [] },
  });
  const status = {
    phase: 'Succeeded',
    run: 1,
    total: 0,
    done: 0,
    succeeded: 0,
    failed: 0,
    progress: '0/0',
    observedSince: '2026-01-01T00:00:00Z',
  };

  async function patched(user: User, change: object, subresource = '') {
    const run = hookRun();
    await expect(executor.create(path(), run)).resolves.toEqual(passed);
    return user.patch(`${path()}/${run.metadata.name}${subresource}`, change);
  }

  it.each([
    { field: 'spec.rerun', change: { spec: { rerun: '2026-01-01T00:00:00Z' } } },
    { field: 'spec.cancel', change: { spec: { cancel: true } } },
    { field: 'spec.rerun, spec.cancel', change: { spec: { rerun: '2026-01-01T00:00:00Z', cancel: false } } },
  ])('has $field written by whoever may exec in its namespace', async ({ field, change }) => {
    const answer = await patched(tenant, change);
    expect(answer.refusal).toContain(`'restore-hooks-guard-requests'`);
    expect(answer.refusal).toContain(
      `${field}: whoever asks which commands are run in pods needs the right to create pods/exec in the namespace ${namespace}; tenant has it not`,
    );
    await expect(patched(execTenant, change)).resolves.toEqual(passed);
  });

  it.each([
    { field: 'spec.exec', change: { spec: { exec: [{ ...hook(), command: ['sh'] }] } } },
    { field: 'spec.pod', change: { spec: { pod: { name: 'other' } } } },
    { field: 'spec.restore', change: { spec: { restore: { label: 'r2' } } } },
    { field: 'spec.run', change: { spec: { run: 2 } } },
    { field: 'spec.init', change: { spec: { init: [{ name: 'i', source: 'annotation' }] } } },
    {
      field: 'metadata.labels: restorehooks.io/restore',
      change: { metadata: { labels: { 'restorehooks.io/restore': 'r2' } } },
    },
    {
      field: 'metadata.labels: velero.io/exclude-from-backup',
      change: { metadata: { labels: { 'velero.io/exclude-from-backup': null } } },
    },
    { field: 'status', change: { status }, subresource: '/status' },
  ])('has $field written by nobody but the executor', async ({ field, change, subresource }) => {
    for (const user of [execTenant, administrator]) {
      const answer = await patched(user, change, subresource);
      expect(answer.refusal).toContain(`'restore-hooks-guard-records'`);
      expect(answer.refusal).toContain(`${field}: a record, which nobody but the executor`);
    }
    await expect(patched(executor, change, subresource)).resolves.toEqual(passed);
  });

  it('is made by nobody but the executor', async () => {
    for (const user of [execTenant, administrator]) {
      const answer = await user.tryCreate(path(), hookRun());
      expect(answer.refusal).toContain(
        'the HookRun: a record, which nobody but the executor of restore-hooks may write',
      );
    }
  });

  it.each([
    { what: 'labels of others', change: { metadata: { labels: { team: 'a' } } } },
    { what: 'finalizers', change: { metadata: { finalizers: ['example.com/wait'] } } },
    { what: 'annotations', change: { metadata: { annotations: { note: 'n' } } } },
  ])('takes $what from anyone who may patch it, and loses them again', async ({ change }) => {
    const run = hookRun();
    await executor.create(path(), run);
    const at = `${path()}/${run.metadata.name}`;
    await expect(tenant.patch(at, change)).resolves.toEqual(passed);
    await expect(tenant.patch(at, { metadata: { finalizers: null, annotations: null } })).resolves.toEqual(passed);
    await expect(tenant.ask({ method: 'DELETE', path: at })).resolves.toEqual(passed);
  });

  function hook() {
    return {
      ...{ container: 'main', command: ['id'], onError: 'Continue', execTimeoutMs: 30_000, waitForReady: false },
      ...{ retries: 0, retryDelayMs: 0, onInterrupt: 'Fail', source: 'annotation' },
    };
  }
});
