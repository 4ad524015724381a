import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Cluster } from '../shared/service/api-client.ts';
import type { Logger } from '../shared/service/logger.ts';
import { startProbes, type Readiness } from '../shared/service/probes.ts';
import { createBell } from './bell.ts';
import { readFolder } from './folder.ts';
import { isValid } from './judge.ts';
import type { KeepConfig } from './keep-config.ts';
import { keep } from './keep.ts';
import { certsMetrics } from './metrics.ts';
import { createNarrator } from './narrator.ts';
import { watchRegistration } from './registration-watch.ts';
import { createRegistrations, type SeenRegistration } from './registrations.ts';
import { askReplicas, findReplicas } from './replicas.ts';
import { createSecretStore } from './secret-store.ts';
import { createTrust } from './trust.ts';
import { createTurn, StepFailed, type Turn } from './turn.ts';
import { writeCertificates } from './write.ts';

/** A thing that is undone again and again is put right every five minutes at last. */
const insistence = { firstMs: 1_000, maxMs: 300_000 };

/**
 * `certs keep` as a process: keeps the certificate of the webhook beside it, or only looks at it, and serves its probes, until the
 * signal aborts and all has stopped.
 *
 * @throws if the kubeconfig cannot be loaded or the probes' port is taken
 */
export async function runKeep(
  config: KeepConfig,
  connect: (kubeconfig: string | null) => Promise<Cluster>,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = certsMetrics(registry);
  const cluster = await connect(config.kubeconfig);
  const { mode, service, checkMs } = config;
  const names = serviceNames(service);
  const servername = names[0];
  const nowMs = Date.now;
  let registered: SeenRegistration | null | undefined;
  let canStart: Readiness = { ready: false, reason: 'the folder holds no certificate yet' };

  const registrations = createRegistrations(cluster, config.registration);
  const wakeKeep = createBell();
  const wakeTrust = createBell();
  const watch = watchRegistration(cluster, {
    name: config.registration,
    changed(resourceVersion) {
      if (resourceVersion !== registered?.resourceVersion) wakeKeep.ring();
    },
    ended: (error) => log.debug({ err: error }, 'watch of the registration ended'),
  });
  const sawRegistration = (seen: SeenRegistration | null) => {
    if (JSON.stringify(seen?.webhooks) !== JSON.stringify(registered?.webhooks)) wakeTrust.ring();
    registered = seen;
    watch.ensure(signal);
  };

  const keepTurn = createTurn(
    {
      store: createSecretStore(cluster, config.secret.namespace, config.secret.name),
      registrations,
      folder: {
        read: () => readFolder(config.folder),
        async write({ leaf, bundle }) {
          await writeCertificates(config.folder, leaf, bundle);
        },
      },
      async askReplicas(asked) {
        const found = await findReplicas(cluster, service, asked);
        return askReplicas(found.map((address) => ({ ...address, servername })));
      },
      sawRegistration,
      metrics,
      narrator: createNarrator(log),
      nowMs,
    },
    {
      names,
      lives: config.lives,
      settleMs: config.settleMs,
      insistence: { backoff: insistence, peaceMs: 2 * checkMs, random: Math.random },
    },
  );
  const checkTurn: Turn = async (asked) => {
    try {
      sawRegistration(await registrations.read(asked));
    } catch (error) {
      throw new StepFailed('registration', error);
    }
    return Infinity;
  };

  const trust = createTrust({
    address: { ...config.address, servername },
    registration: config.registration,
    registered: () => registered,
    checkMs,
    bell: wakeTrust,
    metrics,
    log,
    nowMs,
  });
  // What an earlier process of this pod has left can be served while the API server is away.
  if (mode === 'check') canStart = { ready: true };
  else await lookIntoFolder();
  const probes = await startProbes({
    ...config.probes,
    registry,
    startup: () => canStart,
    readiness: () => (signal.aborted ? { ready: false, reason: 'shutting down' } : trust.readiness()),
  });
  log.info({ mode, probePort: probes.port, names }, 'certs keep started');
  const turned = () => {
    if (!canStart.ready) void lookIntoFolder();
  };
  const turn = mode === 'self' ? keepTurn : checkTurn;
  try {
    await Promise.all([
      keep(turn, { checkMs, bell: wakeKeep, metrics, log, nowMs, random: Math.random, turned }, signal),
      trust.run(signal),
    ]);
  } finally {
    await probes.close();
  }
  log.info('certs keep stopped');

  async function lookIntoFolder(): Promise<void> {
    const { leaf } = await readFolder(config.folder);
    if (isValid(leaf, nowMs())) canStart = { ready: true };
  }
}

/** What API servers ask for first; a person with a port-forward may ask for more. */
function serviceNames({ namespace, name }: KeepConfig['service']): [string, string] {
  return [`${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`];
}
