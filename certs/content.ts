import { isKeyOf, parseCertificate, splitBundle, type CertificatePair } from './pair.ts';

/** What the Secret holds. A part that is missing or cannot be used is null; whether its time is over is not looked at. */
export interface Content {
  /** Signs the leaf, or will: it is in the registration's bundles before it does. */
  readonly authority: CertificatePair | null;
  readonly leaf: CertificatePair | null;
  /** PEM of certificates of earlier authorities, which are still trusted; the leaf may be of one of them. */
  readonly previous: readonly string[];
}

/** The Secret's keys. The first three are those of type kubernetes.io/tls, and of cert-manager. */
export const secretKeys = {
  leafCert: 'tls.crt',
  leafKey: 'tls.key',
  authorityCert: 'ca.crt',
  authorityKey: 'ca.key',
  previous: 'previous-ca.crt',
} as const;

export const noContent: Content = { authority: null, leaf: null, previous: [] };

/** Reads a Secret's data, whatever may be in it. */
export function readContent(data: Readonly<Record<string, unknown>> | null | undefined): Content {
  const text = (key: string) => {
    const value = data?.[key];
    return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : '';
  };
  const authority = readPair(text(secretKeys.authorityCert), text(secretKeys.authorityKey));
  const isAuthority = authority !== null && parseCertificate(authority.cert)?.ca === true;
  return {
    authority: isAuthority ? authority : null,
    leaf: readPair(text(secretKeys.leafCert), text(secretKeys.leafKey)),
    previous: splitBundle(text(secretKeys.previous)),
  };
}

/** The certificate and its key, if both can be read and belong together. */
export function readPair(cert: string, key: string): CertificatePair | null {
  const certificate = parseCertificate(cert);
  return certificate !== null && isKeyOf(key, certificate) ? { cert, key } : null;
}

/** The data of a Secret with this content. */
export function writeContent(content: {
  readonly authority: CertificatePair;
  readonly leaf: CertificatePair;
  readonly previous: readonly string[];
}): Readonly<Record<string, string>> {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return {
    [secretKeys.leafCert]: base64(content.leaf.cert),
    [secretKeys.leafKey]: base64(content.leaf.key),
    [secretKeys.authorityCert]: base64(content.authority.cert),
    [secretKeys.authorityKey]: base64(content.authority.key),
    [secretKeys.previous]: base64(content.previous.join('')),
  };
}

/** What every webhook of the registration is to trust: the authority first, and whichever came before it. */
export function bundleOf(authority: CertificatePair, previous: readonly string[]): string {
  return [...splitBundle(authority.cert).slice(0, 1), ...previous].join('');
}
