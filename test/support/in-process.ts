import { randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import { defaultEndGroupTiming } from '../../executor/end-group.ts';
import { createEventRecorder } from '../../executor/events.ts';
import { defaultExecTiming } from '../../executor/exec-session.ts';
import { Executor } from '../../executor/executor.ts';
import type { ExecutorOptions, ExecutorNeeds } from '../../executor/executor-parts.ts';
import { executorMetrics } from '../../executor/metrics.ts';
import { Narrator } from '../../executor/narrator.ts';
import type { ExecHook } from '../../shared/hook.ts';
import { connectCluster, loadKubeConfig, type Cluster } from '../../shared/service/cluster.ts';
import { createPolicyStatus } from '../../executor/policy-status.ts';
import { createLogger } from '../../shared/service/logger.ts';
import { annotationPlanning, type PlanningSettings } from '../../shared/service/planning.ts';
import { LogLines, type LogLine } from './log-lines.ts';
import { buildPlan } from './pods.ts';

/** An executor in the test's own process: for plans and limits of a test's own making. */
export interface InProcessExecutor {
  readonly lines: readonly LogLine[];
  /** Resolves to the first line, past or future, that fits. */
  line(fits: (line: LogLine) => boolean): Promise<LogLine>;
  /** It leads (again), as it does from the start. */
  lead(): void;
  /** It does not lead any more. */
  follow(): void;
  stop(): Promise<void>;
}

/** Takes pods with this label, whose stamp a test writes itself, so that no other executor takes them. */
export const ownLabel = 'test.restorehooks.io/restore-name';

/** Without Restores and policies. */
export const unplanned: PlanningSettings = {
  mode: 'standalone',
  restoreNamespaces: [],
  takeoverNamespaces: null,
  systemNamespace: 'restore-hooks',
  inherit: [],
};

/** Starts it on a real cluster. */
export function startInProcess(kubeconfig: string, ...rest: RestOf<typeof startOn>): InProcessExecutor {
  return startOn(connectCluster(loadKubeConfig(kubeconfig)), ...rest);
}

type RestOf<F> = F extends (first: Cluster, ...rest: infer Rest) => unknown ? Rest : never;

/**
 * Starts it on a cluster, real or not.
 *
 * @param hooks the exec hooks of each pod, by the pod's name
 */
export function startOn(
  cluster: Cluster,
  hooks: ReadonlyMap<string, readonly ExecHook[]>,
  options: Partial<ExecutorOptions> = {},
  parts: Partial<ExecutorNeeds> = {},
): InProcessExecutor {
  const lines = new LogLines();
  const write = (text: string) => lines.add(JSON.parse(text) as LogLine);
  const log = createLogger({ name: 'executor', level: 'debug' }, { write });
  const metrics = executorMetrics(new Registry());
  const events = createEventRecorder(cluster, { instance: 'test', log, dropped: () => metrics.eventsDropped.inc() });
  const executor = new Executor(
    {
      scope: { labelKey: ownLabel, excludedNamespaces: [] },
      installedAtMs: 0,
      maxParallelPods: 20,
      shutdownGraceMs: 1_000,
      limits: { exec: defaultExecTiming, startTimeoutMs: 30_000, outputLimitBytes: 4096 },
      endGroupTiming: defaultEndGroupTiming,
      failures: { clusterWide: false, windowMs: 3_600_000, systemNamespace: unplanned.systemNamespace },
      discoveryMs: 10_000,
      ...options,
    },
    {
      cluster,
      planning: annotationPlanning(unplanned),
      plan: ({ metadata }) => buildPlan({ exec: hooks.get(metadata.name ?? '') ?? [] }),
      policyStatus: createPolicyStatus(cluster, { log, nowMs: Date.now }),
      log,
      metrics,
      narrator: new Narrator(log, events, metrics, true),
      nowMs: Date.now,
      identity: `in-process-${randomUUID()}`,
      isFresh: () => true,
      holders: { goneInMs: () => Promise.resolve(0) },
      restoreChanged: () => undefined,
      ...parts,
    },
  );
  executor.lead();
  const stop = new AbortController();
  const run = executor.run(stop.signal);
  return {
    lines: lines.all,
    line: (fits) => lines.first(fits),
    lead: () => executor.lead(),
    follow: () => executor.follow(),
    async stop() {
      stop.abort();
      await run;
      await events.flush();
    },
  };
}
