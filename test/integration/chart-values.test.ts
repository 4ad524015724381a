import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { effects } from '../support/chart-effects.ts';
import { chartFolder, type Values } from '../support/release.ts';
import { render } from '../support/rendered-chart.ts';

type Rendered = ReadonlyMap<string, string>;

const rows = effects.flatMap(({ values, beside = {}, changes }) =>
  Object.entries(values).map(([name, value]) => ({ name, value, beside, changes })),
);
const rendered = new Map<string, Promise<Rendered>>();

describe('a value of the chart', () => {
  it.each(rows)(
    'changes what it is about, and nothing else: $name',
    async ({ name, value, beside, changes }) => {
      const [before, after] = await Promise.all([objectsOf(beside), objectsOf({ ...beside, [name]: value })]);
      const all = new Set([...before.keys(), ...after.keys()]);
      const changed = [...all].filter((object) => before.get(object) !== after.get(object));
      expect(changed.sort()).toEqual(changes === 'all' ? [...all].sort() : [...changes].sort());
    },
    120_000,
  );

  it('is in the table of this test, whichever it is', async () => {
    const values: unknown = parse(await readFile(join(chartFolder, 'values.yaml'), 'utf8'));
    const tested = new Set(rows.map(({ name }) => name));
    expect(leaves(values).filter((name) => !tested.has(name))).toEqual([]);
  });
});

/** What is rendered with these values, by kind and the end of the name. Without those that are set beside each of many, once. */
function objectsOf(values: Values): Promise<Rendered> {
  const key = JSON.stringify(values);
  const known = rendered.get(key) ?? byName(values);
  rendered.set(key, known);
  return known;
}

async function byName(values: Values): Promise<Rendered> {
  const objects = await render(values);
  const named = objects.map((object) => {
    const end = object.metadata.name.replace(/^restore-hooks-?/, '');
    return [`${object.kind} ${end}`.trim(), JSON.stringify(object)] as const;
  });
  return new Map(named);
}

/** Dotted names of all values that hold no further ones. */
function leaves(value: unknown, name = ''): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [name];
  const entries = Object.entries(value);
  if (entries.length === 0) return [name];
  return entries.flatMap(([key, each]) => leaves(each, name === '' ? key : `${name}.${key}`));
}
