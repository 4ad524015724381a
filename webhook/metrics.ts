import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { RestoreMove } from '../shared/move-restore.ts';
import type { Admission } from './admit.ts';

export type RequestOutcome = Admission['outcome'] | 'bad_request' | 'unauthorized' | 'busy';

const outcomes: readonly RequestOutcome[] = [
  'patched',
  'unchanged',
  'not_restored',
  'not_created',
  'failed',
  'bad_request',
  'unauthorized',
  'busy',
];

const moves: readonly RestoreMove['outcome'][] = ['moved', 'dropped', 'left', 'nothing'];

export type WebhookMetrics = ReturnType<typeof createWebhookMetrics>;

/** The webhook's own metrics, without a pod's or a restore's name in any label. */
export function createWebhookMetrics(registry: Registry) {
  const registers = [registry];
  const requests = new Counter({
    name: 'restore_hooks_webhook_requests_total',
    help: 'Requests answered, by what became of them.',
    labelNames: ['outcome'] as const,
    registers,
  });
  // A rate over a series that appears with its first event misses that event.
  for (const outcome of outcomes) requests.inc({ outcome }, 0);
  const restores = new Counter({
    name: 'restore_hooks_webhook_restores_total',
    help: 'Restores admitted, by what became of their hooks.',
    labelNames: ['outcome'] as const,
    registers,
  });
  for (const outcome of moves) restores.inc({ outcome }, 0);
  return {
    requests,
    restores,
    restoreLookups: new Counter({
      name: 'restore_hooks_webhook_restore_lookups_total',
      help: 'Questions to the API server about a Restore that the watch has not brought yet.',
      registers,
    }),
    patchedPods: new Counter({
      name: 'restore_hooks_webhook_patched_pods_total',
      help: 'Restored pods that got an init container, the stamp, or both; dry runs not counted.',
      registers,
    }),
    warnings: new Counter({
      name: 'restore_hooks_webhook_warnings_total',
      help: 'Warnings about what was asked for in annotations, by code.',
      labelNames: ['code'] as const,
      registers,
    }),
    duration: new Histogram({
      name: 'restore_hooks_webhook_request_duration_seconds',
      help: 'From the head of a request to the end of its answer.',
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    }),
    certificateExpiry: new Gauge({
      name: 'restore_hooks_webhook_certificate_expiry_timestamp_seconds',
      help: 'When the certificate being served expires, in Unix time.',
      registers,
    }),
    certificateReloadFailures: new Counter({
      name: 'restore_hooks_webhook_certificate_reload_failures_total',
      help: 'Checks of the certificates on disk that found one that could not be used.',
      registers,
    }),
  };
}
