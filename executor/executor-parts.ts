import type { HookRunRestore } from '../shared/hook-run.ts';
import type { planPod } from '../shared/plan.ts';
import type { FailureScope } from '../shared/restore-failure.ts';
import type { RestoreScope } from '../shared/restored.ts';
import type { Cluster } from '../shared/service/cluster.ts';
import type { Logger } from '../shared/service/logger.ts';
import type { Planning } from '../shared/service/planning.ts';
import type { WatchTiming } from '../shared/service/watch.ts';
import type { EndGroupTiming } from './end-group.ts';
import type { Holders } from './end-claim.ts';
import type { ExecutorMetrics } from './metrics.ts';
import type { Narrator } from './narrator.ts';
import type { PolicyStatus } from './policy-status.ts';
import type { CommandLimits } from './run-command.ts';
import type { RunStore } from './run-store.ts';
import type { Runs } from './runs.ts';

export interface ExecutorOptions {
  readonly scope: RestoreScope;
  readonly failures: FailureScope;
  readonly installedAtMs: number;
  /** Pods in which a hook runs at a time. */
  readonly maxParallelPods: number;
  /** How long running hooks may take to end after the signal, before their connections are cut. */
  readonly shutdownGraceMs: number;
  /** How often it is asked whether the API server serves HookRuns. */
  readonly discoveryMs: number;
  readonly limits: CommandLimits;
  /** False: HookRuns hold no output, and Events none. */
  readonly recordOutput?: boolean;
  readonly endGroupTiming: EndGroupTiming;
  readonly watchTiming?: Partial<WatchTiming>;
}

/** What an executor is given. */
export interface ExecutorNeeds {
  readonly cluster: Cluster;
  readonly planning: Planning;
  readonly plan: typeof planPod;
  readonly policyStatus: PolicyStatus;
  readonly log: Logger;
  readonly metrics: ExecutorMetrics;
  readonly narrator: Narrator;
  readonly nowMs: () => number;
  /** Of this process; its Lease bears it. */
  readonly identity: string;
  /** False: others may take this executor for dead, so that it must begin nothing. */
  readonly isFresh: () => boolean;
  readonly holders: Holders;
  /** Called for each Restore of which a HookRun has changed. */
  readonly restoreChanged: (restore: HookRunRestore) => void;
}

/** What its parts work with. */
export interface ExecutorParts extends ExecutorNeeds {
  readonly store: RunStore;
  readonly runs: Runs;
}
