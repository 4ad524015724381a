import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { planPod } from '../shared/plan.ts';
import type { Cluster } from '../shared/service/api-client.ts';
import type { Logger } from '../shared/service/logger.ts';
import { annotationPlanning, createPlanning } from '../shared/service/planning.ts';
import { startProbes } from '../shared/service/probes.ts';
import { createRedaction } from '../shared/service/redaction.ts';
import { steadyClock } from '../shared/service/steady-clock.ts';
import type { ExecutorConfig } from './config.ts';
import { defaultEndGroupTiming } from './end-group.ts';
import { createEventRecorder } from './events.ts';
import { defaultExecTiming } from './exec-session.ts';
import { Executor } from './executor.ts';
import { createLeaderElection } from './leader-election.ts';
import { leaderLeaseName } from './lease.ts';
import { createHolders } from './lease-holders.ts';
import { createMemberLease } from './member-lease.ts';
import { executorMetrics } from './metrics.ts';
import { Narrator } from './narrator.ts';
import { createPolicyStatus } from './policy-status.ts';
import { createRestoreStatus } from './restore-status.ts';
import { createRetention } from './retention.ts';

/** A shell's first word after the upgrade: the runtime starts a process, on a node that may be restoring much at once. */
const startTimeoutMs = 30_000;

/** For the last Events; an API server that is away is not waited for. */
const flushMs = 2_000;

/**
 * The executor as a process: its parts put together, its probes served, until the signal aborts and all has stopped.
 *
 * @param connect makes the client of the API server
 * @throws if the kubeconfig cannot be loaded or the probes' port is taken
 */
export async function runExecutor(
  config: ExecutorConfig,
  connect: (kubeconfig: string | null) => Promise<Cluster>,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = executorMetrics(registry);
  const cluster = await connect(config.planning.kubeconfig);
  const planning =
    config.planning.sources === 'annotations'
      ? annotationPlanning(config.planning)
      : createPlanning(cluster, { ...config.planning, log, asked: () => metrics.restoreLookups.inc() });
  const clocks = { monotonicMs: () => performance.now(), wallMs: Date.now };
  const nowMs = steadyClock(clocks);
  const policyStatus = createPolicyStatus(cluster, { log, nowMs });
  const identity = `${hostname()}-${randomUUID().slice(0, 8)}`.toLowerCase();
  const namespace = config.planning.systemNamespace;
  const { lease } = config;
  const member = createMemberLease(cluster, {
    namespace,
    identity,
    durationMs: lease.leaseDurationMs,
    renewMs: lease.retryPeriodMs,
    log,
    ...clocks,
  });
  const election = createLeaderElection(cluster, {
    namespace,
    name: leaderLeaseName,
    identity,
    timing: lease,
    log,
    ...clocks,
  });
  const holders = createHolders(cluster, { namespace, log, monotonicMs: clocks.monotonicMs });
  const events = createEventRecorder(cluster, {
    instance: hostname(),
    log,
    dropped: () => metrics.eventsDropped.inc(),
  });
  const redact = createRedaction(config.redact);
  const startedAtMs = nowMs();
  const executor = new Executor(
    {
      scope: config.scope,
      failures: config.failures,
      discoveryMs: config.planning.discoveryMs,
      // The Lease is as old as the first executor here, and outlives all of them.
      get installedAtMs() {
        return config.installedAtMs ?? Math.min(startedAtMs, election.sinceMs() ?? startedAtMs);
      },
      maxParallelPods: config.maxParallelPods,
      shutdownGraceMs: config.shutdownGraceMs,
      limits: {
        exec: {
          ...defaultExecTiming,
          pingIntervalMs: config.pingIntervalMs,
          // Three pings unanswered.
          pongTimeoutMs: 3 * config.pingIntervalMs,
        },
        startTimeoutMs,
        outputLimitBytes: config.outputLimitBytes,
        ...(config.redact.length > 0 && { redact }),
      },
      recordOutput: config.recordOutput,
      endGroupTiming: defaultEndGroupTiming,
    },
    {
      cluster,
      planning,
      plan: planPod,
      policyStatus,
      log,
      metrics,
      narrator: new Narrator(log, events, metrics, config.logOutput, redact),
      nowMs,
      identity,
      // By the monotonic clock: after a long pause of this process both have run out before any timer tells.
      isFresh: () => election.isLeader() && member.isFresh(),
      holders,
      restoreChanged: (restore) => restoreStatus.changed(restore),
    },
  );
  const active = () => election.isLeader() && executor.unready() === null;
  const restoreStatus = createRestoreStatus(cluster, {
    runs: () => executor.runs(),
    namespaces: config.planning.sources === 'annotations' ? [] : config.planning.restoreNamespaces,
    drives: config.driveRestores,
    active,
    log,
    nowMs,
    written: () => metrics.restoreWrites.inc(),
  });
  const retention = createRetention(cluster, {
    runs: () => executor.runs(),
    isPodThere: (run) => executor.isPodThere(run),
    keepMs: config.historyMs,
    active,
    log,
    nowMs,
  });
  const probes = await startProbes({
    ...config.probes,
    registry,
    readiness: () => {
      if (signal.aborted) return { ready: false, reason: 'the executor is shutting down' };
      const reason = executor.unready();
      return reason === null ? planning.ready() : { ready: false, reason };
    },
  });
  void planning.known.then(() => log.info({ mode: planning.mode() }, 'executor is ready'));
  log.info({ probePort: probes.port, maxParallelPods: config.maxParallelPods }, 'executor started');
  const stopped = signal.aborted ? Promise.resolve() : once(signal, 'abort');
  // Before it knows its policies, it could decide about no pod; its watches are warm all the same.
  const leading = Promise.race([planning.known, stopped]).then(() =>
    election.run(signal, {
      started: () => {
        metrics.leader.set(1);
        executor.lead();
      },
      stopped: () => {
        metrics.leader.set(0);
        executor.follow();
      },
    }),
  );
  const beingThere = new AbortController();
  // It outlasts the hooks: whoever takes over must not take this executor for gone while they run.
  const being = member.run(beingThere.signal);
  await Promise.all([
    executor.run(signal),
    leading,
    ...[planning, policyStatus, restoreStatus, retention, holders].map((part) => part.run(signal)),
  ]);
  beingThere.abort();
  await being;
  await Promise.race([Promise.all([events.flush(), policyStatus.flush()]), delay(flushMs)]);
  await probes.close();
  log.info('executor stopped');
}
