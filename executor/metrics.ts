import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { HookRunPhase } from '../shared/hook-run.ts';
import type { Reason } from '../shared/outcome.ts';
import type { HookState } from '../shared/record.ts';

/** What the executor counts. No label names a pod: their number is bounded by the code, not by the cluster. */
export interface ExecutorMetrics {
  readonly hooks: Counter<'state' | 'reason'>;
  readonly hookSeconds: Histogram;
  readonly podsOpen: Gauge;
  readonly podsRunning: Gauge;
  readonly missed: Counter;
  readonly interrupted: Counter;
  readonly podsLeft: Counter<'why'>;
  readonly restoreLookups: Counter;
  readonly warnings: Counter<'code'>;
  readonly watchStarts: Counter<'after'>;
  readonly eventsDropped: Counter;
  readonly apiFailures: Counter;
  readonly leader: Gauge;
  readonly runWrites: Counter;
  readonly runConflicts: Counter;
  readonly restoreWrites: Counter;
  readonly runs: Gauge<'phase'>;
  readonly startDelaySeconds: Histogram;
}

/** With which state a hook ends for which reason. null: it is not counted as a hook, but in a metric of its own. */
const statesByReason: Readonly<Record<Reason, HookState | null>> = {
  NonZeroExit: 'Failed',
  StartFailed: 'Failed',
  ConnectFailed: 'Failed',
  ConnectionLost: 'Failed',
  ExecTimeout: 'Failed',
  WaitTimeout: 'Failed',
  ContainerNotFound: 'Failed',
  ContainerCompleted: 'Failed',
  PodCompleted: 'Failed',
  PodDeleted: 'Failed',
  PodReplaced: 'Failed',
  InitFailed: 'Failed',
  InitTimeout: 'Failed',
  Cancelled: 'Cancelled',
  RecordDeleted: 'Cancelled',
  Interrupted: 'Interrupted',
  Missed: null,
  TooLarge: null,
};

export const runPhases: readonly HookRunPhase[] = [
  'Waiting',
  'Running',
  'Succeeded',
  'Failed',
  'Cancelled',
  'Missed',
  'TooLarge',
];

/** Registers the metrics. Names by https://prometheus.io/docs/practices/naming/. Throws if they are registered already. */
export function executorMetrics(registry: Registry): ExecutorMetrics {
  const registers = [registry];
  const name = (rest: string) => `restore_hooks_executor_${rest}`;
  const hooks = new Counter({
    name: name('hooks_total'),
    help: 'Hooks that ended, by state and reason.',
    labelNames: ['state', 'reason'] as const,
    registers,
  });
  const watchStarts = new Counter({
    name: name('watch_starts_total'),
    help: 'Starts of the watch on pods, by what went before.',
    labelNames: ['after'] as const,
    registers,
  });
  // A rate over a series that appears with its first event misses that event.
  hooks.inc({ state: 'Succeeded', reason: '' }, 0);
  for (const [reason, state] of Object.entries(statesByReason)) if (state !== null) hooks.inc({ state, reason }, 0);
  const runs = new Gauge({
    name: name('runs'),
    help: 'HookRuns of the cluster, by phase, as every executor sees them.',
    labelNames: ['phase'] as const,
    registers,
  });
  for (const phase of runPhases) runs.set({ phase }, 0);
  for (const after of ['closed', 'expired', 'broken']) watchStarts.inc({ after }, 0);
  return {
    hooks,
    hookSeconds: new Histogram({
      name: name('hook_duration_seconds'),
      help: 'From sending a command to the end of its session.',
      buckets: [0.05, 0.1, 0.5, 1, 5, 15, 30, 60, 300, 1800, 7200],
      registers,
    }),
    podsOpen: new Gauge({ name: name('pods_open'), help: 'Restored pods with hooks that have not ended.', registers }),
    podsRunning: new Gauge({ name: name('pods_running'), help: 'Pods in which a hook runs now.', registers }),
    missed: new Counter({
      name: name('pods_missed_total'),
      help: 'Restored pods with hooks that the webhook did not admit; none was run.',
      registers,
    }),
    interrupted: new Counter({
      name: name('pods_interrupted_total'),
      help: 'Pods whose hooks an executor had begun before it stopped; none was run again.',
      registers,
    }),
    podsLeft: new Counter({
      name: name('pods_left_total'),
      help: 'Restored pods that are none of ours, by why: Velero has them, or nothing is run in this mode.',
      labelNames: ['why'],
      registers,
    }),
    restoreLookups: new Counter({
      name: name('restore_lookups_total'),
      help: 'Questions to the API server about a Restore that the watch has not brought yet.',
      registers,
    }),
    warnings: new Counter({
      name: name('warnings_total'),
      help: 'Things in the request for a hook that were not taken as written.',
      labelNames: ['code'],
      registers,
    }),
    watchStarts,
    eventsDropped: new Counter({
      name: name('events_dropped_total'),
      help: 'Events that were not written.',
      registers,
    }),
    leader: new Gauge({ name: name('leader'), help: '1 while this executor leads, else 0.', registers }),
    runWrites: new Counter({ name: name('run_writes_total'), help: 'Writes of HookRuns.', registers }),
    runConflicts: new Counter({
      name: name('run_conflicts_total'),
      help: 'Writes of HookRuns that somebody else’s write had gone before; they are made again.',
      registers,
    }),
    restoreWrites: new Counter({ name: name('restore_writes_total'), help: 'Writes of Restores.', registers }),
    runs,
    startDelaySeconds: new Histogram({
      name: name('start_delay_seconds'),
      help: 'From the start of a container to the start of the first command in it.',
      buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
      registers,
    }),
    apiFailures: new Counter({
      name: name('api_failures_total'),
      help: 'Calls to the API server that failed before a command was sent, and were made again.',
      registers,
    }),
  };
}
