import type { Connection } from './connection.ts';
import { inTurn } from './turn.ts';

export interface Saturation {
  /** All that were sent. */
  readonly answered: number;
  /** Until the last answer. */
  readonly seconds: number;
}

/**
 * Has a request under way on every connection all the time: as many answers as the server can give.
 *
 * @param durationMs for how long new requests are sent
 */
export function saturate(
  connections: readonly Connection[],
  requests: readonly Buffer[],
  durationMs: number,
): Promise<Saturation> {
  const next = inTurn(requests);
  const startMs = performance.now();
  let answered = 0;
  let open = connections.length;
  return new Promise((resolve, reject) => {
    const send = (connection: Connection): void => {
      connection.send(next(), (error) => {
        if (error !== null) {
          reject(error);
          return;
        }
        answered += 1;
        const nowMs = performance.now();
        if (nowMs - startMs < durationMs) {
          send(connection);
          return;
        }
        open -= 1;
        if (open === 0) resolve({ answered, seconds: (nowMs - startMs) / 1000 });
      });
    };
    for (const connection of connections) send(connection);
  });
}
