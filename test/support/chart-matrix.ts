import { guardAll, pem } from './chart-values.ts';
import type { Values } from './release.ts';

export interface ChartCase {
  readonly what: string;
  readonly values: Values;
  /** `restore-hooks` unless given; the release's name, too. */
  readonly namespace?: string;
  readonly release?: string;
}

/** Fifty-three characters, the longest that Helm takes. */
export const longestRelease = `r${'e'.repeat(50)}-1`;

/** Installations as different as they can be: those that are made, and those at the ends of what can be said. */
export const matrix: readonly ChartCase[] = [
  { what: 'nothing', values: {} },
  { what: 'another namespace and name', values: {}, namespace: 'backup-system', release: 'hooks' },
  { what: 'the longest name', values: {}, namespace: `n${'s'.repeat(62)}`, release: longestRelease },
  { what: 'mode observe', values: { mode: 'observe' } },
  { what: 'mode takeover in some namespaces', values: { mode: 'takeover', takeoverNamespaces: ['default', 'shop'] } },
  { what: 'annotations alone', values: { mode: 'standalone', sources: 'annotations' } },
  { what: 'failurePolicy Fail', values: { 'webhook.failurePolicy': 'Fail', 'webhook.timeoutSeconds': 10 } },
  { what: 'cert-manager', values: { 'certificates.mode': 'cert-manager' } },
  {
    what: 'an issuer, and certificates of a few hours',
    values: {
      'certificates.mode': 'cert-manager',
      'certificates.issuerRef': { name: 'ca', kind: 'ClusterIssuer' },
      'certificates.servingDays': 0.25,
    },
  },
  {
    what: 'a Secret of one’s own, for callers with a certificate',
    values: {
      'certificates.mode': 'secret',
      'certificates.secretName': 'mine',
      'certificates.caBundle': pem,
      'webhook.clientCertificates': { authority: pem, names: ['api-server'] },
    },
  },
  {
    what: 'a digest',
    values: { 'image.digest': `sha256:${'a'.repeat(64)}`, imagePullSecrets: [{ name: 'registry' }] },
  },
  {
    what: 'metrics, alerts and the dashboard',
    values: {
      'metrics.serviceMonitor': {
        enabled: true,
        labels: { release: 'prometheus' },
        interval: '30s',
        scrapeTimeout: '5s',
        relabelings: [{ action: 'labeldrop', regex: 'pod' }],
      },
      'metrics.prometheusRule': { enabled: true, labels: { release: 'prometheus' } },
      'metrics.dashboard': { enabled: true, annotations: { grafana_folder: 'Backups' } },
    },
  },
  { what: 'a PodMonitor', values: { 'metrics.podMonitor.enabled': true, 'metrics.podMonitor.interval': '1m' } },
  {
    what: 'everything that is scheduled, labelled and bound',
    values: {
      extraLabels: { team: 'platform' },
      extraAnnotations: { note: 'x' },
      priorityClassName: 'system-cluster-critical',
      tolerations: [{ key: 'infra', operator: 'Exists' }],
      nodeSelector: { role: 'infra' },
      affinity: { nodeAffinity: {} },
      'webhook.topologySpreadConstraints': [
        { maxSkew: 1, topologyKey: 'rack', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {} },
      ],
      'webhook.extraEnv': [{ name: 'A', value: 'b' }],
      'webhook.matchConditions': [{ name: 'not-mine', expression: "request.namespace != 'mine'" }],
      'webhook.podDisruptionBudget.maxUnavailable': '50%',
      'executor.extraEnv': [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      'executor.redact': ['(?<=password=)\\S+', '"quoted"'],
      'executor.installedAt': '2026-01-01T00:00:00Z',
      'networkPolicy.webhookCIDRs': ['10.0.0.0/8', 'fd00::/8'],
      'networkPolicy.apiServerCIDRs': ['10.0.0.1/32'],
      'networkPolicy.metricsFrom': [{ namespaceSelector: {} }],
      'networkPolicy.extraEgress': [{ to: [{ ipBlock: { cidr: '10.1.0.0/16' } }] }],
      extraObjects: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'more' }, data: { a: 'b' } }],
    },
  },
  {
    what: 'without what OpenShift sets itself',
    values: {
      podSecurityContext: { runAsUser: null, runAsGroup: null, fsGroup: null },
      'webhook.serviceAccount.annotations': { 'example.com/role': 'webhook' },
    },
  },
  {
    what: 'as little as can be',
    values: {
      'networkPolicy.enabled': false,
      'giveBack.enabled': false,
      'tests.enabled': false,
      'crds.install': false,
      'webhook.replicas': 0,
      'webhook.shutdownDelaySeconds': 0,
      'webhook.podDisruptionBudget.enabled': false,
      'executor.podDisruptionBudget.enabled': false,
      ...guardAll('off'),
    },
  },
  { what: 'the guard in Warn', values: guardAll('Warn') },
  { what: 'the guard in Audit', values: guardAll('Audit') },
];
