import type { Content } from './content.ts';
import type { CertificatePair } from './pair.ts';

/** All that is decided upon, as it was seen in one moment. */
export interface Situation {
  readonly nowMs: number;
  /** null: there is no Secret. */
  readonly secret: SeenSecret | null;
  /** What this process last saw in a sound Secret. */
  readonly memory: Content | null;
  readonly folder: SeenFolder;
  /** null: there is no registration. */
  readonly registered: readonly RegisteredBundle[] | null;
  /** Since when this process has seen the Secret's authority in every bundle. null: it is not in all of them. */
  readonly registeredSinceMs: number | null;
  /** What each address of the Service serves. null: they have not been asked. */
  readonly replicas: readonly Replica[] | null;
  /** What the leaf must be valid for. */
  readonly names: readonly string[];
  /** For API servers to hear of an authority, before a leaf of it is served. */
  readonly settleMs: number;
  readonly lives: Lives;
}

/** How long certificates are made for. One that was made for longer is renewed as if it had been made for this. */
export interface Lives {
  readonly authorityMs: number;
  readonly leafMs: number;
}

export interface SeenSecret {
  readonly content: Content;
  /** Neither of another type nor immutable: if it is, it can only be deleted and made anew. */
  readonly writable: boolean;
}

/** What the webhook serves from. */
export interface SeenFolder {
  readonly leaf: CertificatePair | null;
  /** The text of `ca.crt`. */
  readonly bundle: string;
}

export interface RegisteredBundle {
  /** Of the webhook in the registration. */
  readonly webhook: string;
  /** PEM; empty if there is none. */
  readonly bundle: string;
}

export interface Replica {
  /** `HOST:PORT`. */
  readonly address: string;
  /** PEM of the certificate it serves. null: it does not answer. */
  readonly leaf: string | null;
}

export interface Decision {
  /** The Secret comes first: nothing else is done before it is as it should be. */
  readonly secret: SecretStep | null;
  /** Names of webhooks whose bundle is to be set. */
  readonly register: { readonly webhooks: readonly string[]; readonly bundle: string } | null;
  /** What the webhook is to serve from now on. */
  readonly serve: { readonly leaf: CertificatePair; readonly bundle: string } | null;
  /** Whether to decide again with `replicas`: all else that the end of a rotation waits for is there. */
  readonly ask: boolean;
  /** Addresses that keep earlier authorities in the bundle. */
  readonly waitingFor: readonly string[];
}

/** What the Secret is to hold. `new`: it is to be made. */
export interface WantedContent {
  readonly authority: CertificatePair | 'new';
  readonly leaf: CertificatePair | 'new';
  readonly previous: readonly string[];
}

export type SecretStep =
  | ({ readonly do: 'create' | 'update' } & WantedContent)
  /** It is made anew, of what it held and what is remembered, in the next turn. */
  | { readonly do: 'delete' };
