import type { Inheritable } from '../inherit.ts';
import type { Mode, ModeSetting, PlanContext } from '../plan-context.ts';
import type { Cluster } from './cluster.ts';
import type { CustomResourceNote } from './custom-resource.ts';
import type { Logger } from './logger.ts';
import { createPolicies } from './policies.ts';
import type { Readiness } from './probes.ts';
import { createRestores } from './restores.ts';
import type { WatchTiming } from './watch.ts';

/** What webhook and executor plan by, and must be given alike. */
export interface PlanningSettings {
  readonly mode: ModeSetting;
  /** Where Velero's Restores are. */
  readonly restoreNamespaces: readonly string[];
  /** In a takeover: the namespaces taken over. null: all. */
  readonly takeoverNamespaces: readonly string[] | null;
  readonly systemNamespace: string;
  readonly inherit: readonly Inheritable[];
}

export interface PlanningOptions extends PlanningSettings {
  readonly lookupMs: number;
  readonly discoveryMs: number;
  readonly mostCharacters: number;
  readonly log: Logger;
  /** A question was sent to the API server. */
  readonly asked: () => void;
  readonly watchTiming?: Partial<WatchTiming>;
}

/** Finds what a plan is made from besides the pod. */
export interface Planning {
  /** null: it is not known yet whether there is a Velero. */
  mode(): Mode | null;
  ready(): Readiness;
  /** Resolves once it is ready for the first time, and never before `run`. */
  readonly known: Promise<void>;
  /**
   * The context of a pod's plan. Never throws. What is not known yet is as good as a Restore that cannot be read: nothing is
   * moved, and the executor decides later.
   *
   * @param labelValue of the restore label
   * @param createdAtMs of the pod; null: it is being created
   */
  contextFor(
    namespace: string,
    labelValue: string,
    stage: PlanContext['stage'],
    createdAtMs: number | null,
  ): Promise<PlanContext>;
  /** Keeps Restores and policies in step until the signal aborts; resolves then. */
  run(signal: AbortSignal): Promise<void>;
}

/** Makes the planning of a process. Nothing is sent before `run`. */
export function createPlanning(cluster: Cluster, options: PlanningOptions): Planning {
  const { discoveryMs, watchTiming, log } = options;
  let isKnown: () => void = () => undefined;
  const known = new Promise<void>((resolve) => (isKnown = resolve));
  const common = { discoveryMs, ...(watchTiming !== undefined && { watchTiming }) };
  const restores = createRestores(cluster, {
    ...common,
    namespaces: options.restoreNamespaces,
    lookupMs: options.lookupMs,
    mostCharacters: options.mostCharacters,
    asked: options.asked,
    noted: (note) => noted(note, 'restores'),
  });
  const policies = createPolicies(cluster, {
    ...common,
    systemNamespace: options.systemNamespace,
    noted: (note) => noted(note, 'restorehookpolicies'),
  });
  const { inherit, takeoverNamespaces } = options;

  function mode(): Mode | null {
    if (options.mode !== 'auto') return options.mode;
    const served = restores.served();
    if (served === null) return null;
    return served ? 'takeover' : 'standalone';
  }

  function ready(): Readiness {
    if (!restores.synced()) return { ready: false, reason: 'the Restores have not been listed yet' };
    if (!policies.synced()) return { ready: false, reason: 'the RestoreHookPolicies have not been listed yet' };
    return { ready: true };
  }

  function noted(note: CustomResourceNote, resource: string): void {
    tell(note, resource, log);
    if (ready().ready) isKnown();
  }

  return {
    mode,
    ready,
    known,
    async contextFor(namespace, labelValue, stage, createdAtMs) {
      const restore = await restores.find(labelValue, createdAtMs);
      const now = mode();
      if (now === null || !policies.synced()) {
        const unknown = { is: 'unreadable' } as const;
        return { mode: now ?? 'takeover', stage, restore: unknown, policies: [], inherit, takeoverNamespaces };
      }
      return { mode: now, stage, restore, policies: policies.for(namespace), inherit, takeoverNamespaces };
    },
    async run(signal) {
      await Promise.all([restores.run(signal), policies.run(signal)]);
    },
  };
}

/** Plans by the annotations of pods alone, in a cluster whose API server is asked nothing. */
export function annotationPlanning(settings: PlanningSettings): Planning {
  const { inherit, takeoverNamespaces } = settings;
  const mode = settings.mode === 'auto' ? 'standalone' : settings.mode;
  return {
    mode: () => mode,
    ready: () => ({ ready: true }),
    known: Promise.resolve(),
    contextFor: (_namespace, _labelValue, stage) =>
      Promise.resolve({ mode, stage, restore: { is: 'none' }, policies: [], inherit, takeoverNamespaces }),
    run: () => Promise.resolve(),
  };
}

function tell(note: CustomResourceNote, resource: string, log: Logger): void {
  switch (note.kind) {
    case 'served':
    case 'not served':
      log.info({ resource }, `custom resource is ${note.kind}`);
      break;
    case 'discovery failed':
    case 'lookup failed':
      log.warn({ resource, err: note.error }, `custom resource: ${note.kind}`);
      break;
    case 'watch':
      if (note.note.kind === 'broken') log.warn({ resource, err: note.note.error }, 'watch broken');
      if (note.note.kind === 'listed') log.info({ resource, objects: note.note.objects }, 'custom resource listed');
      break;
  }
}
