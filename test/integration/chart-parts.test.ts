import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { registration } from '../../certs/registration.ts';
import manifest from '../../package.json' with { type: 'json' };
import { silent } from '../cluster/progress.ts';
import { ensureTool } from '../cluster/tools.ts';
import type { KubernetesObject } from '../support/kubernetes-schemas.ts';
import { chartFolder } from '../support/release.ts';
import { find, podsOf, render, rulesOf } from '../support/rendered-chart.ts';

const root = join(import.meta.dirname, '../..');

describe('the chart’s registration', () => {
  it('is that of `npm run certs`, but for where the webhook is and who writes the bundle', async () => {
    const { webhooks } = find(await render({}), 'MutatingWebhookConfiguration', 'restore-hooks');
    const made = registration({
      service: { namespace: 'restore-hooks', name: 'restore-hooks-webhook' },
      caBundle: '',
      restoreLabel: 'velero.io/restore-name',
      excludedNamespaces: ['kube-system', 'restore-hooks'],
      restoreNamespaces: ['velero'],
    });
    const withoutBundle = made.webhooks.map((webhook) => {
      const { caBundle, ...clientConfig } = webhook.clientConfig;
      expect(caBundle).toBe('');
      return { ...webhook, clientConfig };
    });
    expect(webhooks).toHaveLength(2);
    expect(webhooks).toMatchObject(withoutBundle);
  }, 60_000);

  it('leaves alone the namespaces that the executor leaves alone', async () => {
    const objects = await render({ excludedNamespaces: ['istio-system'] }, { namespace: 'backup-system' });
    const { webhooks } = find(objects, 'MutatingWebhookConfiguration', 'restore-hooks');
    const executors = podsOf(find(objects, 'Deployment', 'restore-hooks-executor'));
    const env = executors.flatMap(({ spec }) => spec.containers[0]?.env ?? []);
    const told = env.find(({ name }) => name === 'RESTORE_HOOKS_EXCLUDED_NAMESPACES');
    const values = told?.value?.split(',') ?? [];
    expect(new Set(values)).toEqual(new Set(['backup-system', 'istio-system', 'kube-system']));
    const namespaceSelector = {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values }],
    };
    expect(webhooks).toContainEqual(expect.objectContaining({ name: 'pods.restorehooks.io', namespaceSelector }));
  }, 60_000);
});

describe('the rights', () => {
  it('are those of examples/install, for whoever installs without Helm, and those for certificates', async () => {
    const text = await readFile(join(root, 'examples/install/rbac.yaml'), 'utf8');
    const example = parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
    const ofChart = (await render({})).filter(({ metadata }) => /-(executor|planning)$/.test(metadata.name));
    expect(said(ofChart)).toEqual(said(example));
    expect(said(example).length).toBeGreaterThan(5);
  }, 60_000);

  it('are those for certificates only where the webhook makes them', async () => {
    const rights = async (mode: string) => {
      const objects = await render({ 'certificates.mode': mode });
      return said(objects.filter(({ metadata }) => metadata.name === 'restore-hooks-webhook'));
    };
    expect(await rights('self')).toEqual([
      'ClusterRole admissionregistration.k8s.io/mutatingwebhookconfigurations restore-hooks: get patch watch',
      'Role /secrets restore-hooks-webhook-tls: delete get patch',
      'Role /secrets: create',
      'Role discovery.k8s.io/endpointslices: list',
    ]);
    expect(await rights('cert-manager')).toEqual([
      'ClusterRole admissionregistration.k8s.io/mutatingwebhookconfigurations restore-hooks: get watch',
    ]);
  }, 60_000);
});

describe('what is around the chart', () => {
  it('passes helm lint, strictly', async () => {
    const helm = await ensureTool('helm', silent);
    const args = ['lint', '--strict', chartFolder, '--namespace', 'restore-hooks'];
    const { stdout } = await promisify(execFile)(helm, args);
    expect(stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
  }, 900_000);

  it('has a README that is made of its values, with a word on each', async () => {
    const docs = await ensureTool('helm-docs', silent);
    const { stdout } = await promisify(execFile)(docs, ['--chart-search-root', chartFolder, '--dry-run']);
    expect((await readFile(join(chartFolder, 'README.md'), 'utf8')).trimEnd()).toBe(stdout.trimEnd());
    const rows = stdout.split('\n').filter((line) => line.startsWith('| '));
    expect(rows.length).toBeGreaterThan(100);
    expect(rows.filter((row) => row.endsWith('|  |'))).toEqual([]);
  }, 900_000);

  it('bears the version of the package, and the image of that version', async () => {
    const chart = parse(await readFile(join(chartFolder, 'Chart.yaml'), 'utf8')) as {
      readonly appVersion: string;
      readonly annotations: Readonly<Record<string, string>>;
    };
    expect(chart.appVersion).toBe(manifest.version);
    expect(chart.annotations['artifacthub.io/images']).toContain(`restore-hooks:${manifest.version}`);
  });

  it('tells Artifact Hub of all definitions that it brings', async () => {
    const { annotations } = parse(await readFile(join(chartFolder, 'Chart.yaml'), 'utf8')) as {
      readonly annotations: Readonly<Record<string, string>>;
    };
    const told = parse(annotations['artifacthub.io/crds'] ?? '') as readonly { readonly name: string }[];
    const brought = (await render({})).filter(({ kind }) => kind === 'CustomResourceDefinition');
    expect(brought.map(({ metadata }) => metadata.name).sort()).toEqual(told.map(({ name }) => name).sort());
    for (const { metadata, spec } of brought) {
      const file = join(chartFolder, 'files/crds', `${metadata.name.split('.')[0] ?? ''}.yaml`);
      expect(spec).toEqual((parse(await readFile(file, 'utf8')) as KubernetesObject).spec);
    }
  }, 60_000);
});

/** The rules of roles, a line for each resource, whatever the roles are called. */
function said(objects: readonly KubernetesObject[]): readonly string[] {
  return objects
    .flatMap((object) => rulesOf(object).map((rule) => ({ kind: object.kind, ...rule })))
    .flatMap(({ kind, apiGroups, resources, resourceNames = [], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.map(
          (each) => `${[kind, `${group}/${each}`, ...resourceNames].join(' ')}: ${[...verbs].sort().join(' ')}`,
        ),
      ),
    )
    .sort();
}
