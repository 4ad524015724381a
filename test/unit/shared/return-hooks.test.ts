import { describe, expect, it } from '@jest/globals';
import { moveRestore } from '../../../shared/move-restore.ts';
import type { RestoreObject } from '../../../shared/restore.ts';
import { returnHooks, type HooksReturn } from '../../../shared/return-hooks.ts';
import type { Json } from '../../../shared/yaml-value.ts';
import { applyPatch } from '../../support/apply-patch.ts';

const hooks = { resources: [{ name: 'rule' }] };
const annotation = 'restorehooks.io/hooks';
const removed = { annotations: { [annotation]: null } };

function restore(text: string | null, specHooks?: Json): RestoreObject {
  return {
    metadata: {
      name: 'r1',
      namespace: 'velero',
      ...(text !== null && { annotations: { a: 'b', [annotation]: text } }),
    },
    ...(specHooks !== undefined && { spec: { backupName: 'b1', hooks: specHooks } }),
  };
}

describe('returnHooks', () => {
  it.each<[string, RestoreObject, HooksReturn]>([
    ['one that was never moved', restore(null, hooks), { is: 'nothing' }],
    ['one without annotations', { metadata: { name: 'r1' } }, { is: 'nothing' }],
    ['what was moved', restore(JSON.stringify(hooks), {}), { is: 'return', metadata: removed, spec: { hooks } }],
    ['one without a spec', restore(JSON.stringify(hooks)), { is: 'return', metadata: removed, spec: { hooks } }],
    ['hooks written since', restore('{"resources":[{"name":"old"}]}', hooks), { is: 'return', metadata: removed }],
    ['no JSON', restore('{', {}), { is: 'unreadable' }],
    ['a list', restore('[]', {}), { is: 'unreadable' }],
    ['nothing at all', restore('', {}), { is: 'unreadable' }],
    ['deep nonsense', restore('['.repeat(200_000), {}), { is: 'unreadable' }],
  ])('decides about %s', (_what, object, expected) => {
    expect(returnHooks(object)).toEqual(expected);
  });

  it('is the inverse of a takeover', () => {
    const before = { metadata: { name: 'r1', annotations: { a: 'b' } }, spec: { backupName: 'b1', hooks } };
    const moved = applyPatch(before, moveRestore(before, null).patch) as RestoreObject;
    expect(moved.spec?.hooks).toEqual({});
    expect(returnHooks(moved)).toEqual({ is: 'return', metadata: removed, spec: { hooks } });
  });
});
