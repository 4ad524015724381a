/** Where the API server finds the webhook: a URL, for one outside the cluster, or a Service. */
export type WebhookAddress =
  | { readonly url: string }
  | { readonly service: { readonly namespace: string; readonly name: string; readonly port?: number } };

export type RegistrationOptions = WebhookAddress & {
  /** PEM of the authority that signed the serving certificate. */
  readonly caBundle: string;
  readonly restoreLabel: string;
  readonly excludedNamespaces: readonly string[];
  /** Where Velero's Restores are; none: they are not asked about. */
  readonly restoreNamespaces: readonly string[];
  /** Ignore unless given: a webhook that is down costs hooks, and not pods. */
  readonly failurePolicy?: 'Ignore' | 'Fail';
  /** 5 unless given; the API server takes 1 to 30. */
  readonly timeoutSeconds?: number;
};

export type Registration = ReturnType<typeof registration>;

/**
 * The object that has the API server ask the webhook about pods that a restore creates, and about no others: a pod without
 * the label costs no call; and about Restores with hooks, in Velero's namespaces. Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
export function registration(options: RegistrationOptions) {
  const { restoreLabel, excludedNamespaces, failurePolicy = 'Ignore', timeoutSeconds = 5 } = options;
  const caBundle = Buffer.from(options.caBundle).toString('base64');
  const clientConfig = (path: string) => ({
    caBundle,
    ...('url' in options
      ? { url: new URL(path, options.url).href }
      : { service: { path, port: 443, ...options.service } }),
  });
  const common = {
    sideEffects: 'None' as const,
    // Another webhook may put containers in front, or hooks back, after this one was asked.
    reinvocationPolicy: 'IfNeeded' as const,
    matchPolicy: 'Equivalent' as const,
    timeoutSeconds,
    admissionReviewVersions: ['v1'],
  };
  const excluding = {
    matchExpressions: [
      { key: 'kubernetes.io/metadata.name', operator: 'NotIn' as const, values: [...excludedNamespaces] },
    ],
  };
  const pods = { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
  const restores = { apiGroups: ['velero.io'], apiVersions: ['v1'], resources: ['restores'] };
  const forRestores = {
    ...common,
    name: 'restores.restorehooks.io',
    clientConfig: clientConfig('/mutate-restore'),
    // While the webhook is down Velero runs the hooks itself: no Restore needs to be refused.
    failurePolicy: 'Ignore' as const,
    rules: [{ ...restores, operations: ['CREATE' as const, 'UPDATE' as const], scope: 'Namespaced' as const }],
    namespaceSelector: {
      matchExpressions: [
        { key: 'kubernetes.io/metadata.name', operator: 'In' as const, values: [...options.restoreNamespaces] },
      ],
    },
    // Velero writes `hooks: {}` into every Restore, and each of its progress costs a call otherwise.
    matchConditions: [
      {
        name: 'holds-hooks',
        expression:
          'has(object.spec.hooks) && has(object.spec.hooks.resources) && size(object.spec.hooks.resources) > 0',
      },
    ],
  };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1' as const,
    kind: 'MutatingWebhookConfiguration' as const,
    metadata: { name: 'restore-hooks' },
    webhooks: [
      {
        ...common,
        name: 'pods.restorehooks.io',
        clientConfig: clientConfig('/mutate'),
        failurePolicy,
        rules: [{ ...pods, operations: ['CREATE' as const], scope: 'Namespaced' as const }],
        objectSelector: { matchExpressions: [{ key: restoreLabel, operator: 'Exists' as const }] },
        // The API server refuses NotIn without values.
        namespaceSelector: excludedNamespaces.length === 0 ? {} : excluding,
      },
      ...(options.restoreNamespaces.length === 0 ? [] : [forRestores]),
    ],
  };
}
