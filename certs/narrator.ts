import type { Logger } from '../shared/service/logger.ts';
import type { MadeContent } from './make-content.ts';
import { parseCertificate, splitBundle } from './pair.ts';
import type { Decision, WantedContent } from './situation.ts';

/** Tells in the log what was done, and what is waited for, once per change. No line holds any of a key. */
export interface Narrator {
  secretWritten(wanted: WantedContent & { readonly do: 'create' | 'update' }, content: MadeContent): void;
  secretDeleted(): void;
  registered(wanted: NonNullable<Decision['register']>): void;
  served(wanted: NonNullable<Decision['serve']>): void;
  waitsFor(addresses: readonly string[]): void;
  /** Returns the time. */
  holdsBack(what: 'secret' | 'registration', untilMs: number): number;
}

/** Makes the narrator of one replica. */
export function createNarrator(log: Logger): Narrator {
  let lastWaiting = '';
  const lastHeldBack = { secret: 0, registration: 0 };
  return {
    secretWritten(wanted, { authority, leaf, previous }) {
      const fields = {
        authority: wanted.authority === 'new' ? 'new' : 'kept',
        authorityExpires: expiryOf(authority.cert),
        leaf: wanted.leaf === 'new' ? 'new' : 'kept',
        leafExpires: expiryOf(leaf.cert),
        previousAuthorities: previous.length,
      };
      log.info(fields, wanted.do === 'create' ? 'Secret created' : 'Secret updated');
    },
    secretDeleted() {
      log.warn('Secret deleted, since it is immutable or of another type; it is made anew');
    },
    registered({ webhooks, bundle }) {
      log.info({ webhooks, authorities: splitBundle(bundle).length }, 'authorities registered');
    },
    served({ leaf }) {
      const certificate = parseCertificate(leaf.cert);
      log.info(
        { serial: certificate?.serialNumber, expires: expiryOf(leaf.cert) },
        'certificate written for the webhook',
      );
    },
    waitsFor(addresses) {
      const waiting = [...addresses].sort().join(' ');
      if (waiting === lastWaiting) return;
      lastWaiting = waiting;
      if (waiting !== '') log.info({ replicas: addresses }, 'earlier authorities are kept until these replicas follow');
    },
    holdsBack(what, untilMs) {
      if (untilMs !== lastHeldBack[what]) {
        lastHeldBack[what] = untilMs;
        log.warn({ what, until: new Date(untilMs).toISOString() }, 'somebody else keeps changing it, waiting');
      }
      return untilMs;
    },
  };
}

function expiryOf(cert: string): string | undefined {
  return parseCertificate(cert)?.validToDate.toISOString();
}
