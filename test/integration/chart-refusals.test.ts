import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { pem } from '../support/chart-values.ts';
import { chartFolder, type Values } from '../support/release.ts';
import { render, type RenderOptions } from '../support/rendered-chart.ts';

interface Refusal {
  readonly values: Values;
  readonly says: string;
  readonly options?: RenderOptions;
}

const key = '-----BEGIN EC PRIVATE KEY-----\nMA==\n-----END EC PRIVATE KEY-----\n';

describe('the chart refuses', () => {
  it.each<Refusal>([
    { values: { webhok: {} }, says: "additional properties 'webhok' not allowed" },
    { values: { 'webhook.replica': 3 }, says: "additional properties 'replica' not allowed" },
    { values: { 'executor.lease.duration': 3 }, says: "additional properties 'duration' not allowed" },
    { values: { 'webhook.extraEnv': [{ name: 'A', vale: 'b' }] }, says: "additional properties 'vale' not allowed" },
    { values: { 'webhook.clientCertificates.name': 'a' }, says: "additional properties 'name' not allowed" },
    { values: { 'podSecurityContext.runAsNonRot': true }, says: "additional properties 'runAsNonRot' not allowed" },
    { values: { 'securityContext.privilegd': false }, says: "additional properties 'privilegd' not allowed" },
    { values: { 'executor.podDisruptionBudget.maxUnavailable': '500%' }, says: '/executor/podDisruptionBudget' },
    { values: { mode: 'takeovers' }, says: '/mode' },
    { values: { 'webhook.failurePolicy': 'ignore' }, says: '/webhook/failurePolicy' },
    { values: { 'webhook.timeoutSeconds': 31 }, says: '/webhook/timeoutSeconds' },
    { values: { 'guard.pods': 'deny' }, says: '/guard/pods' },
    { values: { 'image.digest': 'sha256:12' }, says: '/image/digest' },
    { values: { 'networkPolicy.webhookCIDRs': ['10.0.0.1'] }, says: '/networkPolicy/webhookCIDRs' },
  ])('a value that there is not, or that is not of its kind: $says', async ({ values, says }) => {
    await expect(render(values)).rejects.toThrow(says);
  });

  it.each<Refusal>([
    { values: {}, options: { namespace: 'kube-system' }, says: '--namespace' },
    { values: {}, options: { namespace: 'default' }, says: '--namespace' },
    { values: {}, options: { namespace: 'velero' }, says: 'restoreNamespaces' },
    { values: { restoreNamespaces: [] }, says: 'restoreNamespaces' },
    { values: { fullnameOverride: '9hooks' }, says: 'fullnameOverride' },
    { values: { takeoverNamespaces: ['kube-system'] }, says: 'takeoverNamespaces' },
    { values: { mode: 'standalone', takeoverNamespaces: ['a'] }, says: 'takeoverNamespaces' },
    { values: { mode: 'takeover', sources: 'annotations' }, says: 'sources' },
    { values: { sources: 'annotations', takeoverNamespaces: ['default'] }, says: 'takeoverNamespaces' },
    { values: { sources: 'annotations', 'executor.driveRestores': true }, says: 'executor.driveRestores' },
    { values: { 'tests.namespace': 'kube-system' }, says: 'tests.namespace' },
    { values: { takeoverNamespaces: ['shop'] }, says: 'tests.namespace' },
    { values: { 'tests.namespace': 'shop', excludedNamespaces: ['shop'] }, says: 'tests.namespace' },
    { values: { 'certificates.mode': 'secret' }, says: 'certificates.secretName' },
    { values: { 'certificates.mode': 'secret', 'certificates.secretName': 'a' }, says: 'certificates.caBundle' },
    { values: { 'certificates.secretName': 'a' }, says: 'certificates.secretName' },
    { values: { 'certificates.mode': 'cert-manager', 'certificates.caBundle': pem }, says: 'certificates.caBundle' },
    {
      values: { 'certificates.mode': 'secret', 'certificates.secretName': 'a', 'certificates.caBundle': 'MA==' },
      says: 'certificates.caBundle',
    },
    { values: { 'webhook.clientCertificates.authority': pem + key }, says: 'webhook.clientCertificates.authority' },
    { values: { 'webhook.clientCertificates.names': ['a'] }, says: 'webhook.clientCertificates.names' },
    { values: { 'certificates.issuerRef': { name: 'a' } }, says: 'certificates.issuerRef' },
    { values: { 'certificates.servingDays': 400 }, says: 'certificates.servingDays' },
    { values: { 'webhook.replicas': 0, 'webhook.failurePolicy': 'Fail' }, says: 'webhook.replicas' },
    { values: { mode: 'observe', 'webhook.failurePolicy': 'Fail' }, says: 'webhook.failurePolicy' },
    { values: { lookupTimeoutSeconds: 5 }, says: 'lookupTimeoutSeconds' },
    { values: { 'webhook.extraEnv': [{ name: 'RESTORE_HOOKS_MODE' }] }, says: 'webhook.extraEnv' },
    { values: { 'executor.extraEnv': [{ name: 'RESTORE_HOOKS_MAX_PARALLEL_PODS' }] }, says: 'executor.extraEnv' },
    { values: { 'certificates.extraEnv': [{ name: 'RESTORE_HOOKS_CERTS_MODE' }] }, says: 'certificates.extraEnv' },
    { values: { 'executor.lease.renewDeadlineSeconds': 15 }, says: 'executor.lease.renewDeadlineSeconds' },
    { values: { 'executor.lease.retryPeriodSeconds': 9 }, says: 'executor.lease.retryPeriodSeconds' },
    {
      values: { 'metrics.serviceMonitor.enabled': true, 'metrics.podMonitor.enabled': true },
      says: 'metrics.podMonitor.enabled',
    },
  ])('what would not work, and names the value: $says', async ({ values, options, says }) => {
    await expect(render(values, options)).rejects.toThrow(`${says}:`);
  });
});

describe('the schema of the values', () => {
  interface Schema {
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly additionalProperties?: boolean | object;
  }

  /** The dotted names of what the values have and the schema has not, and the other way round. */
  function differences(values: unknown, { properties }: Schema, place = ''): readonly string[] {
    if (properties === undefined || typeof values !== 'object' || values === null) return [];
    const given = new Set(Object.keys(values));
    const optional = new Set(['global', 'claims', 'requests', 'limits', 'name', 'kind', 'group']);
    // Kubernetes' own fields, most of which nobody needs.
    const isOpen = /securityContext\.$/i.test(place);
    const missing = Object.keys(properties).filter((key) => !isOpen && !given.has(key) && !optional.has(key));
    const unknown = [...given].filter((key) => !(key in properties));
    const inside = Object.entries(values).flatMap(([key, value]) => {
      const schema = properties[key];
      return schema === undefined ? [] : differences(value, schema, `${place}${key}.`);
    });
    return [
      ...missing.map((key) => `no value ${place}${key}`),
      ...unknown.map((key) => `no schema ${place}${key}`),
      ...inside,
    ];
  }

  it('has every value, and no other', async () => {
    const schema = JSON.parse(await readFile(join(chartFolder, 'values.schema.json'), 'utf8')) as Schema;
    const values: unknown = parse(await readFile(join(chartFolder, 'values.yaml'), 'utf8'));
    expect(differences(values, schema)).toEqual([]);
    expect(schema.additionalProperties).toBe(false);
  });
});
