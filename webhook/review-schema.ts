const stringMap = { type: 'object', nullable: true, additionalProperties: { type: 'string' } } as const;

const containers = {
  type: 'array',
  nullable: true,
  items: {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string' },
      image: { type: 'string' },
      command: { type: 'array', nullable: true, items: { type: 'string' } },
      restartPolicy: { type: 'string', nullable: true },
    },
  },
} as const;

const pod = {
  type: 'object',
  required: ['metadata', 'spec'],
  properties: {
    metadata: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        generateName: { type: 'string' },
        labels: stringMap,
        annotations: stringMap,
        ownerReferences: {
          type: 'array',
          nullable: true,
          items: { type: 'object', properties: { controller: { type: 'boolean', nullable: true } } },
        },
      },
    },
    spec: {
      type: 'object',
      properties: { containers, initContainers: containers, ephemeralContainers: containers },
    },
  },
} as const;

/**
 * As much of an admission.k8s.io/v1 AdmissionReview of a pod as is read here; every other field passes. Each keyword takes
 * time in proportion to the input, whatever the input is.
 * Source: https://kubernetes.io/docs/reference/config-api/apiserver-admission.v1/
 */
export const reviewSchema = {
  type: 'object',
  required: ['apiVersion', 'kind', 'request'],
  properties: {
    apiVersion: { const: 'admission.k8s.io/v1' },
    kind: { const: 'AdmissionReview' },
    request: {
      type: 'object',
      required: ['uid', 'kind', 'operation', 'object'],
      properties: {
        uid: { type: 'string', minLength: 1 },
        kind: {
          type: 'object',
          required: ['version', 'kind'],
          properties: { kind: { const: 'Pod' }, group: { const: '' }, version: { const: 'v1' } },
        },
        operation: { type: 'string' },
        subResource: { type: 'string' },
        name: { type: 'string' },
        namespace: { type: 'string' },
        dryRun: { type: 'boolean', nullable: true },
        object: pod,
      },
    },
  },
} as const;
