import { randomBytes } from 'node:crypto';
import { kubectl } from './kubectl.ts';
import type { AnyCluster } from './own-cluster.ts';
import { chartFolder, helm, valueFlags, type Values } from './release.ts';

/** The release that the guard is rendered for: its accounts are those that may write what is guarded. */
export const guardRelease = { name: 'restore-hooks', namespace: 'restore-hooks' };

/** The executor's account, as the API server names it. */
export const executorUser = `system:serviceaccount:${guardRelease.namespace}:restore-hooks-executor`;

/**
 * The policies of the chart, as helm renders them.
 *
 * @param values of the chart
 */
export function renderGuard(cluster: AnyCluster, values: Values = {}): Promise<string> {
  return renderParts(cluster, ['templates/guard/*.yaml'], values);
}

/** The executor's account with the rights that the chart gives it. */
export function renderExecutorRights(cluster: AnyCluster): Promise<string> {
  return renderParts(cluster, ['templates/executor/rbac.yaml', 'templates/executor/service-account.yaml'], {});
}

/** Applies the policies, and resolves when the API server judges by all of them. */
export async function installGuard(cluster: AnyCluster, values: Values = {}): Promise<void> {
  await makeNamespace(cluster, guardRelease.namespace);
  await kubectl(cluster, ['apply', '-f', '-'], await renderGuard(cluster, values));
  await untilJudged(cluster);
}

/** Deletes them, and resolves when the API server judges by none of them. */
export async function removeGuard(cluster: AnyCluster): Promise<void> {
  const kinds = 'validatingadmissionpolicies,validatingadmissionpolicybindings';
  await kubectl(cluster, ['delete', kinds, '-l', 'app.kubernetes.io/component=guard', '--ignore-not-found']);
  await untilJudged(cluster);
}

/** Makes a namespace that may be there already. */
export async function makeNamespace(cluster: AnyCluster, name: string): Promise<void> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  await kubectl(cluster, ['apply', '-f', '-'], JSON.stringify(namespace));
}

function renderParts(cluster: AnyCluster, parts: readonly string[], values: Values) {
  const { name, namespace } = guardRelease;
  const shown = parts.flatMap((part) => ['--show-only', part]);
  return helm(cluster, ['template', name, chartFolder, '--namespace', namespace, ...shown, ...valueFlags(values)]);
}

/**
 * The API server takes changed policies up a moment after it has stored them, all that it knows of at once, and learns of them in the
 * order of their writing. So when a policy that was written last refuses something, all others are in force.
 */
async function untilJudged(cluster: AnyCluster): Promise<void> {
  const name = `probe-${randomBytes(4).toString('hex')}`;
  const kind = 'ValidatingAdmissionPolicy';
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const rule = { apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] };
  const policy = {
    apiVersion,
    kind,
    metadata: { name },
    spec: {
      matchConstraints: { resourceRules: [{ ...rule, resourceNames: [name] }] },
      validations: [{ expression: 'false' }],
    },
  };
  const spec = { policyName: name, validationActions: ['Deny'] };
  const binding = { apiVersion, kind: `${kind}Binding`, metadata: { name }, spec };
  for (const object of [policy, binding]) await kubectl(cluster, ['create', '-f', '-'], JSON.stringify(object));
  while (!(await isRefused(cluster, name)));
  const things = [`validatingadmissionpolicybinding/${name}`, `validatingadmissionpolicy/${name}`];
  await kubectl(cluster, ['delete', ...things]);
}

async function isRefused(cluster: AnyCluster, name: string): Promise<boolean> {
  try {
    await kubectl(cluster, ['-n', 'default', 'create', 'configmap', name, '--dry-run=server']);
    return false;
  } catch (error) {
    if (!String(error).includes(`'${name}'`)) throw error;
    return true;
  }
}
