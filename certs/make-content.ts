import { createAuthority, createServingCertificate } from './certificates.ts';
import { dayMs } from './life.ts';
import { parseCertificate, type CertificatePair } from './pair.ts';
import type { Lives, WantedContent } from './situation.ts';

/** What a Secret is to hold, whole. */
export interface MadeContent {
  readonly authority: CertificatePair;
  readonly leaf: CertificatePair;
  readonly previous: readonly string[];
}

/** Makes whatever of it is new. A leaf never outlives its authority. */
export async function makeContent(
  wanted: WantedContent,
  options: { readonly names: readonly string[]; readonly nowMs: number; readonly lives: Lives },
): Promise<MadeContent> {
  const { names, nowMs, lives } = options;
  const authority =
    wanted.authority === 'new' ? await createAuthority(nowMs, lives.authorityMs / dayMs) : wanted.authority;
  const restMs = (parseCertificate(authority.cert)?.validToDate.getTime() ?? nowMs) - nowMs;
  const leafDays = Math.min(lives.leafMs, restMs) / dayMs;
  const subjects = { dnsNames: names, ipAddresses: [] };
  const leaf =
    wanted.leaf === 'new' ? await createServingCertificate(authority, subjects, nowMs, leafDays) : wanted.leaf;
  return { authority, leaf, previous: wanted.previous };
}
