import { isValidAt, renewalDueMs } from './life.ts';
import { isIssuedBy, parseCertificate, type CertificatePair } from './pair.ts';

/** Names of authorities that are made here begin so. */
const ownAuthority = /^CN=restore-hooks-ca-/m;

/** Whether there is a certificate whose time has come, and is not over. */
export function isValid<Pair extends Pick<CertificatePair, 'cert'>>(pair: Pair | null, nowMs: number): pair is Pair {
  const certificate = parseCertificate(pair?.cert ?? '');
  return certificate !== null && isValidAt(certificate, nowMs);
}

/** Whether two thirds of a certificate's life are over, or of the life that it would be given today if that is shorter. */
export function isDue(cert: string, nowMs: number, lifeMs: number): boolean {
  const certificate = parseCertificate(cert);
  return certificate !== null && renewalDueMs(certificate, lifeMs) <= nowMs;
}

/** Whether both are certificates, and one has signed the other. */
export function issuedBy(cert: string, authority: string): boolean {
  const [certificate, issuer] = [parseCertificate(cert), parseCertificate(authority)];
  return certificate !== null && issuer !== null && isIssuedBy(certificate, issuer);
}

/** Whether a client that asks for any of the names takes the certificate for it. */
export function covers(cert: string, names: readonly string[]): boolean {
  const certificate = parseCertificate(cert);
  return names.every((name) => certificate?.checkHost(name, { subject: 'never' }) !== undefined);
}

/** Whether a certificate is of an authority that this program has made. */
export function isOwn(cert: string): boolean {
  const certificate = parseCertificate(cert);
  return certificate?.ca === true && ownAuthority.test(certificate.subject);
}
