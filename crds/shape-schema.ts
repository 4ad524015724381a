import { agreeAlways, type Field, type RecordShape, type Shape, type TextRule } from '../shared/shape.ts';
import { bounds } from './bounds.ts';
import { celText, re2, type Schema } from './schema.ts';

/** What a shape does not say of a field: its description, its bounds, and in CEL how its fields must agree. */
export type Notes = Readonly<Record<string, Schema & { readonly description: string }>>;

/**
 * The schema of what a shape takes. Of a field that is left out when it is bad, the schema refuses the whole object: whoever
 * writes it is there to be told.
 *
 * @param path under which the notes know the shape, `[]` for a list's elements: `env[].value`
 * @throws if a field has no note, fields must agree and the note does not say how, or a list is of what is refused: a fault
 *   of this program
 */
export function shapeSchema(shape: Shape, path: string, notes: Notes): Schema {
  const own = ofShape(shape, path, notes);
  const { 'x-kubernetes-validations': noted = [], ...note } = notes[path] ?? {};
  const validations = [...(own['x-kubernetes-validations'] ?? []), ...noted];
  return { ...own, ...note, ...(validations.length > 0 && { 'x-kubernetes-validations': validations }) };
}

function ofShape(shape: Shape, path: string, notes: Notes): Schema {
  switch (shape.is) {
    case 'text':
      return { type: 'string', maxLength: bounds.text, ...textSchema(shape.rule) };
    case 'boolean':
      return { type: 'boolean' };
    case 'integer':
      return { type: 'integer', format: 'int64', minimum: shape.from, maximum: shape.to };
    case 'quantity':
      return quantitySchema;
    case 'list':
      return {
        type: 'array',
        maxItems: bounds.list,
        items: shapeSchema(shape.of, `${path}[]`, notes),
        'x-kubernetes-list-type': 'atomic',
      };
    case 'map':
      return {
        type: 'object',
        maxProperties: bounds.list,
        additionalProperties: shapeSchema(shape.of, `${path}{}`, notes),
        'x-kubernetes-validations': [
          { rule: keyRule(shape.keyRule), message: `has a name that ${shape.keyRule('') ?? 'is none'}` },
        ],
      };
    case 'record':
      return recordSchema(shape, path, notes);
    case 'raw':
    case 'refused':
      throw new Error(`${path} has no schema`);
  }
}

/** A text as the amount of something, or a whole number. Source: shared/quantity.ts. */
const quantitySchema: Schema = {
  'x-kubernetes-int-or-string': true,
  maxLength: 40,
  pattern: String.raw`^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?(0?[0-9]|1[0-8]))?$`,
  minimum: 0,
};

function recordSchema({ fields, agree }: RecordShape, path: string, notes: Notes): Schema {
  if (agree !== agreeAlways && notes[path]?.['x-kubernetes-validations'] === undefined) {
    throw new Error(`the notes do not say how the fields of ${path} must agree`);
  }
  const entries = [...fields].flatMap(([name, { shape }]): [string, Schema][] => {
    const inside = path === '' ? name : `${path}.${name}`;
    if (shape.is === 'refused') return [];
    if (notes[inside] === undefined) throw new Error(`the notes do not say what ${inside} is`);
    return [[name, shapeSchema(shape, inside, notes)]];
  });
  const required = [...fields].filter(([, { need }]: [string, Field]) => need === 'required').map(([name]) => name);
  return { type: 'object', ...(required.length > 0 && { required }), properties: Object.fromEntries(entries) };
}

function textSchema({ terms }: TextRule): Schema {
  if (terms === undefined) return {};
  if (terms.is === 'words') return { enum: terms.words };
  return {
    ...(terms.longest !== undefined && { maxLength: terms.longest }),
    ...(terms.fits && { pattern: re2(terms.fits) }),
    ...(terms.never && { not: { pattern: re2(terms.never) } }),
  };
}

/** A schema says nothing of keys, so that CEL has to. */
function keyRule({ terms }: TextRule): string {
  if (terms?.is !== 'pattern') throw new Error('keys without a pattern');
  const conditions = [
    ...(terms.longest === undefined ? [] : [`size(key) <= ${terms.longest}`]),
    ...(terms.fits === undefined ? [] : [`key.matches(${celText(re2(terms.fits))})`]),
    ...(terms.never === undefined ? [] : [`!key.matches(${celText(re2(terms.never))})`]),
  ];
  return `self.all(key, ${conditions.join(' && ')})`;
}
