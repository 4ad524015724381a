import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** The authorities whose certificates clients may show, in PEM. */
export type AuthorityReading =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly problem: string };

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Reads a file of certificates in PEM, of one authority or of several while one replaces another.
 *
 * @returns a problem in one sentence where it cannot be read, or holds none, or something that is no authority.
 */
export async function readClientAuthority(file: string): Promise<AuthorityReading> {
  try {
    const blocks = (await readFile(file, 'utf8')).match(block) ?? [];
    if (blocks.length === 0) return refuse('there is no certificate in PEM');
    // One of a server would be trusted to be a client, and nobody means that.
    if (!blocks.every((pem) => new X509Certificate(pem).ca)) return refuse('a certificate in it is no authority');
    return { ok: true, value: blocks.join('\n') };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(why: string): AuthorityReading {
  return { ok: false, problem: `the authority of clients cannot be read: ${why}` };
}
