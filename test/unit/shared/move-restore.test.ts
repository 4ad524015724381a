import { describe, expect, it } from '@jest/globals';
import { moveRestore, type RestoreMove } from '../../../shared/move-restore.ts';
import type { RestoreObject } from '../../../shared/restore.ts';
import type { Json } from '../../../shared/yaml-value.ts';

const hooks = { resources: [{ name: 'rule' }] };
const others = { resources: [{ name: 'another' }] };
const annotation = 'restorehooks.io/hooks';
const path = '/metadata/annotations/restorehooks.io~1hooks';
const emptied = { op: 'add', path: '/spec/hooks', value: {} };
const text = JSON.stringify(hooks);

function restore(spec: RestoreObject['spec'], more: Partial<RestoreObject> = {}): RestoreObject {
  return { metadata: { name: 'r1', namespace: 'velero' }, ...(spec !== undefined && { spec }), ...more };
}

const moved = { metadata: { name: 'r1', annotations: { [annotation]: JSON.stringify(others) } } };
const stored = restore({ hooks: {} }, moved);

describe('moveRestore', () => {
  it.each<[string, RestoreObject, RestoreObject | null, RestoreMove['outcome'], readonly unknown[]]>([
    ['one without a spec', restore(undefined), null, 'nothing', []],
    ['one without hooks', restore({}), null, 'nothing', []],
    ['the empty hooks that Velero always writes', restore({ hooks: {} }), null, 'nothing', []],
    ['hooks without a rule', restore({ hooks: { resources: [] } }), null, 'nothing', []],
    ['hooks of null', restore({ hooks: null }), null, 'nothing', []],
    [
      'one that is created with hooks',
      restore({ hooks }),
      null,
      'moved',
      [{ op: 'add', path: '/metadata/annotations', value: { [annotation]: text } }, emptied],
    ],
    [
      'one that has annotations',
      restore({ hooks }, { metadata: { name: 'r1', annotations: { a: 'b' } } }),
      null,
      'moved',
      [{ op: 'add', path, value: text }, emptied],
    ],
    [
      'hooks that are written again before anybody has begun',
      restore({ hooks }, moved),
      stored,
      'moved',
      [{ op: 'add', path, value: text }, emptied],
    ],
    [
      'hooks that are written again in phase New',
      restore({ hooks }, { ...moved, status: { phase: 'New' } }),
      stored,
      'moved',
      [{ op: 'add', path, value: text }, emptied],
    ],
    [
      'hooks that are written to one under way',
      restore({ hooks }, { ...moved, status: { phase: 'InProgress' } }),
      stored,
      'dropped',
      [emptied],
    ],
    ['a copy of one that is complete', restore({ hooks }, { status: { phase: 'Completed' } }), null, 'left', []],
    ['an update of one that holds them already', restore({ hooks: others }), restore({ hooks }), 'left', []],
    ['hooks that are taken away by hand', restore({ hooks: {} }), restore({ hooks }), 'nothing', []],
  ])('%s', (_, now, before, outcome, patch) => {
    const move = moveRestore(now, before);
    expect(move).toMatchObject({ outcome, patch });
    expect(move.warnings.map(({ code }) => code)).toEqual(outcome === 'dropped' ? ['HooksDropped'] : []);
  });

  it.each([
    ['just fits', 0, 'moved'],
    ['is one byte too long', 1, 'left'],
  ])('text that %s among the annotations', (_, more, outcome) => {
    const limit = 262_144;
    const frame = JSON.stringify({ resources: [''] }).length + annotation.length;
    const move = moveRestore(restore({ hooks: { resources: ['x'.repeat(limit - frame + more)] } }), null);
    expect(move.outcome).toBe(outcome);
    expect(move.warnings.map(({ text: says }) => says.includes('left to Velero'))).toEqual(more === 0 ? [] : [true]);
  });

  it('leaves hooks that nest deeper than they can be written', () => {
    let deep: Json = 'x';
    for (let level = 0; level < 20_000; level += 1) deep = [deep];
    const move = moveRestore(restore({ hooks: { resources: [deep] } }), null);
    expect(move).toMatchObject({ outcome: 'left', patch: [], warnings: [{ code: 'LeftToVelero' }] });
  });
});
