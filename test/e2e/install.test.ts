import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HookRun } from '../../shared/hook-run.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { ensureImages } from '../cluster/images.ts';
import { enforceNetworkPolicies, type Enforcement } from '../cluster/network-policies.ts';
import { silent } from '../cluster/progress.ts';
import { emptyCluster, uninstall } from '../support/installed.ts';
import { kubectl, kubectlJson } from '../support/kubectl.ts';
import { Release } from '../support/release.ts';
import { asRestored, type SavedPod } from '../support/restore.ts';
import { TestNamespace } from '../support/test-namespace.ts';
import { installRestores, removeRestores } from '../support/velero-crds.ts';

const examples = join(import.meta.dirname, '../../examples');
const readExample = (file: string) => readFile(join(examples, file), 'utf8');
const dump = "CREATE TABLE ledger (name text);\nINSERT INTO ledger VALUES ('Ada'), ('Grace');\n";

/** All that nobody has allowed is refused, in the namespace of the system: what the chart's own policies allow is left. */
const denyAll = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'deny-all' },
  spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
};

describe('installed by Helm, beside the definitions of Velero, in a namespace of PodSecurity restricted that allows no connection', () => {
  let cluster: Cluster;
  let enforcement: Enforcement;
  let release: Release;
  let app: TestNamespace;
  let monitoring: TestNamespace;

  beforeAll(async () => {
    await ensureImages(silent, ['postgres']);
    cluster = await emptyCluster();
    enforcement = await enforceNetworkPolicies(cluster.name, silent);
    await installRestores(cluster);
    const namespace = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'restore-hooks', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    };
    await kubectl(cluster, ['apply', '-f', '-'], JSON.stringify(namespace));
    await kubectl(cluster, ['apply', '-n', 'restore-hooks', '-f', '-'], JSON.stringify(denyAll));
    monitoring = await TestNamespace.make(cluster);
    const { stdout: node } = await kubectl(cluster, [
      ...['get', 'node', cluster.nodeName],
      ...['-o', 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}'],
    ]);
    const isMonitoring = { matchLabels: { 'kubernetes.io/metadata.name': monitoring.namespace } };
    release = await Release.install(cluster, {
      values: {
        'networkPolicy.webhookCIDRs': [`${node}/32`],
        'networkPolicy.metricsFrom': [{ namespaceSelector: isMonitoring }],
      },
    });
    app = await TestNamespace.make(cluster, 'app');
    await app.kubectl('create', 'configmap', 'db-backup', `--from-literal=backup.sql=${dump}`);
  }, 900_000);
  afterAll(async () => {
    await Promise.all([app.remove(), monitoring.remove()]);
    await uninstall(release);
    await removeRestores(cluster);
    await enforcement.stop();
  }, 600_000);

  /** Of any pod of the component. */
  function addressOf(component: string): Promise<string> {
    const label = `app.kubernetes.io/component=${component}`;
    return release.kubectl('get', 'pods', '-l', label, '-o', 'jsonpath={.items[0].status.podIP}');
  }

  async function runOf(pod: string): Promise<HookRun> {
    await app.kubectl('wait', '--for=condition=restorehooks.io/hooks', `pod/${pod}`, '--timeout=180s');
    // By its UID: the records of earlier pods of this name are kept.
    const { uid } = (await app.pod(pod)).metadata;
    const { items } = await kubectlJson<{ items: HookRun[] }>(cluster, ['-n', 'app', 'get', 'hookruns']);
    const run = items.find(({ spec }) => spec.pod.uid === uid);
    if (run === undefined) throw new Error(`there is no HookRun of ${pod}`);
    return run;
  }

  /** Backs a pod up as kubectl saves it, deletes it, and creates it again as a restore does. */
  async function restore(pod: string): Promise<void> {
    const saved = await kubectlJson<SavedPod>(cluster, ['-n', 'app', 'get', 'pod', pod]);
    await app.kubectl('delete', 'pod', pod, '--wait');
    await kubectl(cluster, ['create', '-f', '-'], JSON.stringify(asRestored(saved, 'nightly')));
  }

  it('passes its own `helm test`', async () => {
    expect(await release.helm('test')).toMatch(/Phase: +Succeeded/);
  }, 300_000);

  it('has two of each, spread, unprivileged, and all Ready', async () => {
    const pods = [...(await release.pods('webhook')), ...(await release.pods('executor'))];
    const ready = pods.map(({ status }) => status?.conditions?.find(({ type }) => type === 'Ready')?.status);
    expect(ready).toEqual(['True', 'True', 'True', 'True']);
    const certs = await release.logs('webhook', 'certs');
    expect(certs).not.toMatch(/BEGIN [A-Z ]*PRIVATE KEY/);
  });

  it('lets the API server in to the webhook and Prometheus in to the metrics, and strangers nowhere', async () => {
    for (const namespace of [app, monitoring]) {
      await namespace.create({ name: 'caller' });
      await namespace.ready('caller');
    }
    const addresses = { webhook: await addressOf('webhook'), executor: await addressOf('executor') };
    const knock = (from: TestNamespace, address: string, port: number) =>
      from.sh('caller', `nc -w 5 ${address} ${port} </dev/null >/dev/null 2>&1 && echo open || echo shut`);
    expect({
      stranger: {
        webhook: await knock(app, addresses.webhook, 8443),
        metrics: await knock(app, addresses.executor, 8080),
        certificates: await knock(app, addresses.webhook, 8081),
      },
      prometheus: {
        webhook: await knock(monitoring, addresses.webhook, 8443),
        metrics: await knock(monitoring, addresses.executor, 8080),
        certificates: await knock(monitoring, addresses.webhook, 8081),
      },
    }).toEqual({
      stranger: { webhook: 'shut\n', metrics: 'shut\n', certificates: 'shut\n' },
      prometheus: { webhook: 'shut\n', metrics: 'open\n', certificates: 'open\n' },
    });
  }, 180_000);

  it('runs the page’s init hook by annotation', async () => {
    await kubectl(cluster, ['apply', '-f', join(examples, 'init-hook/pod.yaml')]);
    await app.ready('web');
    const annotate = await readExample('init-hook/annotate.sh');
    await app.kubectl('annotate', 'pod', 'web', ...annotationsOf(annotate));
    await restore('web');
    const run = await runOf('web');
    expect(run.status?.phase).toBe('Succeeded');
    const { spec } = await app.pod('web');
    expect(spec.initContainers?.map(({ name }) => name)).toEqual(['restore-hook']);
    expect((await app.kubectl('logs', 'web', '-c', 'restore-hook')).stdout).toMatch(/UTC \d{4}/);
  }, 300_000);

  it('puts the hook after the wait container', async () => {
    await kubectl(cluster, ['apply', '-f', join(examples, 'wait-container/pod.yaml')]);
    await runOf('files');
    const { spec } = await app.pod('files');
    expect(spec.initContainers?.map(({ name }) => name)).toEqual(['restore-wait', 'restore-hook', 'setup']);
    await app.kubectl('delete', 'pod', 'files', '--wait');
  }, 300_000);

  it('runs the page’s exec hook by annotation on a real PostgreSQL', async () => {
    await kubectl(cluster, ['apply', '-f', join(examples, 'postgres/pod.yaml')]);
    await app.ready('db');
    await app.kubectl('annotate', 'pod', 'db', ...annotationsOf(await readExample('postgres/annotate.sh')));
    await restore('db');
    const run = await runOf('db');
    expect(run.status).toMatchObject({ phase: 'Succeeded', exec: [{ state: 'Succeeded', attempts: 1, exitCode: 0 }] });
    expect(await app.sh('db', 'psql -At -c "SELECT name FROM ledger ORDER BY name"', 'postgres')).toBe('Ada\nGrace\n');
    await app.kubectl('delete', 'pod', 'db', '--wait');
  }, 300_000);

  it('runs the page’s two Restores, r2, taken over from Velero', async () => {
    await kubectl(
      cluster,
      ['create', '-f', '-'],
      `${await readExample('restore-spec/restore-init.yaml')}\n---\n${await readExample('restore-spec/pod-init.yaml')}`,
    );
    await runOf('files');
    expect(await app.sh('files', 'cat /one/foobarbaz; echo; cat /two/deadfeed', 'files')).toBe('FOOBARBAZ\nDEADFEED');
    await kubectl(cluster, ['-n', 'velero', 'delete', 'restore', 'r2']);
    await kubectl(
      cluster,
      ['create', '-f', '-'],
      `${await readExample('restore-spec/restore-exec.yaml')}\n---\n${await readExample('restore-spec/pod-exec.yaml')}`,
    );
    const run = await runOf('db');
    expect(run.spec.exec.map(({ container }) => container)).toEqual(['postgres', 'postgres', 'sidecar']);
    expect(run.status?.exec?.map(({ state }) => state)).toEqual(['Succeeded', 'Succeeded', 'Succeeded']);
    const starts = run.status?.exec?.map(({ startedAt }) => startedAt ?? '') ?? [];
    expect([...starts].sort()).toEqual(starts);
    expect(await app.sh('db', 'psql -h 127.0.0.1 -At -c "SELECT count(*) FROM ledger"', 'postgres')).toBe('2\n');
    expect(await app.sh('db', 'cat /start', 'sidecar')).toMatch(/\d{4}/);
  }, 400_000);
});

/** The arguments of the `kubectl annotate` commands in a script of the examples, as the shell would give them. */
function annotationsOf(script: string): readonly string[] {
  const values = [...script.matchAll(/^ {4}(\S+?)=(?:'([^']*)'|(\S+))/gm)];
  return values.map(([, key = '', quoted, plain]) => `${key}=${quoted ?? plain ?? ''}`);
}
