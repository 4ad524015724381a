import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect } from 'node:tls';

/** A TLS server at an address, and the name that it is asked for. */
export interface TlsAddress {
  readonly host: string;
  readonly port: number;
  readonly servername: string;
}

export type TlsAnswer =
  | { readonly served: X509Certificate; readonly problem: null }
  /** One sentence. The certificate may have been shown all the same. */
  | { readonly served: X509Certificate | null; readonly problem: string };

/**
 * Opens a TLS connection as an API server does, and looks at what is served. It never rejects.
 *
 * @param bundle PEM of what is trusted; empty: what the system trusts
 */
export function askTls(address: TlsAddress, bundle: string, timeoutMs: number): Promise<TlsAnswer> {
  const { promise, resolve } = Promise.withResolvers<TlsAnswer>();
  const { host, port, servername } = address;
  const none = (problem: string) => resolve({ served: null, problem });
  try {
    const socket = connect({
      host,
      port,
      ...(isIP(servername) === 0 && { servername }),
      ...(bundle !== '' && { ca: bundle }),
      // As Go takes them: whatever is in the bundle is trusted, whoever has signed it.
      allowPartialTrustChain: true,
      // What is served is to be seen also where it is not trusted.
      rejectUnauthorized: false,
    });
    const limit = setTimeout(() => {
      none(`no TLS connection within ${timeoutMs} ms`);
      socket.destroy();
    }, timeoutMs);
    socket.on('error', (error: Error) => none(error.message));
    socket.on('close', () => {
      clearTimeout(limit);
      none('the connection was closed');
    });
    socket.on('secureConnect', () => {
      const served = socket.getPeerX509Certificate();
      const reason: unknown = socket.authorizationError;
      if (served === undefined) none('no certificate was shown');
      else if (socket.authorized) resolve({ served, problem: null });
      else resolve({ served, problem: reason instanceof Error ? reason.message : String(reason) });
      socket.destroy();
    });
  } catch (error) {
    // A bundle that holds no PEM.
    none(error instanceof Error ? error.message : String(error));
  }
  return promise;
}
