import type { HookSource, OnError, OnInterrupt } from './hook.ts';
import type { HookState } from './record.ts';
import type { OutputTail, Reason } from './outcome.ts';

export const hookRunApiVersion = 'restorehooks.io/v1alpha1';
export const hookRunKind = 'HookRun';
export const hookRunPlural = 'hookruns';

/** On a HookRun: the value of its pod's restore label, for `kubectl get hookruns -l`. */
export const hookRunRestoreLabel = 'restorehooks.io/restore';
/** Velero leaves out of a backup what bears it: the record of one restore is no part of the next. */
export const excludeFromBackupLabel = 'velero.io/exclude-from-backup';

/** How far all hooks of a pod have come. */
export type HookRunPhase =
  /** None has begun. */
  | 'Waiting'
  | 'Running'
  /** Every hook, init hooks included. */
  | 'Succeeded'
  | 'Failed'
  /** Some hooks were cancelled, and none failed. */
  | 'Cancelled'
  /** Nothing was run: the pod came past the webhook (hooks.md section 1). */
  | 'Missed'
  /** Nothing was run: the plan exceeds what one object can hold. */
  | 'TooLarge';

/** The record of one restored pod with hooks (hooks.md section 8), as it stands in JSON; times are RFC 3339 text. */
export interface HookRun {
  readonly apiVersion: typeof hookRunApiVersion;
  readonly kind: typeof hookRunKind;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string | null;
    readonly deletionTimestamp?: string | null;
    readonly labels?: Readonly<Record<string, string>> | null;
  };
  readonly spec: HookRunSpec;
  readonly status?: HookRunStatus;
}

/** The plan as it was when the pod was first seen, and the two fields that users may write. */
export interface HookRunSpec {
  readonly pod: { readonly name: string; readonly uid: string };
  readonly restore: HookRunRestore;
  /** 1, and one more with each rerun. */
  readonly run: number;
  /** Why none of it is to be run; absent: it is. With the plan, so that no write can be lost between the two. */
  readonly unrun?: Extract<HookRunPhase, 'Missed' | 'TooLarge'> | null;
  readonly init: readonly HookRunInit[];
  readonly exec: readonly HookRunExec[];
  /** When a rerun was asked for, RFC 3339: each new value asks for one. */
  readonly rerun?: string | null;
  /** True: no hook that has not begun is begun any more. */
  readonly cancel?: boolean | null;
}

export interface HookRunRestore {
  /** The value of the restore label. */
  readonly label: string;
  /** Of the Restore object, where there is one. */
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
}

export interface HookRunInit {
  /** Of the container in the pod. */
  readonly name: string;
  readonly image?: string;
  /** Milliseconds from the start of the first injected container; absent: none. */
  readonly timeoutMs?: number;
  readonly source: HookSource;
  readonly rule?: string;
}

export interface HookRunExec {
  readonly name?: string;
  readonly container: string;
  readonly command: readonly string[];
  readonly onError: OnError;
  readonly execTimeoutMs: number;
  /** Milliseconds from the creation of the pod, or from the request for a rerun; absent: as long as the pod lives. */
  readonly waitTimeoutMs?: number;
  readonly waitForReady: boolean;
  readonly retries: number;
  readonly retryDelayMs: number;
  readonly onInterrupt: OnInterrupt;
  readonly source: HookSource;
  readonly rule?: string;
  /** Of a policy's hook: in a namespace other than the system's own, its failure stays within that namespace. */
  readonly policyNamespace?: string;
}

export interface HookRunStatus {
  readonly phase: HookRunPhase;
  /** Of spec.run that this is the status. */
  readonly run: number;
  readonly total: number;
  /** Ended, however they ended. */
  readonly done: number;
  readonly succeeded: number;
  /** Ended and not succeeded, the cancelled ones included. */
  readonly failed: number;
  /** `done/total` */
  readonly progress: string;
  /** Since when an executor has looked at this pod. */
  readonly observedSince: string;
  readonly startedAt?: string | null;
  readonly finishedAt?: string | null;
  /** The first hook that failed, and why, for people. */
  readonly firstProblem?: string | null;
  readonly init?: readonly HookRunInitStatus[];
  readonly exec?: readonly HookRunExecStatus[];
  /** The value of spec.rerun that this run answers. */
  readonly rerun?: string | null;
  /** Results of the runs before a rerun, the newest first. */
  readonly earlier?: readonly HookRunEarlier[];
}

export interface HookRunInitStatus {
  readonly name: string;
  readonly state: Exclude<HookState, 'Claimed'> | 'Running';
  readonly reason?: string | null;
  readonly message?: string | null;
  readonly exitCode?: number | null;
  readonly startedAt?: string | null;
  readonly finishedAt?: string | null;
}

export interface HookRunExecStatus {
  readonly state: HookState;
  readonly reason?: Reason | null;
  readonly message?: string | null;
  /** Times the command was claimed to be sent. */
  readonly attempts: number;
  /** Who is to send the command, from before it is sent until its end is written. */
  readonly claim?: HookRunClaim | null;
  /** Before it no further attempt is made. */
  readonly retryAt?: string | null;
  readonly startedAt?: string | null;
  readonly finishedAt?: string | null;
  readonly exitCode?: number | null;
  readonly stdout?: OutputTail | null;
  readonly stderr?: OutputTail | null;
  readonly predecessorUnknown?: boolean;
}

export interface HookRunClaim {
  readonly id: string;
  readonly holder: string;
  readonly at: string;
  /** In which the command runs: another one is proof that it runs no more. */
  readonly containerID: string;
  /** The command's process group in it, once known; written for a hook that is to be retried after an interruption. */
  readonly group?: number | null;
}

export interface HookRunEarlier {
  readonly run: number;
  readonly phase: HookRunPhase;
  readonly startedAt?: string | null;
  readonly finishedAt?: string | null;
  readonly firstProblem?: string | null;
  readonly exec: readonly HookRunExecStatus[];
}

/** The most characters a name may have. Source: RFC 1123 subdomain, as the API server checks it. */
const longestName = 253;

/** The name of a pod's HookRun: for people by the pod's name, for certain by its UID. */
export function hookRunName(pod: { readonly name: string; readonly uid: string }): string {
  const room = longestName - pod.uid.length - 1;
  return `${pod.name.slice(0, room).replace(/[^a-z0-9]+$/, '')}-${pod.uid}`;
}

/** The path of the HookRuns of a namespace, or of one of them. */
export function hookRunPath(namespace: string, name?: string): string {
  const base = `/apis/${hookRunApiVersion}/namespaces/${encodeURIComponent(namespace)}/${hookRunPlural}`;
  return name === undefined ? base : `${base}/${encodeURIComponent(name)}`;
}
