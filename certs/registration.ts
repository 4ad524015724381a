/** Where the API server finds the webhook: a URL, for one outside the cluster, or a Service. */
export type WebhookAddress =
  | { readonly url: string }
  | { readonly service: { readonly namespace: string; readonly name: string; readonly port?: number } };

export type RegistrationOptions = WebhookAddress & {
  /** PEM of the authority that signed the serving certificate. */
  readonly caBundle: string;
  readonly restoreLabel: string;
  readonly excludedNamespaces: readonly string[];
  /** Ignore unless given: a webhook that is down costs hooks, and not pods. */
  readonly failurePolicy?: 'Ignore' | 'Fail';
  /** 5 unless given; the API server takes 1 to 30. */
  readonly timeoutSeconds?: number;
};

export type Registration = ReturnType<typeof registration>;

/**
 * The object that has the API server ask the webhook about pods that a restore creates, and about no others: a pod without
 * the label costs no call. Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
export function registration(options: RegistrationOptions) {
  const { restoreLabel, excludedNamespaces, failurePolicy = 'Ignore', timeoutSeconds = 5 } = options;
  const clientConfig = {
    caBundle: Buffer.from(options.caBundle).toString('base64'),
    ...('url' in options ? { url: options.url } : { service: { path: '/mutate', port: 443, ...options.service } }),
  };
  const excluding = {
    matchExpressions: [
      { key: 'kubernetes.io/metadata.name', operator: 'NotIn' as const, values: [...excludedNamespaces] },
    ],
  };
  const pods = { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1' as const,
    kind: 'MutatingWebhookConfiguration' as const,
    metadata: { name: 'restore-hooks' },
    webhooks: [
      {
        name: 'pods.restorehooks.io',
        clientConfig,
        rules: [{ ...pods, operations: ['CREATE' as const], scope: 'Namespaced' as const }],
        objectSelector: { matchExpressions: [{ key: restoreLabel, operator: 'Exists' as const }] },
        // The API server refuses NotIn without values.
        namespaceSelector: excludedNamespaces.length === 0 ? {} : excluding,
        sideEffects: 'None' as const,
        // Another webhook may put containers in front after this one was asked.
        reinvocationPolicy: 'IfNeeded' as const,
        matchPolicy: 'Equivalent' as const,
        failurePolicy,
        timeoutSeconds,
        admissionReviewVersions: ['v1'],
      },
    ],
  };
}
