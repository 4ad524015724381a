import { describe, expect, it } from '@jest/globals';
import { defaultExcludedNamespaces, judgeRestored } from '../../../shared/restored.ts';
import { buildPod } from '../../support/pods.ts';

const scope = { labelKey: 'velero.io/restore-name', excludedNamespaces: defaultExcludedNamespaces };
const labels = { 'velero.io/restore-name': 'r1' };

describe('judgeRestored', () => {
  it.each<[string, Parameters<typeof buildPod>[0], ReturnType<typeof judgeRestored>]>([
    ['takes a pod with the label', { metadata: { labels } }, { restored: true, restore: 'r1' }],
    [
      'takes a pod whose label is empty',
      { metadata: { labels: { 'velero.io/restore-name': '' } } },
      { restored: true, restore: '' },
    ],
    [
      'takes a pod with an owner that is no controller',
      { metadata: { labels, ownerReferences: [{ kind: 'Backup', name: 'b' }] } },
      { restored: true, restore: 'r1' },
    ],
    ['leaves a pod without labels', { metadata: { labels: null } }, { restored: false, reason: 'NoLabel' }],
    [
      'leaves a pod with other labels',
      { metadata: { labels: { 'velero.io/backup-name': 'b1' } } },
      { restored: false, reason: 'NoLabel' },
    ],
    [
      'leaves a pod that a controller owns',
      { metadata: { labels, ownerReferences: [{ kind: 'Job' }, { kind: 'ReplicaSet', controller: true }] } },
      { restored: false, reason: 'Controlled' },
    ],
    [
      'leaves a mirror pod',
      { metadata: { labels, annotations: { 'kubernetes.io/config.mirror': 'abc' } } },
      { restored: false, reason: 'MirrorPod' },
    ],
    [
      'leaves a pod in an excluded namespace',
      { metadata: { labels, namespace: 'kube-system' } },
      { restored: false, reason: 'ExcludedNamespace' },
    ],
    [
      "leaves a pod in this system's own namespace",
      { metadata: { labels, namespace: 'restore-hooks' } },
      { restored: false, reason: 'ExcludedNamespace' },
    ],
  ])('%s', (_, parts, judgement) => {
    expect(judgeRestored(buildPod(parts), scope)).toEqual(judgement);
  });

  it('goes by the label it is told of, and by nothing a name happens to inherit', () => {
    const pod = buildPod({ metadata: { labels: { 'kasten.io/restore': 'k1' } } });
    expect(judgeRestored(pod, { ...scope, labelKey: 'kasten.io/restore' })).toEqual({ restored: true, restore: 'k1' });
    expect(judgeRestored(pod, { ...scope, labelKey: 'constructor' })).toMatchObject({ restored: false });
  });
});
