import { createPrivateKey, X509Certificate } from 'node:crypto';

/** A certificate and its private key (PKCS#8), both in PEM. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

/** PEM blocks of certificates. A block ends where the next may begin, whatever stands between them. */
const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The first certificate of a PEM text. null: there is none. */
export function parseCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    // OpenSSL says no more of it than that it is none.
    return null;
  }
}

/** Every certificate of a PEM text that can be read, each as PEM of its own, and in one way of writing it. */
export function splitBundle(pem: string): readonly string[] {
  return (pem.match(block) ?? []).flatMap((each) => parseCertificate(each)?.toString() ?? []);
}

/** Whether a key can be read, and is that of the certificate. */
export function isKeyOf(key: string, certificate: X509Certificate): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/** Whether an authority has signed a certificate. */
export function isIssuedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}
