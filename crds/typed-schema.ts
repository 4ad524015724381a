import type { Schema } from './schema.ts';

/** A field of an object: whether it must be there, and whether null may stand in its place. */
export interface Required {
  readonly is: 'required';
  readonly schema: Schema;
}

export interface Optional {
  readonly is: 'optional';
  readonly schema: Schema;
}

export interface Nullable {
  readonly is: 'nullable';
  readonly schema: Schema;
}

/** The fields that a type has, each as the type has it: a schema that falls behind its type is no TypeScript. */
export type FieldsOf<T extends object> = {
  readonly [K in keyof T]-?: null extends T[K]
    ? Nullable
    : Partial<Pick<T, K>> extends Pick<T, K>
      ? Optional
      : Required;
};

/** The schema of a type's objects. */
export function objectOf<T extends object>(description: string, fields: FieldsOf<T>): Schema {
  const entries = Object.entries<Required | Optional | Nullable>(fields);
  const needed = entries.filter(([, { is }]) => is === 'required').map(([name]) => name);
  return {
    ...(description !== '' && { description }),
    type: 'object',
    ...(needed.length > 0 && { required: needed }),
    properties: Object.fromEntries(
      entries.map(([name, { is, schema }]) => [name, is === 'nullable' ? { ...schema, nullable: true } : schema]),
    ),
  };
}

export function required(schema: Schema): Required {
  return { is: 'required', schema };
}

export function optional(schema: Schema): Optional {
  return { is: 'optional', schema };
}

export function nullable(schema: Schema): Nullable {
  return { is: 'nullable', schema };
}

/** One of a type's words, each with what it means, in its order; the schema lists exactly them. */
export function wordOf<Word extends string>(description: string, words: Readonly<Record<Word, string>>): Schema {
  const meanings = Object.entries<string>(words).map(([word, meaning]) => `${word}: ${meaning}`);
  return { description: `${description} ${meanings.join('; ')}.`, type: 'string', enum: Object.keys(words) };
}

export function textSchema(description: string, maxLength?: number): Schema {
  return { description, type: 'string', ...(maxLength !== undefined && { maxLength }) };
}

export function timeSchema(description: string): Schema {
  return { description, type: 'string', format: 'date-time' };
}

export function countSchema(description: string, minimum = 0): Schema {
  return { description, type: 'integer', format: 'int64', minimum };
}

/** Milliseconds: a duration may hold a fraction of one. */
export function millisecondsSchema(description: string): Schema {
  return { description, type: 'number', minimum: 0 };
}

export function listSchema(description: string, items: Schema, maxItems: number): Schema {
  return { description, type: 'array', maxItems, items, 'x-kubernetes-list-type': 'atomic' };
}
