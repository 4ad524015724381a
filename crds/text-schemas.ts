import { bounds } from './bounds.ts';
import { celText, type Schema, type Validation } from './schema.ts';

const number = String.raw`([0-9]{1,N}(\.[0-9]{0,9})?|\.[0-9]{1,9})`;
const digits = (most: number) => number.replace('N', String(most));
/** So many digits at most that the longest text stays below Go's 292 years. */
const duration = `^(${digits(6)}h|${digits(7)}m|${digits(9)}(ms|s|us|\\x{b5}s|\\x{3bc}s|ns))+$|^0$`;

/** A duration as Go writes it, above zero. */
export function durationSchema(description: string): Schema {
  return {
    description,
    type: 'string',
    maxLength: bounds.duration,
    'x-kubernetes-validations': [
      {
        rule: `self.matches(${celText(duration)})`,
        message: 'must be a duration such as 30s, 5m or 1h30m: numbers with the units h, m, s, ms, us or ns',
      },
      // What is no duration at all has been told so.
      {
        rule: `self.matches('[1-9]') || !self.matches('0')`,
        message: 'must be above zero; leave it out for the default',
      },
    ],
  };
}

/** A name for people: of a rule, or of a hook. It stands in Events, in metrics and on command lines. */
export function nameSchema(description: string): Schema {
  return {
    description,
    type: 'string',
    maxLength: bounds.name,
    'x-kubernetes-validations': [
      {
        rule: `self.matches('^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$')`,
        message: 'must be letters, digits, -, _ and ., and begin and end with a letter or digit',
      },
    ],
  };
}

export function containerNameSchema(description: string, more: readonly Validation[] = []): Schema {
  return {
    description,
    type: 'string',
    maxLength: bounds.name,
    'x-kubernetes-validations': [
      {
        rule: `self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')`,
        message: 'must be the name of a container: small letters, digits and -, and no - at its ends',
      },
      ...more,
    ],
  };
}

/** A command as its arguments. */
export function commandSchema(description: string): Schema {
  return {
    description,
    type: 'array',
    minItems: 1,
    maxItems: bounds.words,
    items: { type: 'string', maxLength: bounds.word },
    'x-kubernetes-list-type': 'atomic',
    'x-kubernetes-validations': [
      {
        rule: `size(self) == 0 || size(self[0]) > 0`,
        message: 'must begin with the program to run, and that is empty',
      },
    ],
  };
}
