import { readFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { registration } from '../../certs/registration.ts';
import { silent } from '../cluster/progress.ts';
import { ensureTool } from '../cluster/tools.ts';
import { KubernetesSchemas, type KubernetesObject } from '../support/kubernetes-schemas.ts';
import { chartFolder } from '../support/release.ts';
import { find, render, type Values } from '../support/rendered-chart.ts';

/** The oldest that the chart takes, and that of the embedded cluster. */
const versions = ['v1.30.14', 'v1.36.3'] as const;
/** Of others, which are installed by others. */
const foreign = ['monitoring.coreos.com/v1', 'cert-manager.io/v1'];

const matrix: readonly { readonly what: string; readonly values: Values; readonly namespace?: string }[] = [
  { what: 'nothing', values: {} },
  { what: 'another namespace', values: {}, namespace: 'backup-system' },
  { what: 'mode observe', values: { mode: 'observe' } },
  { what: 'annotations alone', values: { mode: 'standalone', sources: 'annotations' } },
  { what: 'no Restores', values: { restoreNamespaces: [] } },
  { what: 'failurePolicy Fail', values: { 'webhook.failurePolicy': 'Fail', 'webhook.timeoutSeconds': 10 } },
  { what: 'cert-manager', values: { 'certificates.mode': 'cert-manager' } },
  {
    what: 'an issuer',
    values: { 'certificates.mode': 'cert-manager', 'certificates.issuerRef': { name: 'ca', kind: 'ClusterIssuer' } },
  },
  {
    what: 'a Secret of one’s own',
    values: {
      'certificates.mode': 'secret',
      'certificates.secretName': 'mine',
      'certificates.caBundle': '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n',
    },
  },
  {
    what: 'a digest',
    values: { 'image.digest': `sha256:${'a'.repeat(64)}`, imagePullSecrets: [{ name: 'registry' }] },
  },
  {
    what: 'metrics, alerts and the dashboard',
    values: {
      'metrics.serviceMonitor': { enabled: true, labels: { release: 'prometheus' }, interval: '30s' },
      'metrics.prometheusRule.enabled': true,
      'metrics.dashboard.enabled': true,
    },
  },
  { what: 'a PodMonitor', values: { 'metrics.podMonitor.enabled': true } },
  {
    what: 'everything that is scheduled, labelled and bound',
    values: {
      extraLabels: { team: 'platform' },
      extraAnnotations: { note: 'x' },
      priorityClassName: 'system-cluster-critical',
      tolerations: [{ key: 'infra', operator: 'Exists' }],
      nodeSelector: { role: 'infra' },
      affinity: { nodeAffinity: {} },
      'webhook.extraEnv': [{ name: 'A', value: 'b' }],
      'executor.extraEnv': [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      'networkPolicy.webhookCIDRs': ['10.0.0.0/8'],
      'networkPolicy.apiServerCIDRs': ['10.0.0.1/32'],
      'networkPolicy.metricsFrom': [{ namespaceSelector: {} }],
      'networkPolicy.extraEgress': [{ to: [{ ipBlock: { cidr: '10.1.0.0/16' } }] }],
      extraObjects: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'more' }, data: { a: 'b' } }],
    },
  },
  {
    what: 'as little as can be',
    values: {
      'networkPolicy.enabled': false,
      'giveBack.enabled': false,
      'tests.enabled': false,
      'crds.install': false,
      'webhook.podDisruptionBudget.enabled': false,
      'executor.podDisruptionBudget.enabled': false,
      ...guardAll('off'),
    },
  },
  { what: 'the guard in Warn', values: guardAll('Warn') },
  { what: 'the guard in Audit', values: guardAll('Audit') },
];

function guardAll(action: string): Values {
  const parts = ['pods', 'otherPods', 'templates', 'marks', 'restores', 'policies', 'requests', 'records'];
  return Object.fromEntries(parts.map((part) => [`guard.${part}`, action]));
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

interface Workload {
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly containers: readonly Container[];
        readonly initContainers?: readonly Container[];
        readonly imagePullSecrets?: unknown;
      };
    };
  };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext: object;
}

const schemas = new Map<string, KubernetesSchemas>();
function schemasOf(version: string): KubernetesSchemas {
  const found = schemas.get(version);
  if (found === undefined) throw new Error(`the schemas of ${version} have not been read`);
  return found;
}

beforeAll(async () => {
  for (const version of versions) schemas.set(version, await KubernetesSchemas.of(version));
  await ensureTool('helm', silent);
}, 900_000);

describe.each(matrix)('the chart, with $what', ({ values, namespace = 'restore-hooks' }) => {
  let objects: readonly KubernetesObject[];
  beforeAll(async () => {
    objects = await render(values, { namespace });
  }, 60_000);

  it.each(versions)(
    'is what the API of Kubernetes %s takes, field by field',
    async (version) => {
      const own = objects.filter(({ apiVersion }) => !foreign.includes(apiVersion));
      const complaints: string[] = [];
      for (const object of own) complaints.push(...(await schemasOf(version).complaintsOf(object)));
      expect(complaints).toEqual([]);
      expect(own.length).toBeGreaterThan(5);
    },
    120_000,
  );

  it('asks for no right by a wildcard, and for Secrets and registrations by their names', () => {
    const rules = objects
      .filter(({ kind }) => ['Role', 'ClusterRole'].includes(kind))
      .flatMap((role) => role.rules as readonly Rule[]);
    expect(rules.filter((rule) => [...rule.apiGroups, ...rule.resources, ...rule.verbs].includes('*'))).toEqual([]);
    const delicate = rules.filter(({ resources }) => resources.some((each) => /^(secrets|mutatingweb)/.test(each)));
    const unnamed = delicate.filter((rule) => rule.resourceNames === undefined).flatMap(({ verbs }) => verbs);
    expect(unnamed.filter((verb) => verb !== 'create')).toEqual([]);
  });

  it('has nothing outside the release’s namespace but what belongs to the cluster, and the pod of its test', () => {
    const elsewhere = objects.filter((object) => ![undefined, namespace].includes(object.metadata.namespace));
    expect(elsewhere.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(
      values['tests.enabled'] === false || values.mode === 'observe' ? [] : ['Pod restore-hooks-test'],
    );
  });

  it('selects its own pods, and runs them unprivileged from one image', () => {
    for (const component of ['webhook', 'executor']) {
      const { spec } = find(objects, 'Deployment', `restore-hooks-${component}`) as KubernetesObject & Workload;
      expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
      for (const container of [...(spec.template.spec.initContainers ?? []), ...spec.template.spec.containers]) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        const digest = values['image.digest'];
        expect(container.image).toBe(
          `restore-hooks:${manifest.version}${digest === undefined ? '' : `@${digest as string}`}`,
        );
      }
    }
  });
});

describe('the chart’s registration', () => {
  it('is that of `npm run certs`, but for where the webhook is and who writes the bundle', async () => {
    const objects = await render({});
    const { webhooks } = find(objects, 'MutatingWebhookConfiguration', 'restore-hooks');
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
  });

  it('leaves alone the namespaces that the executor leaves alone', async () => {
    const objects = await render({ excludedNamespaces: ['istio-system'] }, { namespace: 'backup-system' });
    const { webhooks } = find(objects, 'MutatingWebhookConfiguration', 'restore-hooks');
    const { spec } = find(objects, 'Deployment', 'restore-hooks-executor') as KubernetesObject & Workload;
    const told = spec.template.spec.containers[0]?.env.find(({ name }) => name === 'RESTORE_HOOKS_EXCLUDED_NAMESPACES');
    const values = told?.value?.split(',') ?? [];
    expect(new Set(values)).toEqual(new Set(['backup-system', 'istio-system', 'kube-system']));
    const namespaceSelector = {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values }],
    };
    expect(webhooks).toContainEqual(expect.objectContaining({ name: 'pods.restorehooks.io', namespaceSelector }));
  });
});

describe('what is around the chart', () => {
  it('passes helm lint, strictly', async () => {
    const helm = await ensureTool('helm', silent);
    const args = ['lint', '--strict', chartFolder, '--namespace', 'restore-hooks'];
    const { stdout } = await promisify(execFile)(helm, args);
    expect(stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
  }, 60_000);

  it('has a README that is made of its values', async () => {
    const docs = await ensureTool('helm-docs', silent);
    const { stdout } = await promisify(execFile)(docs, ['--chart-search-root', chartFolder, '--dry-run']);
    expect((await readFile(join(chartFolder, 'README.md'), 'utf8')).trimEnd()).toBe(stdout.trimEnd());
  }, 900_000);

  it('bears the version of the package, and the image of that version', async () => {
    const chart = parse(await readFile(join(chartFolder, 'Chart.yaml'), 'utf8')) as {
      readonly appVersion: string;
      readonly annotations: Readonly<Record<string, string>>;
    };
    expect(chart.appVersion).toBe(manifest.version);
    expect(chart.annotations['artifacthub.io/images']).toContain(`restore-hooks:${manifest.version}`);
  });
});
