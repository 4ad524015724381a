import { writeContent, type Content } from './content.ts';
import { decide } from './decide.ts';
import { createInsistence, type InsistenceOptions } from './insistence.ts';
import { splitBundle } from './pair.ts';
import { makeContent } from './make-content.ts';
import type { CertsMetrics, Step } from './metrics.ts';
import type { Narrator } from './narrator.ts';
import type { Registrations, SeenRegistration } from './registrations.ts';
import type { SecretStore, StoredSecret } from './secret-store.ts';
import type { Decision, Lives, Replica, SecretStep, SeenFolder, Situation } from './situation.ts';

export interface KeeperParts {
  readonly store: SecretStore;
  readonly registrations: Registrations;
  readonly folder: {
    read(): Promise<SeenFolder>;
    write(serve: NonNullable<Decision['serve']>): Promise<void>;
  };
  /** Asks every address of the Service what it serves. */
  readonly askReplicas: (signal: AbortSignal) => Promise<readonly Replica[]>;
  /** Told of every look at the registration. */
  readonly sawRegistration: (seen: SeenRegistration | null) => void;
  readonly metrics: CertsMetrics;
  readonly narrator: Narrator;
  /** Unix time in milliseconds, by which certificates are valid or not. */
  readonly nowMs: () => number;
}

export interface KeeperOptions {
  readonly names: readonly string[];
  readonly lives: Lives;
  readonly settleMs: number;
  readonly insistence: InsistenceOptions;
}

/** Something could not be read or written. */
export class StepFailed extends Error {
  readonly step: Step;

  constructor(step: Step, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'StepFailed';
    this.step = step;
  }
}

/**
 * Looks at everything once, decides, and acts upon it.
 *
 * @returns when to look again: a Unix time in milliseconds, in the past if something was changed; Infinity: nothing is waited for.
 * @throws StepFailed; what was done before it stays.
 */
export type Turn = (signal: AbortSignal) => Promise<number>;

/** Makes the turns of one replica, which remember what the Secret last held. */
export function createTurn(parts: KeeperParts, options: KeeperOptions): Turn {
  const { store, registrations, folder, metrics, narrator, nowMs } = parts;
  const { names, lives, settleMs } = options;
  const secretInsistence = createInsistence(options.insistence);
  const bundleInsistence = createInsistence(options.insistence);
  let memory: Content | null = null;
  /** The authority that was in every bundle when last looked, and since when. */
  let registered: { readonly authority: string; readonly sinceMs: number } | null = null;

  return async function turn(signal) {
    const registration = await step('registration', registrations.read(signal));
    parts.sawRegistration(registration);
    const secret = await step('secret', store.read(signal));
    const seen: Situation = {
      nowMs: nowMs(),
      secret,
      memory,
      folder: await step('folder', folder.read()),
      registered: registration?.webhooks ?? null,
      registeredSinceMs: since(secret, registration),
      replicas: null,
      names,
      settleMs,
      lives,
    };
    const first = decide(seen);
    const decision = first.ask
      ? decide({ ...seen, replicas: await step('replicas', parts.askReplicas(signal)) })
      : first;
    narrator.waitsFor(decision.waitingFor);

    if (decision.secret !== null) {
      const notBeforeMs = secretInsistence.unsound(seen.nowMs);
      if (notBeforeMs > seen.nowMs) return narrator.holdsBack('secret', notBeforeMs);
      await step('secret', writeSecret(decision.secret, secret, registration, signal));
      return -Infinity;
    }
    secretInsistence.sound(seen.nowMs);
    memory = secret?.content ?? null;
    if (decision.serve !== null) {
      await step('folder', folder.write(decision.serve));
      narrator.served(decision.serve);
    }
    const nextMs = await register(decision, registration, seen.nowMs, signal);
    return Math.min(nextMs, settlesAt(seen));
  };

  function since(secret: StoredSecret | null, registration: SeenRegistration | null): number | null {
    const authority = splitBundle(secret?.content.authority?.cert ?? '')[0];
    const isInAll =
      authority !== undefined && registration?.webhooks.every(({ bundle }) => splitBundle(bundle).includes(authority));
    if (isInAll !== true) registered = null;
    else if (registered?.authority !== authority) registered = { authority, sinceMs: nowMs() };
    return registered?.sinceMs ?? null;
  }

  async function writeSecret(
    wanted: SecretStep,
    read: StoredSecret | null,
    owner: SeenRegistration | null,
    signal: AbortSignal,
  ): Promise<void> {
    if (wanted.do === 'delete') {
      if (read !== null && (await store.delete(read, signal))) narrator.secretDeleted();
      secretInsistence.written(nowMs());
      return;
    }
    const content = await makeContent(wanted, { names, nowMs: nowMs(), lives });
    const data = writeContent(content);
    const isWritten =
      read === null ? await store.create(data, owner, signal) : await store.update(read, data, owner, signal);
    // Another replica came first, and what it has made is read at once.
    if (!isWritten) return;
    secretInsistence.written(nowMs());
    if (wanted.authority === 'new') metrics.rotations.inc({ certificate: 'authority' });
    if (wanted.leaf === 'new') metrics.rotations.inc({ certificate: 'leaf' });
    narrator.secretWritten(wanted, content);
  }

  async function register(
    { register: wanted }: Decision,
    read: SeenRegistration | null,
    atMs: number,
    signal: AbortSignal,
  ): Promise<number> {
    if (read === null) return Infinity;
    if (wanted === null) {
      bundleInsistence.sound(atMs);
      return Infinity;
    }
    const notBeforeMs = bundleInsistence.unsound(atMs);
    if (notBeforeMs > atMs) return narrator.holdsBack('registration', notBeforeMs);
    if (await step('registration', registrations.register(read, wanted, signal))) {
      bundleInsistence.written(nowMs());
      metrics.registrations.inc();
      narrator.registered(wanted);
    }
    return -Infinity;
  }

  /** When the authority will have been in the bundles for long enough, if that is still to come. */
  function settlesAt({ registeredSinceMs, nowMs: atMs }: Situation): number {
    const settledMs = registeredSinceMs === null ? Infinity : registeredSinceMs + settleMs;
    return settledMs > atMs ? settledMs : Infinity;
  }
}

async function step<T>(name: Step, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new StepFailed(name, error);
  }
}
