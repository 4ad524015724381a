import { z } from 'zod';
import { readPatterns } from '../shared/redact.ts';
import { integer, list, logLevel, port, seconds, text } from '../shared/service/environment-fields.ts';
import { planningConfig, planningFields } from '../shared/service/planning-fields.ts';
import { defaultExcludedNamespaces, defaultRestoreLabel } from '../shared/restored.ts';

/** client-go's, by which a period is stretched so that candidates do not ask at the same moment. */
const leaseJitter = 1.2;

/** The executor's configuration: the names of its variables, their bounds and defaults. See docs/configuration.md. */
export const executorEnvironment = z
  .object({
    ...planningFields,
    RESTORE_HOOKS_PROBE_HOST: text('an address to listen on', '0.0.0.0'),
    RESTORE_HOOKS_PROBE_PORT: port(8080),
    RESTORE_HOOKS_RESTORE_LABEL: text('a label key', defaultRestoreLabel),
    RESTORE_HOOKS_EXCLUDED_NAMESPACES: list('names of namespaces, parted by commas', defaultExcludedNamespaces),
    RESTORE_HOOKS_INSTALLED_AT: z.iso
      .datetime({ offset: true, error: 'a time in RFC 3339, for example 2026-01-31T12:00:00Z' })
      .transform((value) => Date.parse(value))
      .optional(),
    RESTORE_HOOKS_MAX_PARALLEL_PODS: integer({ fallback: 20, least: 1, most: 1_000, what: 'a number of pods' }),
    RESTORE_HOOKS_OUTPUT_LIMIT_BYTES: integer({ fallback: 4_096, least: 0, most: 65_536, what: 'a number of bytes' }),
    RESTORE_HOOKS_PING_INTERVAL_SECONDS: seconds({ fallback: 15, least: 0.05, most: 600 }),
    RESTORE_HOOKS_SHUTDOWN_GRACE_SECONDS: seconds({ fallback: 25, least: 0, most: 86_400 }),
    // client-go's defaults.
    RESTORE_HOOKS_LEASE_DURATION_SECONDS: seconds({ fallback: 15, least: 1, most: 3_600 }),
    RESTORE_HOOKS_LEASE_RENEW_DEADLINE_SECONDS: seconds({ fallback: 10, least: 0.5, most: 3_600 }),
    RESTORE_HOOKS_LEASE_RETRY_PERIOD_SECONDS: seconds({ fallback: 2, least: 0.1, most: 3_600 }),
    RESTORE_HOOKS_FAIL_CLUSTER_WIDE: z.enum(['true', 'false'], 'true or false').default('false'),
    RESTORE_HOOKS_FAIL_WINDOW_SECONDS: seconds({ fallback: 3_600, least: 0, most: 31_536_000 }),
    RESTORE_HOOKS_HISTORY_HOURS: integer({ fallback: 168, least: 1, most: 87_600, what: 'a number of hours' }),
    RESTORE_HOOKS_DRIVE_RESTORES: z.enum(['true', 'false'], 'true or false').default('false'),
    RESTORE_HOOKS_LOG_LEVEL: logLevel(),
    RESTORE_HOOKS_LOG_OUTPUT: z.enum(['true', 'false'], 'true or false').default('true'),
    RESTORE_HOOKS_RECORD_OUTPUT: z.enum(['true', 'false'], 'true or false').default('true'),
    RESTORE_HOOKS_REDACT: z
      .string()
      .default('')
      .transform((lines, context) => {
        const reading = readPatterns(lines);
        if (reading.ok) return reading.patterns;
        context.addIssue(`regular expressions, one on each line, each for something: ${reading.problem}`);
        return z.NEVER;
      }),
  })
  .refine(
    ({ RESTORE_HOOKS_LEASE_DURATION_SECONDS: duration, RESTORE_HOOKS_LEASE_RENEW_DEADLINE_SECONDS: deadline }) =>
      duration > deadline,
    {
      path: ['RESTORE_HOOKS_LEASE_RENEW_DEADLINE_SECONDS'],
      message: 'must be shorter than RESTORE_HOOKS_LEASE_DURATION_SECONDS',
    },
  )
  .refine(
    ({ RESTORE_HOOKS_LEASE_RENEW_DEADLINE_SECONDS: deadline, RESTORE_HOOKS_LEASE_RETRY_PERIOD_SECONDS: period }) =>
      deadline > period * leaseJitter,
    {
      path: ['RESTORE_HOOKS_LEASE_RETRY_PERIOD_SECONDS'],
      message: `must be shorter than RESTORE_HOOKS_LEASE_RENEW_DEADLINE_SECONDS by a factor of ${leaseJitter} at least`,
    },
  )
  .transform((env) => ({
    planning: planningConfig(env),
    probes: { host: env.RESTORE_HOOKS_PROBE_HOST, port: env.RESTORE_HOOKS_PROBE_PORT },
    scope: { labelKey: env.RESTORE_HOOKS_RESTORE_LABEL, excludedNamespaces: env.RESTORE_HOOKS_EXCLUDED_NAMESPACES },
    installedAtMs: env.RESTORE_HOOKS_INSTALLED_AT ?? null,
    maxParallelPods: env.RESTORE_HOOKS_MAX_PARALLEL_PODS,
    outputLimitBytes: env.RESTORE_HOOKS_OUTPUT_LIMIT_BYTES,
    pingIntervalMs: env.RESTORE_HOOKS_PING_INTERVAL_SECONDS,
    shutdownGraceMs: env.RESTORE_HOOKS_SHUTDOWN_GRACE_SECONDS,
    lease: {
      leaseDurationMs: env.RESTORE_HOOKS_LEASE_DURATION_SECONDS,
      renewDeadlineMs: env.RESTORE_HOOKS_LEASE_RENEW_DEADLINE_SECONDS,
      retryPeriodMs: env.RESTORE_HOOKS_LEASE_RETRY_PERIOD_SECONDS,
    },
    failures: {
      clusterWide: env.RESTORE_HOOKS_FAIL_CLUSTER_WIDE === 'true',
      windowMs: env.RESTORE_HOOKS_FAIL_WINDOW_SECONDS,
      systemNamespace: env.RESTORE_HOOKS_SYSTEM_NAMESPACE,
    },
    historyMs: env.RESTORE_HOOKS_HISTORY_HOURS * 3_600_000,
    driveRestores: env.RESTORE_HOOKS_DRIVE_RESTORES === 'true',
    logLevel: env.RESTORE_HOOKS_LOG_LEVEL,
    logOutput: env.RESTORE_HOOKS_LOG_OUTPUT === 'true',
    recordOutput: env.RESTORE_HOOKS_RECORD_OUTPUT === 'true',
    redact: env.RESTORE_HOOKS_REDACT,
  }));

export type ExecutorConfig = z.output<typeof executorEnvironment>;
