import type { HookWarning } from '../../shared/warning.ts';
import type { FindingCode } from './finding.ts';

/** What there is to say of an object, at a place that is still to be found in its file. */
export interface Remark {
  readonly code: FindingCode;
  /** As in a HookWarning. */
  readonly place: string;
  readonly text: string;
}

/** How the sentence about an image ends that is taken all the same; the same code says that there is none. */
const takenEnding = 'taken without it';
const generatedName = /velero-restore-init-[\da-f]{8}/;

/** A warning as the webhook would give it, for a pod that is not created yet. */
export function remarkOf({ code, place, text }: HookWarning): Remark {
  if (code === 'MalformedImage' && text.endsWith(takenEnding)) return { code: 'PaddedImage', place, text };
  // The name depends on the pod's, and a template's pods have names of their own.
  if (code === 'InvalidContainerName') return { code, place, text: text.replace(generatedName, 'a generated name') };
  return { code, place, text };
}
