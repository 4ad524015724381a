import type { Socket } from 'node:net';
import type { PeerCertificate, TLSSocket } from 'node:tls';

/**
 * Judges clients by the certificate that their connection has shown. The handshake lets everybody in, so that whoever only
 * looks at the served certificate needs none; it is the requests that are refused.
 */
export interface ClientCheck {
  /** To be called once for each connection, when its handshake is done. */
  connected(socket: TLSSocket): void;
  /** Why requests of the connection are refused, as a sentence; null: they are answered. */
  problem(socket: Socket): string | null;
  /** The connection was judged by an authority that counts no more: it is to be closed after the next answer. */
  isStale(socket: Socket): boolean;
}

const none = 'a client certificate is needed here';

/**
 * Makes the check.
 *
 * @param names one of which the certificate must bear, as common name or alternative name; none: any certificate will do
 * @param authority by which handshakes are judged now
 */
export function createClientCheck(names: readonly string[], authority: () => string): ClientCheck {
  const judged = new WeakMap<Socket, { readonly problem: string | null; readonly authority: string }>();
  return {
    connected: (socket) => void judged.set(socket, { problem: problemOf(socket, names), authority: authority() }),
    problem(socket) {
      const judgement = judged.get(socket);
      return judgement === undefined ? none : judgement.problem;
    },
    isStale: (socket) => judged.get(socket)?.authority !== authority(),
  };
}

/** The names of a certificate: common names, DNS names, addresses, e-mail addresses and URIs, as they are written. */
export function namesOf(certificate: Pick<PeerCertificate, 'subject' | 'subjectaltname'>): string[] {
  const { CN = [] } = certificate.subject as { readonly CN?: string | readonly string[] };
  // A value with anything unusual in it is written as a JSON text, so that one cannot pretend to be two.
  const alternatives = (certificate.subjectaltname ?? '').matchAll(/(?:^|, )[A-Za-z ]+:("(?:[^"\\]|\\.)*"|[^,"]*)/g);
  return [...[CN].flat(), ...[...alternatives].map(([, value = '']) => unquoted(value))];
}

function problemOf(socket: TLSSocket, names: readonly string[]): string | null {
  // A session that is resumed without a certificate counts as authorized to Node, so these are looked at first.
  if (socket.getPeerX509Certificate() === undefined || socket.isSessionReused()) return none;
  if (!socket.authorized) return `the client certificate is not valid here: ${String(socket.authorizationError)}`;
  if (names.length === 0) return null;
  const own = namesOf(socket.getPeerCertificate());
  return own.some((name) => names.includes(name))
    ? null
    : 'the client certificate bears none of the names allowed here';
}

function unquoted(value: string): string {
  return value.startsWith('"') ? String(JSON.parse(value)) : value;
}
