import { describe, expect, it } from '@jest/globals';
import { asRestored, chooseRestore } from '../../../../cli/plan/as-restored.ts';
import { restoreLabelValue } from '../../../../shared/restore-label.ts';
import type { RestoreObject } from '../../../../shared/restore.ts';
import { buildPod } from '../../../support/pods.ts';

const labelKey = 'velero.io/restore-name';
const longName = 'a-name-that-is-longer-than-sixty-three-characters-as-some-of-them-are';

function restore(name: string, more: Partial<RestoreObject> = {}): RestoreObject {
  return { metadata: { name, namespace: 'velero' }, ...more };
}

describe('asRestored', () => {
  it('leaves of a pod what Velero creates again', () => {
    const stored = buildPod({
      metadata: {
        generateName: 'db-',
        resourceVersion: '7',
        labels: { app: 'db', [labelKey]: 'an-earlier-one' },
        annotations: { x: 'y' },
        ownerReferences: [{ controller: true, kind: 'StatefulSet', name: 'db' }],
      },
    });
    const pod = { ...stored, spec: { ...stored.spec, nodeName: 'node-1' } };
    const target = { labelValue: 'r2', restore: restore('r2', { spec: { backupName: 'b2' } }) };
    expect(asRestored(pod, target, labelKey)).toEqual({
      metadata: {
        name: 'db',
        namespace: 'shop',
        labels: { app: 'db', 'velero.io/backup-name': 'b2', 'velero.io/restore-name': 'r2' },
        annotations: { x: 'y' },
      },
      spec: stored.spec,
    });
  });

  it('keeps generateName of a pod without a name', () => {
    const pod = buildPod();
    const nameless = { ...pod, metadata: { generateName: 'db-', namespace: 'shop' } };
    expect(asRestored(nameless, { labelValue: 'r2', restore: null }, labelKey).metadata).toEqual({
      generateName: 'db-',
      namespace: 'shop',
      labels: { 'velero.io/restore-name': 'r2' },
    });
  });

  it.each<[string, NonNullable<RestoreObject['spec']> | null, string, Record<string, string>]>([
    ['nothing of a Restore without spec', null, 'shop', {}],
    ['nothing of an empty backup', { backupName: '' }, 'shop', {}],
    [
      'the backup, its name shortened',
      { backupName: longName },
      'shop',
      { 'velero.io/backup-name': restoreLabelValue(longName) },
    ],
    ['the namespace it maps to', { namespaceMapping: { shop: 'shop-2', default: 'x' } }, 'shop-2', {}],
    ['no namespace that another is mapped to', { namespaceMapping: { default: 'x' } }, 'shop', {}],
    ['no namespace without a mapping', { namespaceMapping: null }, 'shop', {}],
  ])('takes %s', (_title, spec, namespace, labels) => {
    const { metadata } = asRestored(buildPod(), { labelValue: 'r2', restore: restore('r2', { spec }) }, labelKey);
    expect(metadata.namespace).toBe(namespace);
    expect(metadata.labels).toEqual({ ...labels, [labelKey]: 'r2' });
  });

  it('sets the label of another restore tool alone', () => {
    const target = { labelValue: 'r2', restore: restore('r2', { spec: { backupName: 'b2' } }) };
    expect(asRestored(buildPod(), target, 'tool.io/restore').metadata.labels).toEqual({ 'tool.io/restore': 'r2' });
  });
});

describe('chooseRestore', () => {
  const old = restore('r2', { metadata: { name: 'r2', namespace: 'a', creationTimestamp: '2026-01-01T00:00:00Z' } });
  const young = restore('r2', { metadata: { name: 'r2', namespace: 'b', creationTimestamp: '2026-02-01T00:00:00Z' } });
  it.each<[string, string | null, RestoreObject[], unknown]>([
    ['an empty label where there is none', null, [], { labelValue: '', restore: null }],
    ['the only one', null, [restore('r2')], { labelValue: 'r2', restore: restore('r2') }],
    ['the newest of one name', null, [old, young], { labelValue: 'r2', restore: young }],
    ['the newest of the name', 'r2', [young, old, restore('r3')], { labelValue: 'r2', restore: young }],
    ['the name of one that is not there', 'r9', [restore('r2')], { labelValue: 'r9', restore: null }],
    [
      'a long name, shortened',
      longName,
      [restore(longName)],
      { labelValue: restoreLabelValue(longName), restore: restore(longName) },
    ],
    ['the names of several', null, [restore('r2'), restore('r3'), restore('r2')], { names: ['r2', 'r3'] }],
  ])('finds %s', (_title, name, restores, expected) => {
    expect(chooseRestore(name, restores)).toEqual(expected);
  });
});
