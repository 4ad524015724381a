import type { Pod } from '../../shared/pod.ts';
import { restoreLabelValue } from '../../shared/restore-label.ts';
import type { RestoreObject } from '../../shared/restore.ts';
import { defaultRestoreLabel } from '../../shared/restored.ts';

/** The Restore that pods are to be taken as created by. */
export interface RestoreTarget {
  readonly labelValue: string;
  /** null: it is not known. */
  readonly restore: RestoreObject | null;
}

const backupLabel = 'velero.io/backup-name';

/** What Velero takes out of the metadata of every object before it creates it again. */
const dropped: readonly string[] = [
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
];

/** A pod, as a backup holds it, as Velero would ask the API server to create it. */
export function asRestored(pod: Pod, { labelValue, restore }: RestoreTarget, labelKey: string): Pod {
  const { name, namespace = '', labels } = pod.metadata;
  const { backupName, namespaceMapping } = (restore?.spec ?? {}) as VeleroSpec;
  const gone = name === undefined ? dropped : [...dropped, 'generateName'];
  const metadata = Object.fromEntries(Object.entries(pod.metadata).filter(([field]) => !gone.includes(field)));
  const spec = Object.entries(pod.spec).filter(([field]) => field !== 'nodeName');
  const isVeleros = labelKey === defaultRestoreLabel && (backupName ?? '') !== '';
  return {
    ...Object.fromEntries(Object.entries(pod).filter(([field]) => field !== 'status')),
    metadata: {
      ...metadata,
      namespace: mapped(namespace, namespaceMapping),
      labels: {
        ...labels,
        ...(isVeleros && { [backupLabel]: restoreLabelValue(backupName ?? '') }),
        [labelKey]: labelValue,
      },
    },
    spec: Object.fromEntries(spec) as unknown as Pod['spec'],
  };
}

/**
 * Finds the Restore to take pods as created by.
 *
 * @param name null: the only one there is
 * @returns the names of all there are, if one has to be chosen
 */
export function chooseRestore(
  name: string | null,
  restores: readonly RestoreObject[],
): RestoreTarget | { readonly names: readonly string[] } {
  if (name !== null) {
    const [newest = null] = restores
      .filter(({ metadata }) => metadata.name === name)
      .sort((one, other) => createdAt(other) - createdAt(one));
    return { labelValue: restoreLabelValue(name), restore: newest };
  }
  const names = [...new Set(restores.map(({ metadata }) => metadata.name ?? ''))];
  const [only, ...others] = names;
  if (only === undefined) return { labelValue: '', restore: null };
  return others.length > 0 ? { names } : chooseRestore(only, restores);
}

/** Fields of a Restore that are Velero's alone. */
interface VeleroSpec {
  readonly backupName?: string | null;
  readonly namespaceMapping?: Readonly<Record<string, string>> | null;
}

function mapped(namespace: string, mapping: VeleroSpec['namespaceMapping']): string {
  if (mapping == null || !Object.hasOwn(mapping, namespace)) return namespace;
  return mapping[namespace] ?? namespace;
}

function createdAt({ metadata }: RestoreObject): number {
  const ms = Date.parse(metadata.creationTimestamp ?? '');
  return Number.isNaN(ms) ? 0 : ms;
}
