import { describe, expect, it } from '@jest/globals';
import { registration } from '../../../certs/registration.ts';

const common = { caBundle: 'PEM', restoreLabel: 'velero.io/restore-name', excludedNamespaces: ['kube-system'] };

describe('registration', () => {
  it('asks for pods that are created with the label, in one golden object', () => {
    expect(registration({ ...common, url: 'https://10.0.0.1:8443/mutate' })).toEqual({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: 'restore-hooks' },
      webhooks: [
        {
          name: 'pods.restorehooks.io',
          clientConfig: { caBundle: 'UEVN', url: 'https://10.0.0.1:8443/mutate' },
          rules: [
            { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'], scope: 'Namespaced' },
          ],
          objectSelector: { matchExpressions: [{ key: 'velero.io/restore-name', operator: 'Exists' }] },
          namespaceSelector: {
            matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] }],
          },
          sideEffects: 'None',
          reinvocationPolicy: 'IfNeeded',
          matchPolicy: 'Equivalent',
          failurePolicy: 'Ignore',
          timeoutSeconds: 5,
          admissionReviewVersions: ['v1'],
        },
      ],
    });
  });

  it('names a Service, and refuses pods while the webhook is down if told to', () => {
    const service = { namespace: 'restore-hooks', name: 'webhook' };
    const [webhook] = registration({ ...common, service, failurePolicy: 'Fail', timeoutSeconds: 9 }).webhooks;
    expect(webhook).toMatchObject({
      clientConfig: { service: { ...service, path: '/mutate', port: 443 } },
      failurePolicy: 'Fail',
      timeoutSeconds: 9,
    });
  });

  it('selects every namespace where none is excluded', () => {
    const [webhook] = registration({ ...common, excludedNamespaces: [], url: 'https://h/' }).webhooks;
    expect(webhook?.namespaceSelector).toEqual({});
  });
});
