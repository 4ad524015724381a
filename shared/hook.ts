import type { Container } from './pod.ts';
import type { HookWarning } from './warning.ts';

/** Where a hook was asked for (hooks.md section 2). */
export type HookSource = 'annotation' | 'own-annotation' | 'restore' | 'policy';

export type OnError = 'Fail' | 'Continue';

/** What becomes of a hook whose executor was lost while it ran. `Retry` is at least once (hooks.md section 9). */
export type OnInterrupt = 'Fail' | 'Retry';

/** An init container to be injected into a restored pod. */
export interface InitHook {
  /** As it is to stand in spec.initContainers, but for a collision of its name, which the patch settles. */
  readonly container: Container;
  /** True if the name was generated, so that a container of another name with the same image and command is the same hook. */
  readonly generatedName: boolean;
  /** From the start of the first injected container. null: none. */
  readonly timeoutMs: number | null;
  readonly source: HookSource;
  /** The rule's name, `POLICY/RULE` for a policy's. */
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
  /** Further attempts after one that failed. */
  readonly retries: number;
  /** Before the first of them; it doubles with each. */
  readonly retryDelayMs: number;
  readonly onInterrupt: OnInterrupt;
  readonly source: HookSource;
  readonly rule: string | null;
  /** What its list calls it, for people. */
  readonly name?: string;
  /** Of the policy that it is of. */
  readonly policyNamespace?: string;
}

/** What will happen to one restored pod, with everything that was wrong in what was asked. */
export interface Plan {
  readonly init: readonly InitHook[];
  readonly exec: readonly ExecHook[];
  readonly warnings: readonly HookWarning[];
  /** Why nothing of the pod is done here, whatever was asked for; null: it is ours. */
  readonly left: Left | null;
  /** What is to become of the command in Velero's annotation (hooks.md section 10). */
  readonly command: 'stays' | 'moves' | 'moves back';
  /** The policies that these hooks are of. */
  readonly policies: readonly PolicyRef[];
  /** The pod is to get no traffic before its exec hooks, of which there is one at least, are done. */
  readonly readinessGate: boolean;
  /** The executor is to take the pod. */
  readonly stamp: boolean;
}

export interface PolicyRef {
  readonly namespace: string;
  readonly name: string;
}

/** Why a restored pod is none of ours (hooks.md section 10). */
export type Left =
  /** Nothing is patched and nothing run in this mode. */
  | 'observed'
  /** Standalone, and yet its Restore is being worked on: a Velero runs its hooks. */
  | 'velero-at-work'
  /** Takeover, and its Restore still holds the hooks that Velero runs. */
  | 'restore-holds-hooks'
  /** Takeover of other namespaces. */
  | 'not-taken-over'
  /** Stamp and command would not fit among its annotations. */
  | 'too-large';
