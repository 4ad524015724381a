import type { Container } from './pod.ts';
import type { HookWarning } from './warning.ts';

/** Where a hook was asked for (hooks.md section 2). Restore and policy sources are not read yet (see CHANGELOG.md). */
export type HookSource = 'annotation' | 'own-annotation';

export type OnError = 'Fail' | 'Continue';

/** An init container to be injected into a restored pod. */
export interface InitHook {
  /** As it is to stand in spec.initContainers, but for a collision of its name, which the patch settles. */
  readonly container: Container;
  /** True if the name was generated, so that a container of another name with the same image and command is the same hook. */
  readonly generatedName: boolean;
  /** From the start of the first injected container. null: none. */
  readonly timeoutMs: number | null;
  readonly source: HookSource;
  readonly rule: string | null;
}

/** A command to be executed in a container of a restored pod. */
export interface ExecHook {
  readonly container: string;
  readonly command: readonly string[];
  readonly onError: OnError;
  readonly execTimeoutMs: number;
  /** From the creation of the pod. null: as long as the pod lives. */
  readonly waitTimeoutMs: number | null;
  readonly waitForReady: boolean;
  readonly source: HookSource;
  readonly rule: string | null;
  /** What its list calls it, for people. */
  readonly name?: string;
}

/** What will happen to one restored pod, with everything that was wrong in what was asked. */
export interface Plan {
  readonly init: readonly InitHook[];
  readonly exec: readonly ExecHook[];
  readonly warnings: readonly HookWarning[];
}
