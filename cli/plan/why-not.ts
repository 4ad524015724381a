import type { Pod } from '../../shared/pod.ts';
import type { RestoredJudgement } from '../../shared/restored.ts';

export type NotRestored = Extract<RestoredJudgement, { restored: false }>['reason'] | 'TooLate';

/** Why a pod is not restored in spite of its label. null: it has none, which needs no word. */
export function whyNotRestored(reason: NotRestored, { metadata }: Pod, restore = ''): string | null {
  switch (reason) {
    case 'NoLabel':
      return null;
    case 'ExcludedNamespace':
      return `not restored: the namespace ${metadata.namespace ?? ''} is excluded`;
    case 'MirrorPod':
      return 'not restored: it is the image of a static pod, which no restore can have created';
    case 'Controlled': {
      const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
      const named = owner === undefined ? '' : ` (${owner.kind ?? ''} ${owner.name ?? ''})`;
      return `not restored: a controller${named} creates it, from a template that bears the label`;
    }
    case 'TooLate':
      return metadata.creationTimestamp == null
        ? `not restored: Restore ${restore} is complete, and the pod is only being created`
        : `not restored: it was created after Restore ${restore} was complete`;
  }
}
