import type { Schema } from '../../crds/schema.ts';

/** What stands directly below a schema, by its path: `.field`, `[]` for the elements of a list, `{}` for the values of a map. */
export function childrenOf(schema: Schema, path: string): [string, Schema][] {
  return [
    ...Object.entries(schema.properties ?? {}).map(([name, child]): [string, Schema] => [`${path}.${name}`, child]),
    ...(schema.items === undefined ? [] : [[`${path}[]`, schema.items] satisfies [string, Schema]]),
    ...(schema.additionalProperties === undefined
      ? []
      : [[`${path}{}`, schema.additionalProperties] satisfies [string, Schema]]),
  ];
}

/** Every field of a schema by its path, the schema itself included. */
export function nodesOf(schema: Schema, path = ''): [string, Schema][] {
  return [[path, schema], ...childrenOf(schema, path).flatMap(([inside, child]) => nodesOf(child, inside))];
}
