import { generate } from 'selfsigned';
import type { CertificatePair } from '../../certs/certificates.ts';

const dayMs = 86_400_000;

/** A certificate and its key for a client, or for what pretends to be one, signed by an authority. */
export async function createClientPair(
  authority: CertificatePair,
  options: { readonly commonName: string; readonly dnsName?: string; readonly usage?: string; readonly days?: number },
): Promise<CertificatePair> {
  const { commonName, dnsName, usage = 'clientAuth', days = 1 } = options;
  const made = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 2 * dayMs),
    notAfterDate: new Date(Date.now() + days * dayMs),
    ca: authority,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', [usage]: true },
      ...(dnsName === undefined
        ? []
        : [{ name: 'subjectAltName' as const, altNames: [{ type: 2 as const, value: dnsName }] }]),
    ],
  });
  return { cert: made.cert, key: made.private };
}
