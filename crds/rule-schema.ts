import { bounds } from './bounds.ts';
import { execSchema } from './exec-schema.ts';
import { namespacesSchema } from './glob-schema.ts';
import { initSchema } from './init-schema.ts';
import { labelSelectorSchema } from './label-selector-schema.ts';
import type { Schema, Validation } from './schema.ts';
import { nameSchema } from './text-schemas.ts';

const hookSchema: Schema = {
  type: 'object',
  properties: { exec: execSchema, init: initSchema },
  'x-kubernetes-validations': [
    {
      rule: 'has(self.exec) != has(self.init)',
      message: 'must have exec or init, one of them: make two hooks of it to have both',
    },
  ],
};

/** Which pods, and what happens to them: as an element of spec.hooks.resources in Velero's Restore. */
export const ruleSchema: Schema = {
  type: 'object',
  required: ['name', 'postHooks'],
  properties: {
    name: nameSchema('What to call the rule. It need not be unique: two rules of one name are two rules.'),
    includedNamespaces: namespacesSchema(
      `The namespaces that the rule is for, by the name that the pod is restored to: names and globs such as shop-*, at most ${bounds.namespaces}. A policy outside of the system's own namespace concerns its own namespace alone, whatever is named here. Default: all.`,
    ),
    excludedNamespaces: namespacesSchema(
      `The namespaces that the rule is not for, names and globs, at most ${bounds.namespaces}. Default: none.`,
      [
        {
          rule: `!self.matches('^[*]+$')`,
          message: 'excludes every namespace, so that the rule can never match: name those to be left out',
        },
      ],
    ),
    includedResources: {
      description: 'As in a Restore; only pods have hooks, so that it says pods or nothing. Default: pods.',
      type: 'array',
      maxItems: bounds.list,
      items: { type: 'string', enum: ['pods', 'po', 'pod', '*'] },
      'x-kubernetes-list-type': 'atomic',
    },
    excludedResources: {
      description: 'As in a Restore; only pods have hooks, so that there is nothing to exclude. It must be empty.',
      type: 'array',
      maxItems: bounds.list,
      items: { type: 'string', maxLength: bounds.text },
      'x-kubernetes-list-type': 'atomic',
      'x-kubernetes-validations': [
        {
          rule: 'size(self) == 0',
          message:
            'must be left out: without pods the rule can never match, and without anything else it is the same rule',
          reason: 'FieldValueForbidden',
        },
      ],
    },
    labelSelector: labelSelectorSchema,
    postHooks: {
      description: `What to do in each pod that matches, in this order, 1 to ${bounds.hooksOfRule}. Each has exec or init. A further rule takes further hooks.`,
      type: 'array',
      minItems: 1,
      maxItems: bounds.hooksOfRule,
      items: hookSchema,
      'x-kubernetes-list-type': 'atomic',
    },
  },
  'x-kubernetes-validations': ruleValidations(),
};

function ruleValidations(): Validation[] {
  const both = 'has(self.includedNamespaces) && has(self.excludedNamespaces)';
  // No two in one hook have one name, which its list of them holds. The list of one list is made once, not for each name.
  const names = '[self.postHooks.map(h, has(h.init) ? h.init.initContainers.map(c, c.name) : [])]';
  return [
    {
      rule: `!(${both}) || !self.includedNamespaces.exists(n, n in self.excludedNamespaces)`,
      message: 'must not have what is in includedNamespaces too: remove it from one of them',
      fieldPath: '.excludedNamespaces',
    },
    {
      rule: `${names}.all(hooks, hooks.all(hook, hook.all(name, hooks.exists_one(other, name in other))))`,
      message: 'must not have two init containers of one name: rename one of them',
      fieldPath: '.postHooks',
    },
  ];
}
