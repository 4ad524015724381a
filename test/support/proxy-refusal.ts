import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** What a client is answered instead of being forwarded. */
export interface Refusal {
  readonly status: number;
  readonly retryAfterSeconds?: number;
}

const reasons: Readonly<Record<number, string>> = { 409: 'Conflict', 429: 'TooManyRequests' };
const message = 'answered by the proxy of a test';

/** Answers a request with a Status object. */
export function refuse(response: ServerResponse, refusal: Refusal): void {
  response.writeHead(refusal.status, headersOf(refusal));
  response.end(bodyOf(refusal));
}

/** The same to a request for an upgrade. */
export function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const body = bodyOf(refusal);
  const headers = { ...headersOf(refusal), 'content-length': String(Buffer.byteLength(body)), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${refusal.status} Refused`, ...lines, '', body].join('\r\n'));
}

function headersOf({ retryAfterSeconds }: Refusal): Record<string, string> {
  const asked = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return { 'content-type': 'application/json', ...asked };
}

function bodyOf({ status }: Refusal): string {
  const reason = reasons[status] ?? 'InternalError';
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status, reason, message });
}
