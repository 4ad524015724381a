import { request as httpsRequest } from 'node:https';
import type { Agent as HttpAgent, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { ApiError, ApiUnreachable } from './api-error.ts';

/** How long one API call may take, from sending it to the last byte of its answer, unless the caller says otherwise. */
const requestTimeoutMs = 30_000;

/** An answer larger than this is a fault: etcd refuses objects over 1.5 MB, and a page of a list holds 500 of them at most. */
const answerLimitBytes = 1024 * 1024 * 1024;

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** With its query, beginning with `/api`. */
  readonly path: string;
  readonly body?: unknown;
  /** `application/json`, or the kind of patch. */
  readonly contentType?: string;
  /** `application/json` unless given. */
  readonly accept?: string;
  readonly timeoutMs?: number;
}

/** What an upgraded connection (pods/exec) needs to be opened with the same identity as every other request. */
export interface ConnectionOptions {
  readonly url: string;
  readonly agent: HttpAgent;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The API server, spoken to in raw JSON: the typed client turns times into Dates and drops fields it does not know, and
 * neither may happen to an object that is decided upon.
 */
export interface Cluster {
  /** Resolves to the parsed answer. Throws ApiError for an answer of 400 and above, ApiUnreachable if none came. */
  call<T>(request: ApiRequest, signal?: AbortSignal): Promise<T>;
  /** Opens an answer without an end (a watch). Throws as `call` does; a cut shows as an error or `close` of the stream. */
  stream(path: string, signal: AbortSignal): Promise<IncomingMessage>;
  connection(path: string): Promise<ConnectionOptions>;
}

/** As whom, and over which connections, a request is sent. */
export interface Identity {
  readonly agent: HttpAgent;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Makes the client of one API server. Nothing is sent before the first call.
 *
 * @param identify asked anew for every request, since tokens expire
 */
export function connectApi(server: string, identify: () => Promise<Identity>): Cluster {
  async function send(request: ApiRequest, signal: AbortSignal | undefined): Promise<IncomingMessage> {
    const { agent, headers } = await identify();
    const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
    const sent: OutgoingHttpHeaders = { ...headers, accept: request.accept ?? 'application/json' };
    if (body !== undefined) {
      sent['content-type'] = request.contentType ?? 'application/json';
      sent['content-length'] = body.length;
    }
    return new Promise((resolve, reject) => {
      const outgoing = httpsRequest(
        new URL(request.path, server),
        { method: request.method, agent, headers: sent, ...(signal === undefined ? {} : { signal }) },
        resolve,
      );
      outgoing.on('error', (cause) => reject(new ApiUnreachable(request.method, request.path, cause)));
      outgoing.end(body);
    });
  }

  return {
    async call<T>(request: ApiRequest, signal?: AbortSignal): Promise<T> {
      const limit = AbortSignal.timeout(request.timeoutMs ?? requestTimeoutMs);
      const answer = await send(request, signal === undefined ? limit : AbortSignal.any([signal, limit]));
      const text = await readAll(answer, request);
      if (statusOf(answer) >= 400) throw ApiError.of(request.method, request.path, answer, text);
      return parseAnswer(text, request) as T;
    },
    async stream(path, signal) {
      const request = { method: 'GET', path } as const;
      const answer = await send(request, signal);
      if (statusOf(answer) >= 400) throw ApiError.of('GET', path, answer, await readAll(answer, request));
      return answer;
    },
    async connection(path) {
      const { agent, headers } = await identify();
      return { url: new URL(path, server).href.replace(/^http/, 'ws'), agent, headers };
    },
  };
}

function statusOf(answer: IncomingMessage): number {
  return answer.statusCode ?? 0;
}

async function readAll(answer: IncomingMessage, request: ApiRequest): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > answerLimitBytes) throw new Error(`the answer exceeds ${answerLimitBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new ApiUnreachable(request.method, request.path, cause);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseAnswer(text: string, request: ApiRequest): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ApiUnreachable(request.method, request.path, cause);
  }
}
