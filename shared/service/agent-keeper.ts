import { Agent } from 'node:https';
import { createSecureContext } from 'node:tls';

/** How this system calls itself to an API server. */
export const userAgent = 'restore-hooks';

/** By what a connection is trusted on both ends: certificates and key in PEM. */
export interface TlsMaterial {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/**
 * Makes agents, and keeps the last one while the TLS material stays the same: one prebuilt secure context saves a parse of the
 * certificates, and kept-alive connections the handshake, on every request.
 */
export function agentKeeper(): (material: TlsMaterial) => Agent {
  let kept: { readonly material: string; readonly agent: Agent } | null = null;
  return ({ ca, cert, key, servername, rejectUnauthorized }) => {
    const material = JSON.stringify([ca, cert, key].map((part) => part?.toString('base64')));
    if (kept?.material !== material) {
      const secureContext = createSecureContext({
        ...(ca === undefined ? {} : { ca }),
        ...(cert === undefined ? {} : { cert }),
        ...(key === undefined ? {} : { key }),
      });
      const agent = new Agent({
        keepAlive: true,
        // HTTP/1.1 carries one request a connection; more than this many at once wait for a free one.
        maxSockets: 512,
        secureContext,
        ...(servername === undefined ? {} : { servername }),
        ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
      });
      kept = { material, agent };
    }
    return kept.agent;
  };
}
