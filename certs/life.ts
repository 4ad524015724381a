import type { X509Certificate } from 'node:crypto';

export const dayMs = 24 * 60 * 60 * 1000;
/** Nodes' clocks differ; a certificate that is not valid yet on one of them is refused there. */
export const clockSkewMs = 5 * 60 * 1000;

export const defaultAuthorityDays = 365;
/** Renewed well before by whoever issues it; the webhook serves the new one without a restart. */
export const defaultServingDays = 30;

/**
 * When a certificate is due for renewal, in Unix milliseconds: at two thirds of the life it was given here, or of `lifeMs` if that
 * is shorter. Its first moments, which lie before it was made, do not count.
 */
export function renewalDueMs({ validFromDate, validToDate }: X509Certificate, lifeMs: number): number {
  const issuedAtMs = validFromDate.getTime() + clockSkewMs;
  return issuedAtMs + (2 / 3) * Math.min(validToDate.getTime() - issuedAtMs, lifeMs);
}

/** Whether a certificate's time has come, and is not over. */
export function isValidAt({ validFromDate, validToDate }: X509Certificate, nowMs: number): boolean {
  return validFromDate.getTime() <= nowMs && nowMs < validToDate.getTime();
}
