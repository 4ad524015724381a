import { inheritable } from '../shared/inherit.ts';
import { policyApiVersion, policyKind } from '../shared/policy.ts';
import { definitionOf } from './definition.ts';
import { bounds } from './bounds.ts';
import { ruleSchema } from './rule-schema.ts';
import type { Schema } from './schema.ts';

const plural = 'restorehookpolicies';

const specSchema: Schema = {
  description: 'What is asked for.',
  type: 'object',
  required: ['resources'],
  properties: {
    resources: {
      description: `The rules, 1 to ${bounds.rules}: each says which pods it is for and what happens to them, as spec.hooks.resources of a Velero Restore. All that match a pod count, in this order; further policies take further rules.`,
      type: 'array',
      minItems: 1,
      maxItems: bounds.rules,
      items: ruleSchema,
      'x-kubernetes-list-type': 'atomic',
    },
    inherit: {
      description: `What the policy's init containers take from the pod's first container where they leave it open: any of ${inheritable.join(', ')}. So they pass a namespace that enforces the restricted Pod Security Standard, or one with a ResourceQuota. The pod's annotation restorehooks.io/inherit goes before it; empty means nothing. Default: what the installation is set to.`,
      type: 'array',
      maxItems: inheritable.length,
      items: { type: 'string', enum: inheritable },
      'x-kubernetes-list-type': 'set',
    },
    readinessGate: {
      description:
        "Whether the pods of the policy's exec hooks get a readiness gate, so that no traffic reaches them before their hooks are done. The pod's annotation restorehooks.io/readiness-gate goes before it. Default: false.",
      type: 'boolean',
    },
  },
};

const statusSchema: Schema = {
  description: 'What has come of it, as the executor tells.',
  type: 'object',
  properties: {
    matchedPods: {
      description: 'How many restored pods had hooks of this policy so far.',
      type: 'integer',
      format: 'int64',
      minimum: 0,
    },
    lastProblem: {
      description: 'What went wrong last with a hook of this policy.',
      type: 'object',
      required: ['message', 'time'],
      properties: {
        message: { description: 'What went wrong.', type: 'string', maxLength: bounds.text },
        time: { description: 'When.', type: 'string', format: 'date-time' },
        pod: { description: 'In which pod, NAMESPACE/NAME.', type: 'string', maxLength: bounds.text },
      },
    },
    observedGeneration: {
      description: 'The metadata.generation of the policy that the status is about.',
      type: 'integer',
      format: 'int64',
      minimum: 0,
    },
  },
};

/** The CustomResourceDefinition of a RestoreHookPolicy, as the API server takes it. */
export const policyCrd = definitionOf({
  apiVersion: policyApiVersion,
  kind: policyKind,
  plural,
  shortName: 'rhp',
  description:
    "Standing hooks for every restore: init containers and commands for the pods that come back from a backup. One in the system's own namespace (restore-hooks by default) applies to every namespace that its rules name; one elsewhere to the pods of its own namespace. Hooks in a pod's annotations go before it.",
  columns: columns(),
  spec: specSchema,
  status: statusSchema,
});

function columns() {
  return [
    {
      name: 'Matched',
      type: 'integer',
      jsonPath: '.status.matchedPods',
      description: 'Restored pods that had hooks of this policy.',
    },
    { name: 'Problem', type: 'string', jsonPath: '.status.lastProblem.message', description: 'What went wrong last.' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Since it was created.' },
    {
      name: 'Problem pod',
      type: 'string',
      jsonPath: '.status.lastProblem.pod',
      description: 'In which pod it went wrong.',
      priority: 1,
    },
    {
      name: 'Problem age',
      type: 'date',
      jsonPath: '.status.lastProblem.time',
      description: 'How long ago it went wrong.',
      priority: 1,
    },
    {
      name: 'Inherit',
      type: 'string',
      jsonPath: '.spec.inherit',
      description: 'What init containers take from the first container.',
      priority: 1,
    },
  ];
}
