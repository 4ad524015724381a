import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { guardRelease, installGuard, removeGuard, renderGuard } from '../support/guard.ts';
import { passed, podRights, userMaker, type User } from '../support/guard-users.ts';
import { hooked, labelled, makeOwner, podsPath, restingPod, restoreLabel } from '../support/guarded-pods.ts';
import { kubectl, kubectlJson } from '../support/kubectl.ts';
import { installDefinitions } from '../support/own-crds.ts';
import type { AnyCluster } from '../support/own-cluster.ts';
import { findCluster } from '../support/scene.ts';
import { TestNamespace, uniqueName } from '../support/test-namespace.ts';

// A test asks a dozen questions or more, of a machine that may be busy.
jest.setTimeout(60_000);

let cluster: AnyCluster;
let home: TestNamespace;
let namespace: string;
let podUser: User;

beforeAll(async () => {
  ({ cluster } = await findCluster());
  home = await TestNamespace.make(cluster);
  ({ namespace } = home);
  const user = await userMaker(cluster);
  podUser = await user('pod-user').may(namespace, podRights, {
    group: 'apps',
    resources: ['deployments'],
    verbs: ['create'],
  });
}, 180_000);
afterAll(async () => {
  await removeGuard(cluster);
  await home.remove();
}, 180_000);

const restored = () => restingPod({ name: uniqueName(), namespace, labels: labelled, annotations: hooked });
const tryRestored = () => podUser.tryCreate(podsPath(namespace), restored());

/** How often a policy was acted on so far. */
async function acted(action: string): Promise<number> {
  const { stdout } = await kubectl(cluster, ['get', '--raw', '/metrics']);
  const line = stdout
    .split('\n')
    .filter((text) => text.startsWith('apiserver_validating_admission_policy_check_total{'))
    .find(
      (text) => text.includes(`enforcement_action="${action}"`) && text.includes('policy="restore-hooks-guard-pods"'),
    );
  return Number(line?.split(' ').at(-1) ?? 0);
}

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly policyName?: string; readonly validationActions?: readonly string[] };
}

async function rendered(values: Readonly<Record<string, unknown>>): Promise<readonly Rendered[]> {
  const documents = parseAllDocuments(await renderGuard(cluster, values));
  return [documents].flat().map((document) => document.toJS() as Rendered);
}

describe('with guard.pods', () => {
  it.each([
    { value: 'Deny', allowed: false, warned: false, action: 'deny' },
    { value: 'Warn', allowed: true, warned: true, action: 'warn' },
    { value: 'Audit', allowed: true, warned: false, action: 'audit' },
  ])(
    '$value a restored pod with hooks of a user who may not exec is allowed: $allowed, warned of: $warned',
    async ({ value, allowed, warned, action }) => {
      await installGuard(cluster, { 'guard.pods': value });
      const before = await acted(action);
      const answer = await tryRestored();
      expect(answer.allowed).toBe(allowed);
      expect(answer.refusal).toEqual(expect.stringContaining(allowed ? '' : 'pod-user has it not'));
      expect(answer.warnings).toMatch(warned ? /guard-pods.*pod-user has it not/ : /^$/);
      expect(await acted(action)).toBe(before + 1);
    },
    120_000,
  );

  it.each([{ value: 'off' }, { value: false }])(
    '$value there is no such policy',
    async ({ value }) => {
      await removeGuard(cluster);
      await installGuard(cluster, { 'guard.pods': value });
      await expect(tryRestored()).resolves.toEqual(passed);
      const names = (await rendered({ 'guard.pods': value })).map(({ metadata }) => metadata.name);
      expect(names).not.toContain('restore-hooks-guard-pods');
      expect(names).toContain('restore-hooks-guard-marks');
    },
    120_000,
  );
});

it('kubectl shows the warning', async () => {
  await installGuard(cluster, { 'guard.pods': 'Warn' });
  const args = ['--as=pod-user', 'create', '--dry-run=server', '-f', '-'];
  const { stderr } = await kubectl(cluster, args, JSON.stringify(restored()));
  expect(stderr).toMatch(/^Warning: .*restore-hooks-guard-pods.*metadata\.annotations: post\.hook/);
}, 120_000);

it('all of it can be refused, and what controllers make still comes', async () => {
  const values = Object.fromEntries(['pods', 'otherPods', 'templates'].map((name) => [`guard.${name}`, 'Deny']));
  await installGuard(cluster, values);
  const pod = restingPod({ name: uniqueName(), namespace, annotations: hooked });
  await expect(podUser.tryCreate(podsPath(namespace), pod)).resolves.toMatchObject({ allowed: false });
  const owner = await makeOwner(cluster, namespace, uniqueName());
  for (const labels of [{}, labelled]) {
    const metadata = { name: uniqueName(), namespace, labels, annotations: hooked, ownerReferences: [owner] };
    await expect(podUser.tryCreate(podsPath(namespace), restingPod(metadata))).resolves.toEqual(passed);
  }
  const { spec } = pod;
  const template = { metadata: { labels: { app: 'a' }, annotations: hooked }, spec: { containers: spec.containers } };
  const deployment = {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: uniqueName(), namespace } },
    spec: { selector: { matchLabels: { app: 'a' } }, template },
  };
  const answer = await podUser.tryCreate(`/apis/apps/v1/namespaces/${namespace}/deployments`, deployment);
  expect(answer.refusal).toContain('restore-hooks-guard-templates');
}, 120_000);

it('another restore label, and users of another installation, are those of the values', async () => {
  const label = 'backup.example.com/restore';
  await installGuard(cluster, { restoreLabel: label });
  const pod = (labels: object) =>
    restingPod({ name: uniqueName(), namespace, labels: { ...labels }, annotations: hooked });
  const other = await podUser.tryCreate(podsPath(namespace), pod({ [label]: 'r1' }));
  expect(other.refusal).toContain(`metadata.labels: ${label}`);
  const veleros = await podUser.tryCreate(podsPath(namespace), pod({ [restoreLabel]: 'r1' }));
  expect(veleros).toEqual({ ...passed, warnings: expect.stringContaining('guard-other-pods') });
  await installGuard(cluster, { restoreLabel: label, 'guard.exemptUsers': ['pod-user'] });
  await expect(podUser.tryCreate(podsPath(namespace), pod({ [label]: 'r1' }))).resolves.toEqual(passed);
}, 120_000);

it('is found without fault by the API server, which checks the types of all expressions', async () => {
  await installDefinitions(cluster);
  await removeGuard(cluster);
  await installGuard(cluster);
  const what = ['validatingadmissionpolicies', '-l', 'app.kubernetes.io/component=guard'];
  await kubectl(cluster, ['wait', '--for=jsonpath={.status.observedGeneration}=1', ...what, '--timeout=120s']);
  const { items } = await kubectlJson<{ readonly items: readonly { readonly status: object }[] }>(cluster, [
    'get',
    ...what,
  ]);
  expect(items.map(({ status }) => status)).toEqual(Array(9).fill({ observedGeneration: 1, typeChecking: {} }));
}, 240_000);

describe('what helm renders', () => {
  it('is a policy and its binding for each value', async () => {
    const objects = await rendered({});
    const bound = objects
      .filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding')
      .map(({ metadata, spec }) => [metadata.name, spec.policyName, spec.validationActions]);
    const expected = [
      ...[['marks', 'Deny'] as const, ['other-pods', 'Warn'] as const, ['pods', 'Deny'] as const],
      ...[['policies', 'Deny'] as const, ['records', 'Deny'] as const, ['requests', 'Deny'] as const],
      ...[['restores', 'Deny'] as const, ['secrets', 'Deny'] as const, ['templates', 'Warn'] as const],
    ].map(([name, action]) => [`restore-hooks-guard-${name}`, `restore-hooks-guard-${name}`, [action]]);
    expect(bound.toSorted()).toEqual(expected);
    expect(objects).toHaveLength(18);
    for (const { metadata } of objects) expect(metadata.labels['app.kubernetes.io/component']).toBe('guard');
  });

  it('has names of 63 characters at most, and no two alike, whatever the release is called', async () => {
    const objects = await rendered({ fullnameOverride: 'a'.repeat(63) });
    const names = objects
      .filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')
      .map(({ metadata }) => metadata.name);
    expect(new Set(names).size).toBe(9);
    expect(Math.max(...names.map(({ length }) => length))).toBeLessThanOrEqual(63);
  });

  it('has no policy for Restores where none are looked at', async () => {
    const names = (await rendered({ sources: 'annotations' })).map(({ metadata }) => metadata.name);
    expect(names).not.toContain('restore-hooks-guard-restores');
    expect(names).toHaveLength(16);
  });
});

it('the system and kube-system are left alone, as by the webhook', async () => {
  const text = await renderGuard(cluster, { excludedNamespaces: ['quiet'] });
  const list = ['kube-system', guardRelease.namespace, 'quiet'].map((name) => `            - ${name}\n`).join('');
  expect(text.split(list)).toHaveLength(5);
});
