import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { hookRunCrd } from '../../../crds/hook-run-crd.ts';
import { render } from '../../../crds/render.ts';
import type { Schema } from '../../../crds/schema.ts';
import { nodesOf } from '../../support/schema-nodes.ts';

const file = new URL('../../../charts/restore-hooks/files/crds/hookruns.yaml', import.meta.url);
const [version] = hookRunCrd.spec.versions;
const schema: Schema = version?.schema.openAPIV3Schema ?? {};
const all = nodesOf(schema);

function at(path: string): Schema | undefined {
  return all.find(([inside]) => inside === path)?.[1];
}

describe('the CRD of a HookRun', () => {
  it('is in the chart as it is made here', async () => {
    expect(await readFile(file, 'utf8')).toBe(render(hookRunCrd));
  });

  it('says of every field what it is', () => {
    const silent = all.filter(
      ([path, { description = '' }]) => !/([\]}]|\.metadata)$/.test(path) && description === '',
    );
    expect(silent.map(([path]) => path)).toEqual([]);
    expect(all.length).toBeGreaterThan(80);
  });

  it('keeps of what it does not know what the executor writes alone, and holds no rule by which a later writer could be refused', () => {
    const keys = new Set(all.flatMap(([, node]) => Object.keys(node)).filter((key) => key.startsWith('x-')));
    expect([...keys]).toEqual(['x-kubernetes-list-type', 'x-kubernetes-preserve-unknown-fields']);
    const open = all.filter(([, node]) => node['x-kubernetes-preserve-unknown-fields'] === true);
    const places = ['.status', '.status.init[]', '.status.exec[]', '.status.earlier[].exec[]'];
    expect(open.map(([path]) => path).sort()).toEqual(places.sort());
  });

  it('bounds every list', () => {
    const lists = all.filter(([, { type }]) => type === 'array');
    expect(lists.filter(([, { maxItems }]) => maxItems === undefined)).toEqual([]);
    expect(lists.length).toBeGreaterThan(5);
  });

  it.each([
    ['.status.phase', 'Waiting Running Succeeded Failed Cancelled Missed TooLarge'],
    ['.status.exec[].state', 'Waiting Claimed Succeeded Failed Cancelled Interrupted Skipped'],
    ['.status.init[].state', 'Waiting Running Succeeded Failed Cancelled Interrupted Skipped'],
    ['.status.earlier[].exec[].state', 'Waiting Claimed Succeeded Failed Cancelled Interrupted Skipped'],
    ['.spec.exec[].source', 'annotation own-annotation restore policy'],
    ['.spec.exec[].onInterrupt', 'Fail Retry'],
  ])('has at %s the words %s, and says what each means', (path, words) => {
    const { enum: known = [], description = '' } = at(path) ?? {};
    expect(known.join(' ')).toBe(words);
    for (const word of known) expect(description).toContain(`${word}: `);
  });

  it.each([
    ['.spec', ['pod', 'restore', 'run', 'init', 'exec']],
    ['.spec.restore', ['label']],
    ['.status.exec[]', ['state', 'attempts']],
    ['.status.exec[].claim', ['id', 'holder', 'at', 'containerID']],
  ])('needs at %s what its type needs', (path, needed) => {
    expect(at(path)?.required).toEqual(needed);
  });

  it.each(['.spec.rerun', '.spec.cancel', '.status.exec[].claim', '.status.exec[].claim.group', '.status.finishedAt'])(
    'takes null at %s',
    (path) => expect(at(path)?.nullable).toBe(true),
  );

  it('has columns for fields that are there', () => {
    const columns = version?.additionalPrinterColumns ?? [];
    expect(columns.map(({ name }) => name).join(' ')).toBe('Restore Pod Phase Progress Age Problem Failed Finished');
    const lost = columns.filter(({ jsonPath }) => !jsonPath.startsWith('.metadata.') && at(jsonPath) === undefined);
    expect(lost).toEqual([]);
  });
});
