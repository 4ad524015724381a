import { execKeys, movedCommandKey } from './annotations.ts';
import type { PlanContext } from './plan-context.ts';
import type { Pod } from './pod.ts';

/** Where a pod's one annotated command stands, and whose it is (hooks.md section 10). */
export interface AnnotatedCommand {
  /** The annotation that it is read from. null: there is none. */
  readonly key: typeof execKeys.command | typeof movedCommandKey | null;
  /** Velero runs it: it hides other sources as ever, and is none of ours. */
  readonly isVeleros: boolean;
}

/**
 * Finds the command. A takeover runs what was moved and nothing else: with its command in place, Velero has seen it. While the
 * pod is being created it can still be moved, unless its Restore cannot be read.
 */
export function findCommand(pod: Pod, { mode, stage, restore }: PlanContext): AnnotatedCommand {
  const annotations = pod.metadata.annotations ?? {};
  const inPlace = annotations[execKeys.command] !== undefined;
  const moved = annotations[movedCommandKey] !== undefined;
  if (inPlace) {
    const stays = mode === 'takeover' && (stage === 'run' || restore.is === 'unreadable');
    return { key: execKeys.command, isVeleros: stays };
  }
  return { key: moved ? movedCommandKey : null, isVeleros: false };
}
