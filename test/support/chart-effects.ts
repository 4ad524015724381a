import { budget, guardAll, guardParts, monitor, pem, resources, scheduled, workload } from './chart-values.ts';
import type { Values } from './release.ts';

/** Values, by their dotted names, each to be set alone; and which objects are then other than without it. */
export interface Effect {
  readonly changes: readonly string[] | 'all';
  /** Set with and without it, since it counts only then. */
  readonly beside?: Values;
  readonly values: Values;
}

const both = ['Deployment executor', 'Deployment webhook'];
const pods = [...both, 'Job give-back', 'Pod test'];
const registration = 'MutatingWebhookConfiguration';
const policies = ['webhook', 'executor'].map((name) => `NetworkPolicy ${name}`);
const giveBack = ['ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding', 'NetworkPolicy', 'Job'];
const authority = ['Certificate webhook-ca', 'Issuer webhook-ca', 'Issuer selfsigned'];

/** Objects are called by their kind and the end of their name that follows the release's. Every value of the chart is here. */
export const effects: readonly Effect[] = [
  { changes: 'all', values: { extraLabels: { team: 'x' }, extraAnnotations: { note: 'x' } } },
  // Definitions have the names of what they define.
  { changes: 'all', beside: { 'crds.install': false }, values: { nameOverride: 'other', fullnameOverride: 'other' } },
  {
    changes: pods,
    values: {
      'image.repository': 'registry.example/restore-hooks',
      'image.tag': '9',
      'image.digest': `sha256:${'a'.repeat(64)}`,
      'image.pullPolicy': 'Always',
      imagePullSecrets: [{ name: 'registry' }],
      ...scheduled(''),
      'podSecurityContext.runAsNonRoot': null,
      'podSecurityContext.runAsUser': 1000,
      'podSecurityContext.runAsGroup': 1000,
      'podSecurityContext.fsGroup': 1000,
      'podSecurityContext.seccompProfile.type': 'Unconfined',
      'securityContext.allowPrivilegeEscalation': null,
      'securityContext.readOnlyRootFilesystem': false,
      'securityContext.capabilities.drop': [],
    },
  },
  { changes: [...both, 'Job give-back'], values: { logLevel: 'debug' } },
  {
    changes: both,
    values: {
      mode: 'standalone',
      takeoverNamespaces: ['default'],
      inherit: ['resources'],
      lookupTimeoutSeconds: 0.5,
      discoverySeconds: 60,
      restoresMemoryMiB: 64,
    },
  },
  {
    changes: [...both, 'ClusterRole executor', 'ClusterRole planning', 'ClusterRoleBinding planning', registration],
    beside: { 'guard.restores': 'off' },
    values: { sources: 'annotations' },
  },
  {
    changes: [...both, registration, 'Pod test'],
    beside: guardAll('off'),
    values: { restoreLabel: 'example.com/restore' },
  },
  {
    changes: [...both, registration, 'Job give-back'],
    beside: guardAll('off'),
    values: { restoreNamespaces: ['backup'] },
  },
  { changes: [...both, registration], beside: guardAll('off'), values: { excludedNamespaces: ['other'] } },
  {
    changes: ['ConfigMap more'],
    values: { extraObjects: ['apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-more\n'] },
  },
  {
    changes: ['Deployment webhook'],
    values: {
      ...workload('webhook'),
      'webhook.shutdownDelaySeconds': 0,
      'webhook.maxConnections': 9,
      'webhook.bodyBudgetMiB': 9,
      ...resources('certificates'),
      'certificates.authorityDays': 900,
      'certificates.servingDays': 9,
      'certificates.checkSeconds': 9,
      'certificates.extraEnv': [{ name: 'A', value: 'b' }],
    },
  },
  { changes: ['Deployment webhook', 'ConfigMap clients'], values: { 'webhook.clientCertificates.authority': pem } },
  {
    changes: ['Deployment webhook'],
    beside: { 'webhook.clientCertificates.authority': pem },
    values: { 'webhook.clientCertificates.names': ['api'] },
  },
  {
    changes: [registration],
    values: {
      'webhook.failurePolicy': 'Fail',
      'webhook.timeoutSeconds': 9,
      'webhook.matchConditions': [{ name: 'a', expression: 'true' }],
    },
  },
  { changes: ['PodDisruptionBudget webhook'], values: budget('webhook') },
  { changes: ['ServiceAccount webhook'], values: { 'webhook.serviceAccount.annotations': { a: 'b' } } },
  {
    changes: ['Deployment executor'],
    values: {
      ...workload('executor'),
      'executor.maxParallelPods': 9,
      'executor.outputLimitBytes': 9,
      'executor.logOutput': false,
      'executor.recordOutput': false,
      'executor.redact': ['a', 'b'],
      'executor.pingIntervalSeconds': 9,
      'executor.lease.durationSeconds': 20,
      'executor.lease.renewDeadlineSeconds': 9,
      'executor.lease.retryPeriodSeconds': 1,
      'executor.failClusterWide': true,
      'executor.failWindowSeconds': 9,
      'executor.historyHours': 9,
      'executor.driveRestores': true,
      'executor.installedAt': '2026-01-01T00:00:00Z',
    },
  },
  { changes: ['PodDisruptionBudget executor'], values: budget('executor') },
  { changes: ['ServiceAccount executor'], values: { 'executor.serviceAccount.annotations': { a: 'b' } } },
  {
    changes: [
      ...['ClusterRole webhook', 'Role webhook', 'RoleBinding webhook', 'Deployment webhook', registration],
      ...['ValidatingAdmissionPolicy guard-secrets', 'ValidatingAdmissionPolicyBinding guard-secrets'],
      ...['Certificate webhook-tls', ...authority],
    ],
    values: { 'certificates.mode': 'cert-manager' },
  },
  {
    changes: ['Certificate webhook-tls', ...authority],
    beside: { 'certificates.mode': 'cert-manager' },
    values: { 'certificates.issuerRef': { name: 'a' } },
  },
  {
    changes: ['Deployment webhook'],
    beside: { 'certificates.mode': 'secret', 'certificates.secretName': 'mine', 'certificates.caBundle': pem },
    values: { 'certificates.secretName': 'other' },
  },
  {
    changes: [registration],
    beside: { 'certificates.mode': 'secret', 'certificates.secretName': 'mine', 'certificates.caBundle': pem },
    values: { 'certificates.caBundle': pem + pem },
  },
  ...guardParts.map((part) => ({
    changes: [`ValidatingAdmissionPolicyBinding guard-${nameOf(part)}`],
    values: { [`guard.${part}`]: 'Audit' },
  })),
  {
    changes: guardParts
      .filter((part) => part !== 'secrets')
      .map((part) => `ValidatingAdmissionPolicy guard-${nameOf(part)}`),
    values: { 'guard.exemptUsers': ['somebody'] },
  },
  {
    changes: ['hookruns', 'restorehookpolicies'].map((name) => `CustomResourceDefinition ${name}.restorehooks.io`),
    values: { 'crds.install': false, 'crds.keep': false },
  },
  { changes: giveBack.map((kind) => `${kind} give-back`), values: { 'giveBack.enabled': false } },
  {
    changes: ['Job give-back'],
    values: { 'giveBack.timeoutSeconds': 9, ...resources('giveBack'), ...scheduled('giveBack.') },
  },
  { changes: ['NetworkPolicy webhook'], values: { 'networkPolicy.webhookCIDRs': ['10.0.0.0/8'] } },
  {
    changes: policies,
    values: {
      'networkPolicy.metricsFrom': [{ podSelector: {} }],
      'networkPolicy.extraEgress': [{ to: [{ podSelector: {} }] }],
    },
  },
  {
    changes: [...policies, 'NetworkPolicy give-back'],
    values: {
      'networkPolicy.enabled': false,
      'networkPolicy.apiServerCIDRs': ['10.0.0.1/32'],
      'networkPolicy.apiServerPorts': [1],
    },
  },
  {
    changes: ['Service webhook', 'Service executor', 'ServiceMonitor'],
    values: { 'metrics.serviceMonitor.enabled': true },
  },
  { changes: ['ServiceMonitor'], ...monitor('serviceMonitor') },
  { changes: ['PodMonitor'], values: { 'metrics.podMonitor.enabled': true } },
  { changes: ['PodMonitor'], ...monitor('podMonitor') },
  { changes: ['PrometheusRule'], values: { 'metrics.prometheusRule.enabled': true } },
  {
    changes: ['PrometheusRule'],
    beside: { 'metrics.prometheusRule.enabled': true },
    values: { 'metrics.prometheusRule.labels': { a: 'b' } },
  },
  { changes: ['ConfigMap dashboard'], values: { 'metrics.dashboard.enabled': true } },
  {
    changes: ['ConfigMap dashboard'],
    beside: { 'metrics.dashboard.enabled': true },
    values: {
      'metrics.dashboard.namespace': 'grafana',
      'metrics.dashboard.labels.grafana_dashboard': 'yes',
      'metrics.dashboard.annotations': { a: 'b' },
    },
  },
  {
    changes: ['Pod test'],
    values: {
      'tests.enabled': false,
      'tests.namespace': 'other',
      'tests.timeoutSeconds': 9,
      ...resources('tests'),
      ...scheduled('tests.'),
    },
  },
];

function nameOf(part: string): string {
  return part.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
