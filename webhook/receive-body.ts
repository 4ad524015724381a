import type { IncomingMessage } from 'node:http';
import type { BodyBudget, BodyShare } from './body-budget.ts';

/** Why a body is not taken, with the status of the answer: it broke off, is too large, or there is no room for it now. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused';
  readonly statusCode: 400 | 413 | 429;

  constructor(statusCode: 400 | 413 | 429) {
    super('the body is not taken');
    this.statusCode = statusCode;
  }
}

/** A body, and its share of the budget, which is to be closed when the request has been answered. */
export interface ReceivedBody {
  readonly share: BodyShare;
  /** Rejects with BodyRefused. */
  readonly body: Promise<Buffer>;
}

/** Reads the body of a request. Of one that is refused nothing is kept, and what is still to come is read and thrown away. */
export function receiveBody(message: IncomingMessage, budget: BodyBudget, limitBytes: number): ReceivedBody {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const share = budget.open(() => refuse(429));
  let chunks: Buffer[] = [];
  let bytes = 0;
  const onData = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limitBytes) refuse(413);
    else if (!share.take(chunk.length)) refuse(429);
    else chunks.push(chunk);
  };
  const onEnd = () => {
    stop();
    share.arrived();
    const [only] = chunks;
    resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, bytes));
    chunks = [];
  };
  const onBroken = () => refuse(400);
  message.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken);
  if (Number(message.headers['content-length'] ?? 0) > limitBytes) refuse(413);
  return { share, body: promise };

  function stop(): void {
    // Not that of an error: one without anybody who listens would end the process.
    message.off('data', onData).off('end', onEnd).off('close', onBroken);
  }

  function refuse(status: BodyRefused['statusCode']): void {
    stop();
    share.close();
    chunks = [];
    message.resume();
    reject(new BodyRefused(status));
  }
}
