import { bounds } from './bounds.ts';
import { celText, type Schema, type Validation } from './schema.ts';

// A namespace's name has small letters, digits and -, so no other character can match, and none has to be escaped.
const plain = '[-a-z0-9*?]';
const oneOf = String.raw`\[[!^]?[-a-z0-9]+\]`;
const inner = String.raw`\{(${plain}|${oneOf}|,)*\}`;
const outer = String.raw`\{(${plain}|${oneOf}|,|${inner})*\}`;
const glob = `^(${plain}|${oneOf}|${outer})+$`;

/**
 * Braces multiply, and 64 patterns are what one glob may stand for: one pair of braces with 63 commas has as many, and 6
 * commas have no more, however they are spread.
 */
const fewAlternatives = `size(self.split('{')) <= 2 && size(self.split(',')) <= 64 || size(self.split(',')) <= 7`;

/** Names of namespaces, and globs for them. */
export function namespacesSchema(description: string, more: readonly Validation[] = []): Schema {
  return {
    description,
    type: 'array',
    maxItems: bounds.namespaces,
    'x-kubernetes-list-type': 'atomic',
    items: {
      type: 'string',
      maxLength: bounds.namespacePattern,
      'x-kubernetes-validations': [
        {
          rule: `self.matches(${celText(glob)})`,
          message:
            'must be the name of a namespace (small letters, digits, -) or a glob of *, ?, [a-z] and {one,two}, with all brackets and braces closed',
        },
        { rule: fewAlternatives, message: 'stands for too many names: write several patterns instead of braces' },
        ...more,
      ],
    },
  };
}
