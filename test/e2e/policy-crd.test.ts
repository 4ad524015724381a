import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { planPod } from '../../shared/plan.ts';
import { annotationsOnly } from '../../shared/plan-context.ts';
import type { Pod } from '../../shared/pod.ts';
import { policyApiVersion, policyKind, readPolicy } from '../../shared/policy.ts';
import { ApiError } from '../../shared/service/api-error.ts';
import { connectCluster, loadKubeConfig, type Cluster as Api } from '../../shared/service/cluster.ts';
import type { JsonMap } from '../../shared/json-value.ts';
import type { Json } from '../../shared/yaml-value.ts';
import { attachCluster } from '../cluster/cluster.ts';
import { initContainers, policySpecs, texts } from '../support/any-policies.ts';
import { kubectl as run, kubectlJson } from '../support/kubectl.ts';
import { findOwnCluster, type AnyCluster } from '../support/own-cluster.ts';
import { installDefinitions, untilKnown } from '../support/own-crds.ts';
import { goodPolicies, largePolicies, pageRules } from '../support/good-policies.ts';
import { refusedContainers } from '../support/refused-containers.ts';
import { refusedPolicies } from '../support/refused-policies.ts';

const namespace = `t-${randomBytes(4).toString('hex')}`;

let cluster: AnyCluster;
let api: Api;
const kubectl = (args: readonly string[], input = '') => run(cluster, ['-n', namespace, ...args], input);

beforeAll(async () => {
  cluster =
    (await findOwnCluster(process.env)) ?? (await attachCluster(process.env.RESTORE_HOOKS_TEST_CLUSTER ?? 'test'));
  api = connectCluster(loadKubeConfig(cluster.kubeconfig));
  await kubectl(['create', 'namespace', namespace]);
  await installDefinitions(cluster);
  await untilKnown(() => kubectl(['get', 'rhp']));
}, 90_000);
afterAll(async () => {
  await kubectl(['delete', 'namespace', namespace, '--wait', '--timeout=60s']);
}, 90_000);

function policy(spec: Json, name = 'policy') {
  return { apiVersion: policyApiVersion, kind: policyKind, metadata: { name, namespace }, spec };
}

const apply = (object: object, ...more: string[]) => kubectl(['apply', ...more, '-f', '-'], JSON.stringify(object));

/** What `kubectl apply` says of a policy that it refuses. */
async function refusal(spec: Json): Promise<string> {
  try {
    await apply(policy(spec), '--dry-run=server');
  } catch (error) {
    return String(error);
  }
  return 'accepted';
}

describe('a RestoreHookPolicy, by the real API server', () => {
  it.each(goodPolicies)(
    'is taken without a warning: $what',
    async ({ spec }) => {
      const { stdout, stderr } = await apply(policy(spec), '--dry-run=server');
      expect(stdout).toMatch(/restorehookpolicy.*(created|configured|unchanged)/);
      expect(stderr).toBe('');
      expect(toldOf(spec)).toEqual([]);
    },
    30_000,
  );

  it.each(largePolicies)(
    'is taken without a warning: $what',
    async ({ spec }) => {
      const create = ['create', '--dry-run=server', '-f', '-'];
      const { stdout, stderr } = await kubectl(create, JSON.stringify(policy(spec, 'large')));
      expect(stdout).toContain('created');
      expect(stderr).toBe('');
      expect(toldOf(spec)).toEqual([]);
    },
    60_000,
  );

  it.each(['exec', 'init'])(
    'takes the rules of the page’s Restore with %s hooks, and they mean the same',
    async (kind) => {
      const spec = { resources: await pageRules(kind) };
      const { stderr } = await apply(policy(spec, `page-${kind}`));
      expect(stderr).toBe('');
      const stored = await kubectlJson<{ spec: Json }>(cluster, ['-n', namespace, 'get', 'rhp', `page-${kind}`]);
      expect(stored.spec).toEqual(spec);
      expect(toldOf(spec)).toEqual([]);
    },
    30_000,
  );

  it.each([...refusedPolicies, ...refusedContainers])(
    'is refused at $field: $says',
    async ({ spec, field, says }) => {
      const lines = (await refusal(spec)).split('\n');
      const told = lines.filter((line) => line.includes(`${field}: `) || line.includes(`"${field}"`));
      expect(told).toEqual([expect.stringContaining(says)]);
    },
    30_000,
  );

  it('is taken from the example', async () => {
    const example = parse(await readFile(new URL('../../examples/policy/policy.yaml', import.meta.url), 'utf8')) as {
      spec: Json;
    };
    expect(await refusal(example.spec)).toBe('accepted');
    expect(toldOf(example.spec)).toEqual([]);
  }, 30_000);
});

describe('kubectl', () => {
  it('lists policies by their short name and category, with what has come of them', async () => {
    await apply(policy({ resources: await pageRules('exec') }, 'shown'));
    const lastProblem = { message: 'the command failed', time: '2026-03-01T10:00:00Z', pod: 'shop/db' };
    const status = { matchedPods: 3, lastProblem, observedGeneration: 1 };
    await patchStatus('shown', status);
    const { stdout } = await kubectl(['get', 'rhp', 'shown']);
    expect(stdout).toMatch(/^NAME +MATCHED +PROBLEM +AGE\nshown +3 +the command failed +\S+\n$/);
    const wide = await kubectl(['get', 'restore-hooks', '-o', 'wide']);
    expect(wide.stdout).toMatch(/PROBLEM POD +PROBLEM AGE +INHERIT\n/);
    expect(wide.stdout).toMatch(/shown +3 +the command failed +\S+ +shop\/db +\S+/);
  }, 30_000);

  it('explains every field that it is asked for', async () => {
    const explain = (path: string) => untilKnown(() => kubectl(['explain', `restorehookpolicy.spec${path}`]));
    expect((await explain('.resources.postHooks.exec.execTimeout')).stdout).toMatch(/Default:\s+30s/);
    expect((await explain('.resources.postHooks.init.initContainers.volumeMounts')).stdout).toContain('mountPath');
    expect((await explain('.inherit')).stdout).toContain('ResourceQuota');
  }, 60_000);

  it('writes status and spec apart', async () => {
    await apply(policy({ resources: await pageRules('exec') }, 'apart'));
    await patchStatus('apart', { matchedPods: 1 });
    const patch = JSON.stringify({ spec: { inherit: ['resources'] }, status: { matchedPods: 9 } });
    await kubectl(['patch', 'rhp', 'apart', '--type=merge', '-p', patch]);
    await kubectl(['patch', 'rhp', 'apart', '--subresource=status', '--type=merge', '-p', '{"spec":{"inherit":[]}}']);
    const stored = await kubectlJson(cluster, ['-n', namespace, 'get', 'rhp', 'apart']);
    expect(stored).toMatchObject({
      spec: { inherit: ['resources'] },
      status: { matchedPods: 1 },
      metadata: { generation: 2 },
    });
    await expect(patchStatus('apart', { matchedPods: -1 })).rejects.toThrow('status.matchedPods');
  }, 30_000);
});

const patchStatus = (name: string, status: object) =>
  kubectl(['patch', 'rhp', name, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status })]);

describe('of any policy', () => {
  const runs = 250;

  it('the API server takes none of which a pod’s plan would warn', async () => {
    let taken = 0;
    const property = fc.asyncProperty(policySpecs, async (spec) => {
      if (!(await isTaken(spec))) return;
      taken += 1;
      expect(toldOf(spec)).toEqual([]);
    });
    await fc.assert(property, { numRuns: runs });
    expect(taken).toBeGreaterThan(runs / 10);
  }, 120_000);

  it('the API server takes an init container if, and only if, none of it would be left out', async () => {
    const verdicts = new Set<boolean>();
    const property = fc.asyncProperty(initContainers, async (container) => {
      const spec = { resources: [{ name: 'rule', postHooks: [{ init: { initContainers: [container] } }] }] };
      const told = toldOf(spec);
      const taken = await isTaken(spec);
      verdicts.add(taken);
      expect({ taken, told }).toEqual({ taken: told.length === 0, told });
    });
    await fc.assert(property, { numRuns: runs });
    expect(verdicts.size).toBe(2);
  }, 120_000);
});

async function isTaken(spec: Json): Promise<boolean> {
  const path = `/apis/${policyApiVersion}/namespaces/${namespace}/restorehookpolicies?dryRun=All&fieldValidation=Strict`;
  try {
    await api.call({ method: 'POST', path, body: policy(spec) });
    return true;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 422 || error.status === 400)) return false;
    throw error;
  }
}

const volumes = ['pvc1-vm', 'pvc2-vm', ...texts].filter((name) => name !== '' && name.length <= 63);

/** A pod that has whatever a hook may refer to. */
const pod: Pod = {
  metadata: { name: 'db', namespace: 'shop', labels: {} },
  spec: {
    containers: ['main', 'db', 'postgres', 'sidecar'].map((name) => ({ name })),
    resourceClaims: texts.filter((name) => name !== '').map((name) => ({ name })),
    volumes: volumes.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
  },
};

/** What is warned of a policy itself, and of each of its rules in a pod that it is made to match. */
function toldOf(spec: Json): string[] {
  const { resources = [], ...others } = spec as { readonly resources?: readonly JsonMap[] };
  const whole = readPolicy({ metadata: { name: 'policy' }, spec });
  const own = [...whole.rules.warnings, ...whole.rules.rules.flatMap((rule) => rule.warnings)];
  const planned = resources.flatMap(({ name, postHooks }) => {
    const rule = { name: name ?? null, postHooks: postHooks ?? null };
    const alone = readPolicy({ metadata: { name: 'policy' }, spec: { ...others, resources: [rule] } });
    return planPod(pod, 'r1', { ...annotationsOnly, policies: [alone] }).warnings;
  });
  return [...own, ...planned].map(({ text }) => text);
}
