import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

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
}

/** Registers the metrics. Names by https://prometheus.io/docs/practices/naming/. Throws if they are registered already. */
export function executorMetrics(registry: Registry): ExecutorMetrics {
  const registers = [registry];
  const name = (rest: string) => `restore_hooks_executor_${rest}`;
  return {
    hooks: new Counter({
      name: name('hooks_total'),
      help: 'Exec hooks that ended, by state and reason.',
      labelNames: ['state', 'reason'],
      registers,
    }),
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
    watchStarts: new Counter({
      name: name('watch_starts_total'),
      help: 'Starts of the watch on pods, by what went before.',
      labelNames: ['after'],
      registers,
    }),
    eventsDropped: new Counter({
      name: name('events_dropped_total'),
      help: 'Events that were not written.',
      registers,
    }),
    apiFailures: new Counter({
      name: name('api_failures_total'),
      help: 'Calls to the API server that failed before a command was sent, and were made again.',
      registers,
    }),
  };
}
