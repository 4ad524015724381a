import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { containerNotes } from '../../../crds/container-notes.ts';
import { initContainerSchema } from '../../../crds/init-container-schema.ts';
import type { Schema } from '../../../crds/schema.ts';
import { shapeSchema } from '../../../crds/shape-schema.ts';
import { containerShape } from '../../../shared/container-shape.ts';
import { boolean, listOf, oneOf, optional, record, refused, text, type Shape } from '../../../shared/shape.ts';
import * as textRules from '../../../shared/text-rules.ts';
import { texts } from '../../support/any-policies.ts';
import { childrenOf } from '../../support/schema-nodes.ts';

/** What a shape takes, by its path. */
function shapesOf(shape: Shape, path = ''): [string, Shape][] {
  const below = (): [string, Shape][] => {
    if (shape.is === 'list') return shapesOf(shape.of, `${path}[]`);
    if (shape.is === 'map') return shapesOf(shape.of, `${path}{}`);
    if (shape.is !== 'record') return [];
    return [...shape.fields].flatMap(([name, field]) => shapesOf(field.shape, `${path}.${name}`));
  };
  return shape.is === 'refused' ? [] : [[path, shape], ...below()];
}

function schemasOf(schema: Schema, path = ''): [string, Schema][] {
  return [[path, schema], ...childrenOf(schema, path).flatMap(([inside, child]) => schemasOf(child, inside))];
}

const typeOf: Record<Shape['is'], string | undefined> = {
  text: 'string',
  boolean: 'boolean',
  integer: 'integer',
  quantity: undefined,
  list: 'array',
  map: 'object',
  record: 'object',
  raw: undefined,
  refused: undefined,
};

const schemas = new Map(schemasOf(initContainerSchema));
const own = ['name', 'image', 'command', 'command[]'];

describe('the schema of an init container', () => {
  it('has every field that is read of one, and no other', () => {
    const read = shapesOf(containerShape).map(([path]) => path);
    expect([...schemas.keys()].sort()).toEqual([...read, ...own.map((field) => `.${field}`)].sort());
    expect(read.length).toBeGreaterThan(80);
  });

  it('has each field as it is read', () => {
    const types = shapesOf(containerShape).map(([path, shape]) => [path, typeOf[shape.is]]);
    expect(types.map(([path = '']) => [path, schemas.get(path)?.type])).toEqual(types);
  });

  it('needs what is needed', () => {
    const records = shapesOf(containerShape).filter(([path]) => path !== '');
    for (const [path, shape] of records) {
      if (shape.is !== 'record') continue;
      const needed = [...shape.fields].filter(([, { need }]) => need === 'required').map(([name]) => name);
      expect([path, schemas.get(path)?.required ?? []]).toEqual([path, needed]);
    }
    expect(initContainerSchema.required).toEqual(['name', 'image', 'command']);
  });

  it('has a use for every note', () => {
    const paths = new Set([...schemas.keys()].map((path) => path.slice(1)));
    expect(Object.keys(containerNotes).filter((path) => !paths.has(path))).toEqual([]);
  });
});

describe('shapeSchema', () => {
  const notes = { a: { description: 'A.' } };

  it('leaves out what is refused', () => {
    const shape = record({ a: optional(boolean), b: optional(refused('is not for you')) });
    expect(Object.keys(shapeSchema(shape, '', notes).properties ?? {})).toEqual(['a']);
  });

  it.each<[string, Shape, string]>([
    ['a field without a note', record({ b: optional(text()) }), 'do not say what b is'],
    ['fields that must agree in a way that no note tells', record({ a: optional(text()) }, () => null), 'must agree'],
    ['a list of what is refused', listOf(refused('never')), '[] has no schema'],
  ])('throws for %s', (_, shape, says) => {
    expect(() => shapeSchema(shape, '', notes)).toThrow(says);
  });

  it('takes of words those that are taken', () => {
    expect(shapeSchema(oneOf('One', 'Two'), '', notes)).toMatchObject({ type: 'string', enum: ['One', 'Two'] });
  });

  it.each(Object.entries(textRules))('takes of texts the same as the rule %s', (_, rule) => {
    const { pattern, not, maxLength = 0 } = shapeSchema(text(rule), '', {});
    const isTaken = (given: string) =>
      Array.from(given).length <= maxLength &&
      (pattern === undefined || new RegExp(pattern, 'u').test(given)) &&
      (not === undefined || !new RegExp(not.pattern, 'u').test(given));
    const pieces = fc.array(fc.constantFrom(...texts, '.', '/', '-', 'kubernetes.io/', 'hugepages-'), { maxLength: 4 });
    const any = fc.oneof(
      pieces.map((some) => some.join('')),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(any, (given) => {
        expect([given, isTaken(given)]).toEqual([given, rule(given) === null]);
      }),
      { numRuns: 300, examples: texts.map((given) => [given]) },
    );
  });
});
