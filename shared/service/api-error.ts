import type { IncomingMessage } from 'node:http';

interface StatusObject {
  readonly reason?: string;
  readonly message?: string;
}

/** The API server answered, and the answer is a refusal. */
export class ApiError extends Error {
  readonly status: number;
  /** The Status object's reason, for example `Conflict`; empty if the answer was no Status object. */
  readonly reason: string;
  /** From Retry-After. null: the server named no time. */
  readonly retryAfterMs: number | null;

  constructor(message: string, status: number, reason: string, retryAfterMs: number | null) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }

  static of(method: string, path: string, answer: IncomingMessage, text: string): ApiError {
    const { reason, message } = readStatus(text);
    const status = answer.statusCode ?? 0;
    return new ApiError(
      `${method} ${withoutQuery(path)}: ${status} ${message ?? text.slice(0, 300)}`,
      status,
      reason ?? '',
      retryAfterOf(answer),
    );
  }
}

/** How long a server asks to be left alone, from Retry-After. null: it named no time. */
export function retryAfterOf({ headers }: IncomingMessage): number | null {
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) ? seconds * 1000 : null;
}

/** A server that asks for more patience than this is asked again all the same: pods wait. */
const longestWaitMs = 60_000;

/**
 * How long to wait before a call that failed is made again: as long as the server asked for, within a bound, and at least
 * the back-off.
 */
export function waitMs(retryAfterMs: number | null, backoff: number): number {
  return Math.max(Math.min(retryAfterMs ?? 0, longestWaitMs), backoff);
}

/** The same, of whatever a call has thrown. */
export function waitAfterMs(error: unknown, backoff: number): number {
  return waitMs(error instanceof ApiError ? error.retryAfterMs : null, backoff);
}

/** No answer came, or not a whole one: refused, cut, timed out, aborted, or not JSON. */
export class ApiUnreachable extends Error {
  constructor(method: string, path: string, cause: unknown) {
    super(`${method} ${withoutQuery(path)}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'ApiUnreachable';
  }
}

/** The message and reason of a Status object in an error answer; what is no such object has neither. */
export function readStatus(text: string): StatusObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { message: text.trim().slice(0, 300) };
  }
  if (typeof parsed !== 'object' || parsed === null) return {};
  const { reason, message } = parsed as Record<string, unknown>;
  return {
    ...(typeof reason === 'string' ? { reason } : {}),
    ...(typeof message === 'string' ? { message } : {}),
  };
}

/** A query may hold a hook's command, which may hold a secret: messages end up in logs. */
function withoutQuery(path: string): string {
  return path.split('?', 1)[0] ?? path;
}
