import { describe, expect, it } from '@jest/globals';
import { parseTarget, runsOfRestore, selectRuns, targetText } from '../../../../cli/runs/target.ts';
import { readRun, type KnownRun } from '../../../../cli/runs/view.ts';
import { restoreLabelValue } from '../../../../shared/restore-label.ts';
import { buildHookRun, type HookRunParts } from '../../../support/hook-runs.ts';

const longName = `nightly-${'x'.repeat(80)}`;

function run(parts: HookRunParts): KnownRun {
  return readRun(buildHookRun(parts));
}
const ofRestore = (name: string, more: HookRunParts = {}, uid = `uid-${name}`) =>
  run({ ...more, spec: { restore: { label: restoreLabelValue(name), name, namespace: 'velero', uid } } });
const ofLabel = (label: string, pod: string) => run({ pod, spec: { restore: { label } } });

describe('parseTarget', () => {
  it.each([
    ['db', { kind: 'either', namespace: null, name: 'db' }, 'a pod or restore db'],
    ['pod/db', { kind: 'pod', namespace: null, name: 'db' }, 'pod db'],
    ['restore/db', { kind: 'restore', namespace: null, name: 'db' }, 'restore db'],
    ['shop/db', { kind: 'pod', namespace: 'shop', name: 'db' }, 'pod shop/db'],
  ] as const)('reads %s', (word, expected, text) => {
    const target = parseTarget(word, 'either');
    expect(target).toEqual(expected);
    expect(target === null ? '' : targetText(target)).toBe(text);
  });

  it.each(['a/b/c', '/db', 'shop/', '/'])('takes %s for none', (word) => {
    expect(parseTarget(word, 'either')).toBeNull();
  });
});

describe('runsOfRestore', () => {
  const runs = [
    ofRestore('r1', { pod: 'a' }),
    ofRestore(longName, { pod: 'b' }),
    ofLabel('r1', 'c'),
    ofLabel(restoreLabelValue(longName), 'd'),
    ofLabel('', 'e'),
    ofRestore('r2', { pod: 'f' }),
  ];
  it.each([
    ['r1', ['a', 'c']],
    [longName, ['b', 'd']],
    [restoreLabelValue(longName), ['b', 'd']],
    ['r2', ['f']],
    ['r3', []],
    [longName.slice(0, 60), []],
  ])('finds those of %s', (name, pods) => {
    expect(runsOfRestore(runs, name).map(({ view }) => view.pod)).toEqual(pods);
  });

  it('leaves out those of an earlier Restore of the name, but not those of none', () => {
    const again = [
      ofRestore('r1', { pod: 'new', createdAt: 100 }, 'second'),
      ofRestore('r1', { pod: 'old', createdAt: 50 }, 'first'),
      ofRestore('r1', { pod: 'other', createdAt: 20 }, 'second'),
      ofLabel('r1', 'none'),
    ];
    expect(runsOfRestore(again, 'r1').map(({ view }) => view.pod)).toEqual(['new', 'other', 'none']);
  });
});

describe('selectRuns', () => {
  const runs = [
    ofRestore('r1', { pod: 'db', namespace: 'shop', uid: 'first' }),
    ofRestore('r1', { pod: 'db', namespace: 'shop', uid: 'second', createdAt: 60 }),
    ofRestore('r1', { pod: 'web', namespace: 'shop' }),
    ofRestore('r1', { pod: 'web', namespace: 'app' }),
    ofRestore('both', { pod: 'x' }),
    ofRestore('r2', { pod: 'both' }),
  ];
  const chosen = (word: string) => {
    const target = parseTarget(word, 'either');
    const selection = target === null ? null : selectRuns(runs, target);
    return selection?.is === 'found'
      ? [selection.kind, ...selection.runs.map(({ view, podUid }) => `${view.namespace}/${view.pod} ${podUid}`)]
      : selection;
  };

  it.each([
    ['db', ['pod', 'shop/db second']],
    ['app/web', ['pod', 'app/web uid-web']],
    ['pod/both', ['pod', 'shop/both uid-both']],
    ['restore/both', ['restore', 'shop/x uid-x']],
    ['r2', ['restore', 'shop/both uid-both']],
  ])('finds %s', (word, expected) => {
    expect(chosen(word)).toEqual(expected);
  });

  it('takes all runs of a restore', () => {
    expect(chosen('r1')).toHaveLength(5);
  });

  it.each([
    ['both', 'unclear', 'there are a pod and a restore both: say which, by pod/both or restore/both'],
    ['web', 'unclear', 'there are pods web in app, shop: say which, by -n NAMESPACE'],
    ['nope', 'none', 'there is no HookRun of a pod or restore nope'],
    ['pod/r1', 'none', 'there is no HookRun of pod r1'],
    ['app/db', 'none', 'there is no HookRun of pod app/db'],
  ])('does not choose for %s', (word, is, message) => {
    expect(chosen(word)).toEqual({ is, message });
  });
});
