import { bounds } from './bounds.ts';
import type { Schema, Validation } from './schema.ts';

const dnsLabel = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const key = `^(${dnsLabel}([.]${dnsLabel})*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`;
const value = '^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$';
const longestKey = 317;

const valueSchema: Schema = { type: 'string', maxLength: bounds.name, pattern: value };

/** A label selector as everywhere in Kubernetes, and what the API server leaves to its readers elsewhere. */
export const labelSelectorSchema: Schema = {
  description: 'Which labels a pod must have: all of matchLabels, and all of matchExpressions. Default: any.',
  type: 'object',
  properties: {
    matchLabels: {
      description: `Labels and their values, at most ${bounds.labels}.`,
      type: 'object',
      maxProperties: bounds.labels,
      additionalProperties: valueSchema,
      'x-kubernetes-validations': [
        {
          rule: `self.all(key, key.matches('${key}'))`,
          message: 'has a key that no label can have: it must be NAME or PREFIX/NAME',
        },
      ],
    },
    matchExpressions: {
      description: `Requirements on labels, at most ${bounds.labelExpressions}.`,
      type: 'array',
      maxItems: bounds.labelExpressions,
      'x-kubernetes-list-type': 'atomic',
      items: {
        type: 'object',
        required: ['key', 'operator'],
        properties: {
          key: {
            description: "The label's key.",
            type: 'string',
            maxLength: longestKey,
            'x-kubernetes-validations': [
              { rule: `self.matches('${key}')`, message: "must be a label's key: NAME or PREFIX/NAME" },
            ],
          },
          operator: {
            description:
              'In: the label has one of the values. NotIn: it has none of them, or is not there. Exists: it is there. DoesNotExist: it is not there.',
            type: 'string',
            enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'],
          },
          values: {
            description: `What In and NotIn compare with, 1 to ${bounds.labelValues}; the other operators take none.`,
            type: 'array',
            maxItems: bounds.labelValues,
            items: valueSchema,
            'x-kubernetes-list-type': 'atomic',
          },
        },
        'x-kubernetes-validations': requirementValidations(),
      },
    },
  },
};

function requirementValidations(): Validation[] {
  const hasValues = 'has(self.values) && size(self.values) > 0';
  return [
    {
      rule: `!(self.operator in ['In', 'NotIn']) || ${hasValues}`,
      message: 'must have at least one value with the operator In or NotIn',
      fieldPath: '.values',
      reason: 'FieldValueRequired',
    },
    {
      rule: `!(self.operator in ['Exists', 'DoesNotExist']) || !(${hasValues})`,
      message: 'must be left out with the operator Exists or DoesNotExist',
      fieldPath: '.values',
      reason: 'FieldValueForbidden',
    },
  ];
}
