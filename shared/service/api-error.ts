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
    const retryAfter = Number(answer.headers['retry-after']);
    return new ApiError(
      `${method} ${withoutQuery(path)}: ${status} ${message ?? text.slice(0, 300)}`,
      status,
      reason ?? '',
      Number.isFinite(retryAfter) ? retryAfter * 1000 : null,
    );
  }
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
