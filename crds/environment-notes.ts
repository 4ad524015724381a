import { bounds } from './bounds.ts';
import type { Validation } from './schema.ts';
import type { Notes } from './shape-schema.ts';

const optional = 'It may be missing. Default: false.';

export const environmentNotes: Notes = {
  env: { description: 'Variables of its environment, at most 64.', maxItems: 64 },
  'env[]': {
    description: 'One variable.',
    'x-kubernetes-validations': [
      {
        rule: '!has(self.valueFrom) || !has(self.value) || size(self.value) == 0',
        message: 'must not have value and valueFrom: remove one of them',
        fieldPath: '.valueFrom',
        reason: 'FieldValueForbidden',
      },
    ],
  },
  'env[].name': { description: 'Its name: printable ASCII but =.' },
  'env[].value': { description: 'Its value; $(NAME) stands for an earlier variable.', maxLength: bounds.word },
  'env[].valueFrom': {
    description: 'Where its value comes from: one of these.',
    'x-kubernetes-validations': exactlyOne(['configMapKeyRef', 'fieldRef', 'resourceFieldRef', 'secretKeyRef']),
  },
  ...keyRef('configMapKeyRef', 'ConfigMap'),
  ...keyRef('secretKeyRef', 'Secret'),
  'env[].valueFrom.fieldRef': { description: 'A field of the pod.' },
  'env[].valueFrom.fieldRef.apiVersion': { description: 'v1.' },
  'env[].valueFrom.fieldRef.fieldPath': {
    description: "The field, such as metadata.name or metadata.labels['app'].",
  },
  'env[].valueFrom.resourceFieldRef': {
    description: 'What a container may use.',
    'x-kubernetes-validations': [
      {
        rule: `!has(self.divisor) || self.divisor in ['0', '1'] || self.resource.endsWith('.cpu') == (self.divisor == '1m')`,
        message: 'must be 1 or 1m for cpu, and 1 or a size such as 1Mi for anything else',
        fieldPath: '.divisor',
      },
    ],
  },
  'env[].valueFrom.resourceFieldRef.containerName': { description: 'Which container. Default: this one.' },
  'env[].valueFrom.resourceFieldRef.divisor': { description: 'The unit, such as 1Mi or 1m. Default: 1.' },
  'env[].valueFrom.resourceFieldRef.resource': { description: 'What of it, such as limits.memory.' },
  envFrom: { description: 'Sources of many variables, at most 16.', maxItems: 16 },
  'envFrom[]': {
    description: 'One source.',
    'x-kubernetes-validations': exactlyOne(['configMapRef', 'secretRef']),
  },
  'envFrom[].prefix': { description: "What stands before each variable's name." },
  ...ref('configMapRef', 'ConfigMap'),
  ...ref('secretRef', 'Secret'),
};

function keyRef(field: string, kind: string): Notes {
  const path = `env[].valueFrom.${field}`;
  return {
    [path]: { description: `A key of a ${kind}.` },
    [`${path}.name`]: { description: `The ${kind}'s name, in the pod's namespace.` },
    [`${path}.key`]: { description: 'The key.' },
    [`${path}.optional`]: { description: optional },
  };
}

function ref(field: string, kind: string): Notes {
  const path = `envFrom[].${field}`;
  return {
    [path]: { description: `All keys of a ${kind}.` },
    [`${path}.name`]: { description: `The ${kind}'s name, in the pod's namespace.` },
    [`${path}.optional`]: { description: optional },
  };
}

function exactlyOne(fields: readonly string[]): Validation[] {
  const given = fields.map((field) => `(has(self.${field}) ? 1 : 0)`);
  return [{ rule: `${given.join(' + ')} == 1`, message: `must have one of ${fields.join(', ')}, and only one` }];
}
