import { refusal } from './exec-server.ts';

/** What an API server that is too busy answers, byte for byte, with a time to come again or without. */
export function busyAnswer(retryAfterSeconds: number | null): string {
  const body = JSON.stringify({ kind: 'Status', code: 429, reason: 'TooManyRequests', message: 'too many requests' });
  const [head = '', ...rest] = refusal(429, body).split('\r\n');
  const asked = retryAfterSeconds === null ? [] : [`retry-after: ${retryAfterSeconds}`];
  return [head, ...asked, ...rest].join('\r\n');
}
