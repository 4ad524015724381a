import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { policyCrd } from '../../../crds/policy-crd.ts';
import { render } from '../../../crds/render.ts';
import type { Schema } from '../../../crds/schema.ts';
import { nodesOf } from '../../support/schema-nodes.ts';

const file = new URL('../../../charts/restore-hooks/files/crds/restorehookpolicies.yaml', import.meta.url);
const schema: Schema = policyCrd.spec.versions[0]?.schema.openAPIV3Schema ?? {};

const all = nodesOf(schema);

describe('the CRD of a RestoreHookPolicy', () => {
  it('is in the chart as it is made here', async () => {
    expect(await readFile(file, 'utf8')).toBe(render(policyCrd));
  });

  it('says of every field what it is', () => {
    const silent = all.filter(
      ([path, { description = '' }]) => !/([\]}]|\.metadata)$/.test(path) && description === '',
    );
    expect(silent.map(([path]) => path)).toEqual([]);
    expect(all.length).toBeGreaterThan(100);
  });

  it('bounds whatever may grow, by which the API server reckons what its rules cost', () => {
    const spec = all.filter(([path]) => path.startsWith('.spec.'));
    const unbounded = spec.filter(([, node]) => {
      if (node.type === 'array') return node.maxItems === undefined;
      if (node.additionalProperties !== undefined) return node.maxProperties === undefined;
      if (node.type === 'string') return node.maxLength === undefined && node.enum === undefined;
      return node.type === undefined && node.maxLength === undefined;
    });
    expect(unbounded.map(([path]) => path)).toEqual([]);
  });

  it('says what to do wherever it refuses by a rule, in one line', () => {
    const rules = all.flatMap(([path, node]) =>
      (node['x-kubernetes-validations'] ?? []).map((validation) => ({ path, ...validation })),
    );
    expect(rules.length).toBeGreaterThan(30);
    const wordless = rules.filter(({ message }) => !/^(must|needs|stands|excludes|has|is) [^\n]{10,}$/.test(message));
    expect(wordless).toEqual([]);
  });

  it('names in its rules only fields that are there', () => {
    const lost = all.flatMap(([path, node]) =>
      (node['x-kubernetes-validations'] ?? []).flatMap(({ fieldPath }) =>
        fieldPath === undefined || all.some(([inside]) => inside === path + fieldPath) ? [] : [path + fieldPath],
      ),
    );
    expect(lost).toEqual([]);
  });
});
