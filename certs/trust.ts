import type { X509Certificate } from 'node:crypto';
import type { Logger } from '../shared/service/logger.ts';
import type { Readiness } from '../shared/service/probes.ts';
import type { Bell } from './bell.ts';
import type { CertsMetrics } from './metrics.ts';
import { isIssuedBy, parseCertificate, splitBundle } from './pair.ts';
import type { SeenRegistration } from './registrations.ts';
import { askTls, type TlsAddress } from './tls-ask.ts';

export interface TrustOptions {
  /** Of the webhook in the same pod, and the name by which API servers ask for it. */
  readonly address: TlsAddress;
  /** The registration's name. */
  readonly registration: string;
  /** As last read. null: there is none. undefined: it has not been read yet. */
  readonly registered: () => SeenRegistration | null | undefined;
  readonly checkMs: number;
  /** Rung when it is worth a look. */
  readonly bell: Bell;
  readonly metrics: CertsMetrics;
  readonly log: Logger;
  readonly nowMs: () => number;
}

/** Whether API servers take what the webhook of this pod serves. */
export interface Trust {
  readiness(): Readiness;
  /** Looks again and again until the signal aborts. Never throws for what is or is not served. */
  run(signal: AbortSignal): Promise<void>;
}

/** Whatever makes it untrusted is soon over: a webhook that starts, a certificate that it takes up within seconds. */
const untrustedCheckMs = 1_000;
/** Within one pod. */
const askTimeoutMs = 2_000;

interface Judgement {
  readonly served: X509Certificate | null;
  /** null: it is trusted. */
  readonly problem: string | null;
}

/** Makes the judge of what is served. It knows nothing before `run`. */
export function createTrust(options: TrustOptions): Trust {
  const { checkMs, bell, metrics, log, nowMs } = options;
  let last: Judgement = { served: null, problem: 'the webhook has not been asked yet' };
  let wasTrusted = false;

  function note(next: Judgement): void {
    const { served, problem } = next;
    const isChanged = problem !== last.problem;
    last = next;
    metrics.trusted.set(problem === null ? 1 : 0);
    metrics.expiry.remove('leaf');
    metrics.expiry.remove('authority');
    if (served !== null) {
      metrics.expiry.set({ certificate: 'leaf' }, served.validToDate.getTime() / 1000);
      const authorityMs = authorityExpiry(served, options.registered() ?? null);
      if (authorityMs !== null) metrics.expiry.set({ certificate: 'authority' }, authorityMs / 1000);
    }
    if (!isChanged) return;
    if (problem === null) log.info({ expires: served?.validToDate.toISOString() }, 'certificate is trusted');
    // While everything starts, it is no fault.
    else log[wasTrusted ? 'warn' : 'info']({ problem }, 'certificate is not trusted');
    wasTrusted ||= problem === null;
  }

  return {
    readiness() {
      const { served, problem } = last;
      if (problem !== null) return { ready: false, reason: problem };
      if (served !== null && served.validToDate.getTime() <= nowMs()) {
        return { ready: false, reason: 'the certificate has expired' };
      }
      return { ready: true };
    },
    async run(signal) {
      while (!signal.aborted) {
        note(await judge(options));
        await bell.wait(last.problem === null ? checkMs : Math.min(untrustedCheckMs, checkMs), signal);
      }
    },
  };
}

async function judge({ address, registration, registered }: TrustOptions): Promise<Judgement> {
  const seen = registered();
  const bundles = [...new Set(seen?.webhooks.map(({ bundle }) => bundle))];
  const answers = await Promise.all(
    (bundles.length === 0 ? [''] : bundles).map((bundle) => askTls(address, bundle, askTimeoutMs)),
  );
  const served = answers.find((answer) => answer.served !== null)?.served ?? null;
  if (seen === undefined) return { served, problem: `the registration ${registration} has not been read yet` };
  if (seen === null) return { served, problem: `there is no registration ${registration}` };
  if (bundles.length === 0) return { served, problem: `the registration ${registration} names no webhook` };
  return { served, problem: answers.find(({ problem }) => problem !== null)?.problem ?? null };
}

/** Of the authority that has signed it, as far as one is registered. Unix time in milliseconds. */
function authorityExpiry(served: X509Certificate, seen: SeenRegistration | null): number | null {
  const ends = (seen?.webhooks ?? [])
    .flatMap(({ bundle }) => splitBundle(bundle))
    .flatMap((cert) => parseCertificate(cert) ?? [])
    .filter((authority) => isIssuedBy(served, authority))
    .map(({ validToDate }) => validToDate.getTime());
  return ends.length === 0 ? null : Math.max(...ends);
}
