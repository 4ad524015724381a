import { describe, expect, it } from '@jest/globals';
import { registration } from '../../../certs/registration.ts';

const common = {
  caBundle: 'PEM',
  restoreLabel: 'velero.io/restore-name',
  excludedNamespaces: ['kube-system'],
  restoreNamespaces: ['velero'],
};

describe('registration', () => {
  it('asks for pods that are created with the label, and for Restores with hooks, in one golden object', () => {
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
        {
          name: 'restores.restorehooks.io',
          clientConfig: { caBundle: 'UEVN', url: 'https://10.0.0.1:8443/mutate-restore' },
          rules: [
            {
              apiGroups: ['velero.io'],
              apiVersions: ['v1'],
              resources: ['restores'],
              operations: ['CREATE', 'UPDATE'],
              scope: 'Namespaced',
            },
          ],
          namespaceSelector: {
            matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['velero'] }],
          },
          matchConditions: [
            { name: 'holds-hooks', expression: expect.stringContaining('object.spec.hooks.resources') },
          ],
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
    const [webhook, restores] = registration({ ...common, service, failurePolicy: 'Fail', timeoutSeconds: 9 }).webhooks;
    expect(webhook).toMatchObject({
      clientConfig: { service: { ...service, path: '/mutate', port: 443 } },
      failurePolicy: 'Fail',
      timeoutSeconds: 9,
    });
    expect(restores).toMatchObject({
      clientConfig: { service: { ...service, path: '/mutate-restore', port: 443 } },
      failurePolicy: 'Ignore',
    });
  });

  it('does not ask about Restores where none are watched', () => {
    const { webhooks } = registration({ ...common, restoreNamespaces: [], url: 'https://h/' });
    expect(webhooks.map(({ name }) => name)).toEqual(['pods.restorehooks.io']);
  });

  it('selects every namespace where none is excluded', () => {
    const [webhook] = registration({ ...common, excludedNamespaces: [], url: 'https://h/' }).webhooks;
    expect(webhook?.namespaceSelector).toEqual({});
  });
});
