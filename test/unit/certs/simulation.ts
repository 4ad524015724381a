import { Registry } from 'prom-client';
import { noContent, readContent } from '../../../certs/content.ts';
import { isValid, issuedBy } from '../../../certs/judge.ts';
import { certsMetrics } from '../../../certs/metrics.ts';
import { createNarrator } from '../../../certs/narrator.ts';
import { splitBundle } from '../../../certs/pair.ts';
import type { Registrations } from '../../../certs/registrations.ts';
import type { SecretStore, StoredSecret } from '../../../certs/secret-store.ts';
import type { Lives, SeenFolder } from '../../../certs/situation.ts';
import { createTurn, type Turn } from '../../../certs/turn.ts';
import { createLogger } from '../../../shared/service/logger.ts';

const minuteMs = 60_000;
const silent = createLogger({ name: 'certs', level: 'silent' });
export const names = ['hook.ns.svc', 'hook.ns.svc.cluster.local'];

/** A replica of the webhook and `certs keep` beside it, whose clock is the simulation's. */
export interface SimulatedReplica {
  readonly turn: Turn;
  readonly folder: () => SeenFolder;
  /** PEM. null: it does not answer. */
  served: string | null;
  /** Whether its webhook takes up what is in the folder, and answers. */
  alive: boolean;
  /** Whether it reaches the API server. */
  connected: boolean;
}

export interface SimulationOptions {
  readonly lives: Lives;
  readonly settleMs: number;
  readonly stepMs: number;
}

/** A cluster with one Secret and one registration of two webhooks, and some replicas, in which time passes by steps. */
export class Simulation {
  nowMs = Date.parse('2026-06-01T12:00:00Z');
  secret: { data: Readonly<Record<string, string>>; writable: boolean; uid: number; version: number } | null = null;
  /** By webhook. null: there is no registration. */
  registered: Readonly<Record<string, string>> | null = { pods: '', restores: '' };
  readonly replicas: SimulatedReplica[] = [];
  /** Writes that were taken. */
  readonly writes = { created: 0, updated: 0, deleted: 0, registered: 0, served: 0 };
  /** Calls that API servers could not have made: at what time, of which replica. */
  readonly failedCalls: string[] = [];
  readonly #options: SimulationOptions;
  /** As an API server still has it that hears of everything one step late. */
  #heard: Readonly<Record<string, string>> | null = null;
  #registrationVersion = 0;
  #uid = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
  }

  addReplica(): SimulatedReplica {
    let folder: SeenFolder = { leaf: null, bundle: '' };
    const connected = <T>(act: () => T): Promise<T> =>
      // As over a network: others get their turn before there is an answer.
      new Promise((resolve, reject) => {
        setImmediate(() => {
          if (replica.connected) resolve(act());
          else reject(new Error('the API server is away'));
        });
      });
    const { lives, settleMs } = this.#options;
    const turn = createTurn(
      {
        store: this.#store(connected),
        registrations: this.#registrations(connected),
        folder: {
          read: () => Promise.resolve(folder),
          write: ({ leaf, bundle }) => {
            this.writes.served += 1;
            folder = { leaf, bundle };
            return Promise.resolve();
          },
        },
        askReplicas: () =>
          connected(() =>
            this.replicas.map(({ served, alive }, index) => ({ address: `r${index}`, leaf: alive ? served : null })),
          ),
        sawRegistration: () => undefined,
        metrics: certsMetrics(new Registry()),
        narrator: createNarrator(silent),
        nowMs: () => this.nowMs,
      },
      {
        names,
        lives,
        settleMs,
        insistence: {
          backoff: { firstMs: 1_000, maxMs: 30 * minuteMs },
          peaceMs: 2 * this.#options.stepMs,
          random: () => 0.5,
        },
      },
    );
    const replica: SimulatedReplica = { turn, folder: () => folder, served: null, alive: true, connected: true };
    this.replicas.push(replica);
    return replica;
  }

  /** Time passes, all replicas take their turns side by side, webhooks serve what they find, and API servers call each. */
  async step(count = 1): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      this.nowMs += this.#options.stepMs;
      await Promise.all(this.replicas.map((replica) => this.#turns(replica)));
      for (const replica of this.replicas) if (replica.alive) replica.served = replica.folder().leaf?.cert ?? null;
      this.#call();
      this.#heard = this.registered;
    }
  }

  /** What the Secret holds. */
  content() {
    return this.secret === null ? noContent : readContent(this.secret.data);
  }

  /** Whether every replica serves the Secret's leaf, which all bundles trust, and nothing old is left. */
  isWhole(): boolean {
    const { leaf, authority, previous } = this.content();
    const bundles = Object.values(this.registered ?? { none: '' });
    return (
      isValid(leaf, this.nowMs) &&
      isValid(authority, this.nowMs) &&
      issuedBy(leaf.cert, authority.cert) &&
      previous.length === 0 &&
      bundles.every((bundle) => bundle === splitBundle(authority.cert).join('')) &&
      this.replicas.every(({ served }) => served === leaf.cert)
    );
  }

  async #turns({ turn }: SimulatedReplica): Promise<void> {
    for (let index = 0; index < 8; index += 1) {
      try {
        if ((await turn(AbortSignal.timeout(60_000))) > this.nowMs) return;
      } catch (error) {
        // What a replica makes of it is seen in what it does next.
        if (!String(error).includes('the API server is away')) throw error;
        return;
      }
    }
  }

  /** Every API server calls every replica that answers, by the bundles as they are, and as they were. */
  #call(): void {
    // Most are alike, and each costs a check of signatures.
    const known = new Map<string, boolean>();
    const isTrusted = (served: string | null, bundle: string) => {
      const key = `${served} ${bundle}`;
      const trusted = known.get(key) ?? this.#isTrusted(served, bundle);
      known.set(key, trusted);
      return trusted;
    };
    for (const [index, { served, alive }] of this.replicas.entries()) {
      if (!alive) continue;
      for (const [webhook, bundle] of Object.entries(this.registered ?? {})) {
        const heard = this.#heard?.[webhook] ?? bundle;
        if (![bundle, heard].every((each) => isTrusted(served, each))) {
          this.failedCalls.push(`${new Date(this.nowMs).toISOString()} r${index} ${webhook}`);
        }
      }
    }
  }

  #isTrusted(leaf: string | null, bundle: string): boolean {
    if (leaf === null || !isValid({ cert: leaf }, this.nowMs)) return false;
    return splitBundle(bundle).some((each) => isValid({ cert: each }, this.nowMs) && issuedBy(leaf, each));
  }

  #store(connected: <T>(act: () => T) => Promise<T>): SecretStore {
    const isStill = ({ uid, resourceVersion }: StoredSecret) =>
      String(this.secret?.uid) === uid && String(this.secret?.version) === resourceVersion;
    return {
      read: () =>
        connected(() => {
          if (this.secret === null) return null;
          const { uid, version, writable } = this.secret;
          return {
            content: this.content(),
            writable,
            uid: String(uid),
            resourceVersion: String(version),
            owned: true,
          };
        }),
      create: (data) =>
        connected(() => {
          if (this.secret !== null) return false;
          this.#uid += 1;
          this.secret = { data, writable: true, uid: this.#uid, version: 1 };
          this.writes.created += 1;
          return true;
        }),
      update: (read, data) =>
        connected(() => {
          if (this.secret === null || !isStill(read) || !this.secret.writable) return false;
          this.secret = { ...this.secret, data: { ...this.secret.data, ...data }, version: this.secret.version + 1 };
          this.writes.updated += 1;
          return true;
        }),
      delete: (read) =>
        connected(() => {
          if (!isStill(read)) return false;
          this.secret = null;
          this.writes.deleted += 1;
          return true;
        }),
    };
  }

  #registrations(connected: <T>(act: () => T) => Promise<T>): Registrations {
    return {
      read: () =>
        connected(() => {
          if (this.registered === null) return null;
          const webhooks = Object.entries(this.registered).map(([webhook, bundle]) => ({ webhook, bundle }));
          return { name: 'hooks', uid: 'one', resourceVersion: this.#version(), webhooks };
        }),
      register: (read, { webhooks, bundle }) =>
        connected(() => {
          if (this.registered === null || read.resourceVersion !== this.#version()) return false;
          this.registered = {
            ...this.registered,
            ...Object.fromEntries(webhooks.map((webhook) => [webhook, bundle])),
          };
          this.#registrationVersion += 1;
          this.writes.registered += 1;
          return true;
        }),
    };
  }

  #version(): string {
    return `${this.#registrationVersion}-${JSON.stringify(this.registered).length}`;
  }
}
