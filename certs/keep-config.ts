import { z } from 'zod';
import { logLevel, port, seconds, text } from '../shared/service/environment-fields.ts';
import { planningFields } from '../shared/service/planning-fields.ts';
import { dayMs, defaultAuthorityDays, defaultServingDays } from './life.ts';

/** For API servers to hear of an authority; they watch the registration, and an event takes far less. */
const longestSettleMs = 30_000;
/** Of the leaf's life: the last third of it is for the whole of a rotation. */
const settlePart = 1 / 9;

/** The configuration of `certs keep`: the names of its variables, their bounds and defaults. See docs/certificates.md. */
export const keepEnvironment = z
  .object({
    RESTORE_HOOKS_CERTS_MODE: z.enum(['self', 'check'], 'self or check').default('self'),
    RESTORE_HOOKS_CERTS_SECRET: text('the name of a Secret', 'restore-hooks-webhook-tls'),
    RESTORE_HOOKS_CERTS_REGISTRATION: text('the name of a MutatingWebhookConfiguration', 'restore-hooks'),
    RESTORE_HOOKS_CERTS_SERVICE: text('the name of a Service', 'restore-hooks-webhook'),
    RESTORE_HOOKS_SYSTEM_NAMESPACE: planningFields.RESTORE_HOOKS_SYSTEM_NAMESPACE,
    RESTORE_HOOKS_TLS_FOLDER: text('the folder that the webhook serves from', '/etc/restore-hooks/tls'),
    RESTORE_HOOKS_CERTS_ADDRESS: address('127.0.0.1:8443'),
    RESTORE_HOOKS_CERTS_AUTHORITY_DAYS: days(defaultAuthorityDays),
    RESTORE_HOOKS_CERTS_DAYS: days(defaultServingDays),
    RESTORE_HOOKS_CERTS_CHECK_SECONDS: seconds({ fallback: 10, least: 0.1, most: 3_600 }),
    RESTORE_HOOKS_PROBE_HOST: text('an address to listen on', '0.0.0.0'),
    RESTORE_HOOKS_PROBE_PORT: port(8081),
    RESTORE_HOOKS_KUBECONFIG: planningFields.RESTORE_HOOKS_KUBECONFIG,
    RESTORE_HOOKS_LOG_LEVEL: logLevel(),
  })
  .refine((env) => env.RESTORE_HOOKS_CERTS_AUTHORITY_DAYS >= env.RESTORE_HOOKS_CERTS_DAYS, {
    path: ['RESTORE_HOOKS_CERTS_DAYS'],
    message: 'not more than RESTORE_HOOKS_CERTS_AUTHORITY_DAYS',
  })
  .transform((env) => {
    const service = { namespace: env.RESTORE_HOOKS_SYSTEM_NAMESPACE, name: env.RESTORE_HOOKS_CERTS_SERVICE };
    const lives = { authorityMs: env.RESTORE_HOOKS_CERTS_AUTHORITY_DAYS, leafMs: env.RESTORE_HOOKS_CERTS_DAYS };
    return {
      mode: env.RESTORE_HOOKS_CERTS_MODE,
      secret: { namespace: env.RESTORE_HOOKS_SYSTEM_NAMESPACE, name: env.RESTORE_HOOKS_CERTS_SECRET },
      registration: env.RESTORE_HOOKS_CERTS_REGISTRATION,
      service,
      folder: env.RESTORE_HOOKS_TLS_FOLDER,
      address: env.RESTORE_HOOKS_CERTS_ADDRESS,
      lives,
      settleMs: Math.min(longestSettleMs, lives.leafMs * settlePart),
      checkMs: env.RESTORE_HOOKS_CERTS_CHECK_SECONDS,
      probes: { host: env.RESTORE_HOOKS_PROBE_HOST, port: env.RESTORE_HOOKS_PROBE_PORT },
      kubeconfig: env.RESTORE_HOOKS_KUBECONFIG ?? null,
      logLevel: env.RESTORE_HOOKS_LOG_LEVEL,
    };
  });

export type KeepConfig = z.output<typeof keepEnvironment>;

/** Days, whole or not, in milliseconds. */
function days(fallback: number) {
  // A certificate's times are whole seconds, and ten of them are the least in which one can be renewed.
  const [least, most] = [10_000, 3_650 * dayMs];
  const wanted = 'a number of days between 10 seconds and 3650 days, for example 30 or 0.5';
  return z
    .string(wanted)
    .regex(/^\d{1,4}(\.\d{1,20})?$/, wanted)
    .default(String(fallback))
    .transform((value) => Number(value) * dayMs)
    .refine((value) => value >= least && value <= most, wanted);
}

/** HOST:PORT, where the webhook of this pod serves. */
function address(fallback: string) {
  const wanted = 'HOST:PORT, for example 127.0.0.1:8443 or [::1]:8443';
  return z
    .string(wanted)
    .default(fallback)
    .transform((value, context) => {
      const [, ipv6, name, digits = ''] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s[\]]+)):(\d{1,5})$/.exec(value) ?? [];
      const host = ipv6 ?? name;
      const number = Number(digits);
      if (host !== undefined && number >= 1 && number <= 65_535) return { host, port: number };
      context.addIssue({ code: 'custom', message: wanted });
      return z.NEVER;
    });
}
