import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';

/** A certificate that can be served: it and the key belong together, and it has not expired. */
export interface ServingCertificate {
  /** PEM, the leaf first. */
  readonly cert: string;
  readonly key: string;
  /** Unix time in milliseconds. */
  readonly expiresAtMs: number;
}

export type CertificateReading =
  { readonly ok: true; readonly certificate: ServingCertificate } | { readonly ok: false; readonly problem: string };

/**
 * Reads `tls.crt` and `tls.key` from a folder: a plain one, or a Secret's volume, whose files all point into the folder that
 * `..data` points to at the moment, so that both files are read from one version.
 *
 * @returns a problem in one sentence, without any of the key, where they cannot be served.
 */
export async function readCertificate(folder: string, nowMs: number): Promise<CertificateReading> {
  // The version may be removed while it is read: the second try finds the next one.
  const reading = await readPair(folder, nowMs);
  return reading.ok ? reading : await readPair(folder, nowMs);
}

async function readPair(folder: string, nowMs: number): Promise<CertificateReading> {
  try {
    const version = await realpath(join(folder, '..data')).catch(() => folder);
    const cert = await readFile(join(version, 'tls.crt'), 'utf8');
    const key = await readFile(join(version, 'tls.key'), 'utf8');
    return judge(cert, key, nowMs);
  } catch (error) {
    return { ok: false, problem: `the certificate cannot be read: ${messageOf(error)}` };
  }
}

function judge(cert: string, key: string, nowMs: number): CertificateReading {
  const leaf = new X509Certificate(cert);
  if (!leaf.checkPrivateKey(createPrivateKey(key))) {
    return { ok: false, problem: 'tls.key is not the key of the certificate in tls.crt' };
  }
  const expiresAtMs = leaf.validToDate.getTime();
  if (expiresAtMs <= nowMs) return { ok: false, problem: `the certificate has expired on ${leaf.validTo}` };
  // Whatever else OpenSSL finds wrong with the pair is thrown here, and not while connections are served.
  createSecureContext({ cert, key });
  return { ok: true, certificate: { cert, key, expiresAtMs } };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
