import { z } from 'zod';
import { defaultExcludedNamespaces, defaultRestoreLabel, type RestoreScope } from '../shared/restored.ts';
import { integer, list, logLevel, port, seconds, text } from '../shared/service/environment-fields.ts';
import { readEnvironment, type Environment, type EnvironmentReading } from '../shared/service/environment.ts';
import type { LogLevel } from '../shared/service/logger.ts';
import { planningConfig, planningFields, type PlanningConfig } from '../shared/service/planning-fields.ts';

export interface WebhookConfig {
  readonly https: { readonly host: string; readonly port: number };
  readonly probes: { readonly host: string; readonly port: number };
  readonly tlsFolder: string;
  readonly tlsCheckIntervalMs: number;
  /** null: clients are not asked for a certificate. */
  readonly clients: {
    /** A file of certificates in PEM. */
    readonly authorityFile: string;
    /** None: any certificate of the authority will do. */
    readonly names: readonly string[];
  } | null;
  readonly scope: RestoreScope;
  readonly planning: PlanningConfig;
  readonly limits: ServerLimits;
  readonly shutdown: {
    /** How long new requests are still served while the Service's endpoints forget this pod. */
    readonly delayMs: number;
    /** How long running requests may take after that. */
    readonly graceMs: number;
  };
  readonly logLevel: LogLevel;
}

/** What a client may take of the server. */
export interface ServerLimits {
  readonly handshakeTimeoutMs: number;
  readonly headersTimeoutMs: number;
  /** For a whole request to arrive, and for a client to show any sign of life while it is answered. */
  readonly requestTimeoutMs: number;
  readonly connections: number;
  /** Of bodies in memory, over all requests. */
  readonly bodyBudgetBytes: number;
}

/**
 * The variables are called HTTPS and not WEBHOOK: for a Service named restore-hooks-webhook Kubernetes itself sets
 * RESTORE_HOOKS_WEBHOOK_PORT, to `tcp://…`, in every pod of the namespace.
 */
const schema = z
  .object({
    RESTORE_HOOKS_HTTPS_HOST: text('an address to listen on', '0.0.0.0'),
    RESTORE_HOOKS_HTTPS_PORT: port(8443),
    RESTORE_HOOKS_PROBE_HOST: text('an address to listen on', '0.0.0.0'),
    RESTORE_HOOKS_PROBE_PORT: port(8080),
    RESTORE_HOOKS_TLS_FOLDER: text('a folder with tls.crt and tls.key', '/etc/restore-hooks/tls'),
    // A Secret reaches its volume within a minute or so; ten seconds more do not matter to a certificate of days.
    RESTORE_HOOKS_TLS_CHECK_SECONDS: seconds({ fallback: 10, least: 0.01, most: 3_600 }),
    RESTORE_HOOKS_CLIENT_CA_FILE: text('a file of certificates in PEM').optional(),
    RESTORE_HOOKS_CLIENT_NAMES: list('names in client certificates, parted by commas', []),
    RESTORE_HOOKS_RESTORE_LABEL: text('a label key', defaultRestoreLabel),
    RESTORE_HOOKS_EXCLUDED_NAMESPACES: list('names of namespaces, parted by commas', defaultExcludedNamespaces),
    RESTORE_HOOKS_HANDSHAKE_TIMEOUT_SECONDS: seconds({ fallback: 10, least: 0.1, most: 60 }),
    RESTORE_HOOKS_HEADERS_TIMEOUT_SECONDS: seconds({ fallback: 10, least: 0.1, most: 60 }),
    // The API server waits 30 s for a webhook at the very most.
    RESTORE_HOOKS_REQUEST_TIMEOUT_SECONDS: seconds({ fallback: 30, least: 0.1, most: 60 }),
    // An API server keeps as many connections as it makes calls at once, 200 by --max-mutating-requests-inflight: five of them.
    RESTORE_HOOKS_MAX_CONNECTIONS: integer({
      fallback: 1_024,
      least: 1,
      most: 65_535,
      what: 'a number of connections',
    }),
    // Nine of the largest bodies, four thousand of usual pods; read, each may take several times as much for a moment.
    RESTORE_HOOKS_BODY_BUDGET_MIB: integer({ fallback: 64, least: 7, most: 4_096, what: 'a number of MiB' }),
    // Endpoints are gone from every node within a second or two of the pod's deletion.
    RESTORE_HOOKS_SHUTDOWN_DELAY_SECONDS: seconds({ fallback: 5, least: 0, most: 60 }),
    RESTORE_HOOKS_SHUTDOWN_GRACE_SECONDS: seconds({ fallback: 10, least: 0, most: 600 }),
    ...planningFields,
    RESTORE_HOOKS_LOG_LEVEL: logLevel(),
  })
  .refine((env) => env.RESTORE_HOOKS_CLIENT_NAMES.length === 0 || env.RESTORE_HOOKS_CLIENT_CA_FILE !== undefined, {
    path: ['RESTORE_HOOKS_CLIENT_CA_FILE'],
    message: 'the file of the authority that signs certificates with the names in RESTORE_HOOKS_CLIENT_NAMES',
  })
  .transform((env): WebhookConfig => ({
    https: { host: env.RESTORE_HOOKS_HTTPS_HOST, port: env.RESTORE_HOOKS_HTTPS_PORT },
    probes: { host: env.RESTORE_HOOKS_PROBE_HOST, port: env.RESTORE_HOOKS_PROBE_PORT },
    tlsFolder: env.RESTORE_HOOKS_TLS_FOLDER,
    tlsCheckIntervalMs: env.RESTORE_HOOKS_TLS_CHECK_SECONDS,
    clients:
      env.RESTORE_HOOKS_CLIENT_CA_FILE === undefined
        ? null
        : { authorityFile: env.RESTORE_HOOKS_CLIENT_CA_FILE, names: env.RESTORE_HOOKS_CLIENT_NAMES },
    scope: {
      labelKey: env.RESTORE_HOOKS_RESTORE_LABEL,
      excludedNamespaces: env.RESTORE_HOOKS_EXCLUDED_NAMESPACES,
    },
    planning: planningConfig(env),
    limits: {
      handshakeTimeoutMs: env.RESTORE_HOOKS_HANDSHAKE_TIMEOUT_SECONDS,
      headersTimeoutMs: env.RESTORE_HOOKS_HEADERS_TIMEOUT_SECONDS,
      requestTimeoutMs: env.RESTORE_HOOKS_REQUEST_TIMEOUT_SECONDS,
      connections: env.RESTORE_HOOKS_MAX_CONNECTIONS,
      bodyBudgetBytes: env.RESTORE_HOOKS_BODY_BUDGET_MIB * 1024 * 1024,
    },
    shutdown: {
      delayMs: env.RESTORE_HOOKS_SHUTDOWN_DELAY_SECONDS,
      graceMs: env.RESTORE_HOOKS_SHUTDOWN_GRACE_SECONDS,
    },
    logLevel: env.RESTORE_HOOKS_LOG_LEVEL,
  }));

/** Reads the webhook's configuration; what is wrong comes back in one message, a line for each variable. */
export function readWebhookConfig(env: Environment): EnvironmentReading<WebhookConfig> {
  return readEnvironment(schema, env);
}
