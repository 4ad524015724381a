import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { generate } from 'selfsigned';
import { clockSkewMs, dayMs, defaultAuthorityDays, defaultServingDays } from './life.ts';
import type { CertificatePair } from './pair.ts';

export type { CertificatePair } from './pair.ts';

/** What a serving certificate is valid for; at least one name or address in all. */
export interface Subjects {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

// selfsigned's own defaults are RSA and SHA-1. Each certificate gets a random serial number of 72 bits from it.
const ecdsaSha256 = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

/**
 * Makes a certificate authority that signs the webhook's serving certificates, and nothing below those.
 *
 * @param nowMs Unix time in milliseconds
 */
export async function createAuthority(nowMs: number, days = defaultAuthorityDays): Promise<CertificatePair> {
  // A name of its own: a client that knows two authorities of one name may try a certificate against the wrong one.
  const attributes = [{ name: 'commonName', value: `restore-hooks-ca-${randomBytes(4).toString('hex')}` }];
  const made = await generate(attributes, {
    ...ecdsaSha256,
    ...validity(nowMs, days),
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { cert: made.cert, key: made.private };
}

/**
 * Makes a serving certificate with a new key, signed by an authority.
 *
 * @param nowMs Unix time in milliseconds
 * @throws TypeError naming the first subject that is neither a DNS name nor an IP address.
 */
export async function createServingCertificate(
  authority: CertificatePair,
  subjects: Subjects,
  nowMs: number,
  days = defaultServingDays,
): Promise<CertificatePair> {
  const altNames = [
    ...subjects.dnsNames.map((name) => ({ type: 2 as const, value: checkedName(name) })),
    ...subjects.ipAddresses.map((ip) => ({ type: 7 as const, ip: checkedAddress(ip) })),
  ];
  if (altNames.length === 0) throw new TypeError('a serving certificate needs a DNS name or an IP address');
  const made = await generate([{ name: 'commonName', value: 'restore-hooks-webhook' }], {
    ...ecdsaSha256,
    ...validity(nowMs, days),
    ca: authority,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  return { cert: made.cert, key: made.private };
}

function validity(nowMs: number, days: number) {
  return { notBeforeDate: new Date(nowMs - clockSkewMs), notAfterDate: new Date(nowMs + days * dayMs) };
}

function checkedName(name: string): string {
  const label = '[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
  const isName = name.length <= 253 && isIP(name) === 0 && new RegExp(`^(\\*\\.)?${label}(\\.${label})*$`).test(name);
  if (!isName) throw new TypeError(`${JSON.stringify(name)} is no DNS name`);
  return name;
}

function checkedAddress(ip: string): string {
  if (isIP(ip) === 0) throw new TypeError(`${JSON.stringify(ip)} is no IP address`);
  return ip;
}
