import { Counter, Gauge, type Registry } from 'prom-client';

/** What can fail, or is looked at, by itself. */
export const steps = ['registration', 'secret', 'folder', 'replicas'] as const;
export type Step = (typeof steps)[number];

export type CertsMetrics = ReturnType<typeof certsMetrics>;

/** The metrics of `certs keep`, of one replica. */
export function certsMetrics(registry: Registry) {
  const registers = [registry];
  const failures = new Counter({
    name: 'restore_hooks_certs_failures_total',
    help: 'Things that failed and are tried again, by what was read or written.',
    labelNames: ['step'] as const,
    registers,
  });
  // A rate over a series that appears with its first event misses that event.
  for (const step of steps) failures.inc({ step }, 0);
  const rotations = new Counter({
    name: 'restore_hooks_certs_rotations_total',
    help: 'Certificates that this replica has made and the Secret has taken.',
    labelNames: ['certificate'] as const,
    registers,
  });
  for (const certificate of ['authority', 'leaf']) rotations.inc({ certificate }, 0);
  return {
    failures,
    rotations,
    expiry: new Gauge({
      name: 'restore_hooks_certs_expiry_timestamp_seconds',
      help: 'When what the webhook serves expires, in Unix time: the leaf, and the registered authority that has signed it.',
      labelNames: ['certificate'] as const,
      registers,
    }),
    trusted: new Gauge({
      name: 'restore_hooks_certs_trusted',
      help: '1 while what the webhook serves is valid and trusted by every registered bundle, else 0.',
      registers,
    }),
    registrations: new Counter({
      name: 'restore_hooks_certs_registrations_total',
      help: 'Writes of the bundle of authorities into the registration.',
      registers,
    }),
  };
}
