import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { HookRun } from '../../shared/hook-run.ts';
import type { Pod } from '../../shared/pod.ts';
import { installGuard, removeGuard } from '../support/guard.ts';
import { passed, podRights, userMaker, type Right, type User } from '../support/guard-users.ts';
import { hooked, labelled, ownList, podsPath, restingPod, stampKey } from '../support/guarded-pods.ts';
import { kubectl, kubectlJson } from '../support/kubectl.ts';
import { execHook, idle, Scene } from '../support/scene.ts';
import { uniqueName } from '../support/test-namespace.ts';

const workloads: readonly Right[] = [
  {
    group: 'apps',
    resources: ['deployments', 'replicasets', 'statefulsets', 'daemonsets'],
    verbs: ['create', 'patch'],
  },
  { group: 'batch', resources: ['jobs', 'cronjobs'], verbs: ['create', 'patch'] },
  { resources: ['podtemplates', 'replicationcontrollers'], verbs: ['create', 'patch'] },
];

// A test asks a dozen questions or more, of a machine that may be busy.
jest.setTimeout(60_000);

let scene: Scene;
/** May write workloads and pods, and not exec. */
let deployer: User;
let velero: User;

beforeAll(async () => {
  scene = await Scene.open();
  // Here the executor runs with the account of the installation by hand.
  await installGuard(scene.cluster, { 'guard.exemptUsers': ['system:serviceaccount:restore-hooks:executor'] });
  const user = await userMaker(scene.cluster);
  deployer = await user('deployer').may(scene.namespace, podRights, ...workloads);
  velero = user('system:serviceaccount:velero:velero', ['system:serviceaccounts']);
  await kubectl(scene.cluster, [
    ...['create', 'clusterrolebinding', `guard-test-${scene.namespace}`, '--clusterrole=cluster-admin'],
    '--serviceaccount=velero:velero',
  ]);
}, 240_000);
afterAll(async () => {
  await kubectl(scene.cluster, ['delete', 'clusterrolebinding', `guard-test-${scene.namespace}`]);
  await removeGuard(scene.cluster);
  await scene.close();
}, 240_000);

const stamped = { ...hooked, [stampKey]: 'r1' };

function template(app: string, annotations: Readonly<Record<string, string>>, more: object = {}) {
  const containers = [{ name: 'main', ...idle }];
  return {
    metadata: { labels: { app, ...labelled }, annotations },
    spec: { terminationGracePeriodSeconds: 0, containers, ...more },
  };
}

const kinds = [
  { group: 'apps/v1', kind: 'Deployment', plural: 'deployments' },
  { group: 'apps/v1', kind: 'ReplicaSet', plural: 'replicasets' },
  { group: 'apps/v1', kind: 'StatefulSet', plural: 'statefulsets' },
  { group: 'apps/v1', kind: 'DaemonSet', plural: 'daemonsets' },
  { group: 'v1', kind: 'ReplicationController', plural: 'replicationcontrollers' },
  { group: 'v1', kind: 'PodTemplate', plural: 'podtemplates' },
  { group: 'batch/v1', kind: 'Job', plural: 'jobs' },
  { group: 'batch/v1', kind: 'CronJob', plural: 'cronjobs' },
];

function workload({ group, kind }: (typeof kinds)[number], annotations: Readonly<Record<string, string>>) {
  const name = uniqueName();
  const isJob = group === 'batch/v1';
  const made = template(name, annotations, isJob ? { restartPolicy: 'Never' } : {});
  const matching = kind === 'ReplicationController' ? { app: name } : { matchLabels: { app: name } };
  const spec = {
    template: made,
    ...(!isJob && { selector: matching }),
    ...(kind === 'StatefulSet' && { serviceName: 's' }),
  };
  const named = { apiVersion: group, kind, metadata: { name, namespace: scene.namespace } };
  if (kind === 'PodTemplate') return { ...named, template: made };
  return kind === 'CronJob' ? { ...named, spec: { schedule: '@yearly', jobTemplate: { spec } } } : { ...named, spec };
}

function pathOf({ group, plural }: (typeof kinds)[number]): string {
  return `/${group === 'v1' ? 'api' : 'apis'}/${group}/namespaces/${scene.namespace}/${plural}`;
}

describe('the pods of a template with hooks and a copied stamp', () => {
  it.each(kinds.filter(({ plural }) => !/podtemplates|cronjobs/.test(plural)))(
    'come, for a $kind of a user who may not exec',
    async (kind) => {
      const object = workload(kind, stamped);
      const answer = await deployer.create(pathOf(kind), object);
      expect(answer).toEqual({ ...passed, warnings: expect.stringContaining('guard-templates') });
      const selector = `app=${object.metadata.name}`;
      await scene.kubectl('wait', '--for=create', 'pod', '-l', selector, '--timeout=120s');
      // The kubelet's writes to the status pass as well.
      await scene.kubectl('wait', '--for=condition=Ready', 'pod', '-l', selector, '--timeout=120s');
      await scene.kubectl('delete', kind.plural, object.metadata.name, '--wait', '--timeout=120s');
    },
    300_000,
  );

  it.each(kinds)('are what a user who may not exec is warned of, who writes a $kind', async (kind) => {
    const answer = await deployer.tryCreate(pathOf(kind), workload(kind, { ...hooked, ...ownList }));
    expect(answer).toEqual({
      ...passed,
      warnings: expect.stringMatching(
        /guard-templates.*the template's metadata.annotations: post\.hook\.restore\.velero\.io\/command, restorehooks\.io\/exec would be run .* create pods\/exec in the namespace \S+; deployer has it not/,
      ),
    });
    await expect(deployer.tryCreate(pathOf(kind), workload(kind, { note: 'n' }))).resolves.toEqual(passed);
    await expect(velero.tryCreate(pathOf(kind), workload(kind, hooked))).resolves.toEqual(passed);
  });

  it('is told once, and not again when a Deployment is scaled', async () => {
    const kind = kinds[0] ?? { group: '', kind: '', plural: '' };
    const object = workload(kind, hooked);
    await expect(velero.create(pathOf(kind), object)).resolves.toEqual(passed);
    const at = `${pathOf(kind)}/${object.metadata.name}`;
    await expect(deployer.patch(at, { spec: { replicas: 0 } })).resolves.toEqual(passed);
    const change = { spec: { template: { metadata: { annotations: ownList } } } };
    await expect(deployer.patch(at, change)).resolves.toEqual({
      ...passed,
      warnings: expect.stringContaining('guard-templates'),
    });
  });
});

it('a ReplicaSet adopts a restored pod, the garbage collector orphans it, and a finalizer goes', async () => {
  const app = uniqueName();
  const { containers } = template(app, {}).spec;
  const pod = restingPod({
    ...{ name: app, namespace: scene.namespace, labels: { app, ...labelled }, annotations: stamped },
    finalizers: ['example.com/wait'],
  });
  await expect(velero.create(podsPath(scene.namespace), pod)).resolves.toEqual(passed);
  const object = {
    ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: app, namespace: scene.namespace } },
    spec: { selector: { matchLabels: { app } }, template: { metadata: { labels: { app } }, spec: { containers } } },
  };
  const replicaSets = pathOf({ group: 'apps/v1', kind: 'ReplicaSet', plural: 'replicasets' });
  await expect(deployer.create(replicaSets, object)).resolves.toEqual(passed);
  await scene.kubectl(
    'wait',
    `--for=jsonpath={.metadata.ownerReferences[0].name}=${app}`,
    `pod/${app}`,
    '--timeout=120s',
  );
  await scene.kubectl('delete', 'replicaset', app, '--cascade=orphan', '--wait', '--timeout=120s');
  const orphan = await kubectlJson<Pod>(scene.cluster, ['-n', scene.namespace, 'get', 'pod', app]);
  expect(orphan.metadata.ownerReferences ?? []).toEqual([]);
  await expect(deployer.ask({ method: 'DELETE', path: podsPath(scene.namespace, app) })).resolves.toEqual(passed);
  await expect(deployer.patch(podsPath(scene.namespace, app), { metadata: { finalizers: null } })).resolves.toEqual(
    passed,
  );
  await scene.kubectl('wait', '--for=delete', `pod/${app}`, '--timeout=120s');
}, 300_000);

it('webhook and executor do their work, and answer a rerun', async () => {
  await scene.restore({ name: 'db', annotations: execHook(['/bin/sh', '-c', 'echo done >> /tmp/done']) });
  await scene.finished('db');
  expect(await scene.mark('db')).toBe('True Succeeded');
  const { items } = await kubectlJson<{ items: HookRun[] }>(scene.cluster, ['-n', scene.namespace, 'get', 'hookruns']);
  const run = items.find(({ spec }) => spec.pod.name === 'db');
  const ask = { spec: { rerun: '2026-01-01T00:00:00Z' } };
  await scene.kubectl('patch', 'hookrun', run?.metadata.name ?? '', '--type=merge', '-p', JSON.stringify(ask));
  const second = ['wait', '--for=jsonpath={.status.run}=2', `hookrun/${run?.metadata.name ?? ''}`, '--timeout=120s'];
  await scene.kubectl(...second);
  await scene.kubectl('wait', '--for=jsonpath={.status.phase}=Succeeded', ...second.slice(2));
  expect(await scene.sh('db', 'cat /tmp/done')).toBe('done\ndone\n');
}, 300_000);
