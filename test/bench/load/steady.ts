import type { Connection } from './connection.ts';
import { inTurn } from './turn.ts';

/** After this many times the duration nothing more is sent: the server cannot keep up. */
const patience = 2;

export interface Steady {
  /** From when the request was due, not from when a connection was free for it: a server that stalls cannot hide it. */
  readonly latenciesUs: readonly number[];
  /** Due and never sent; among the latencies with as long as they had waited by then. */
  readonly unsent: number;
}

/** Sends requests at a steady rate, whether or not the earlier ones were answered. */
export function steady(
  connections: readonly Connection[],
  requests: readonly Buffer[],
  { ratePerSecond, durationMs }: { readonly ratePerSecond: number; readonly durationMs: number },
): Promise<Steady> {
  const next = inTurn(requests);
  const idle = [...connections];
  const latenciesUs: number[] = [];
  const planned = Math.max(1, Math.round((ratePerSecond * durationMs) / 1000));
  const startMs = performance.now();
  const dueMs = (number: number) => startMs + (number * 1000) / ratePerSecond;
  const tell = (due: number, nowMs: number) => latenciesUs.push(Math.round((nowMs - due) * 1000));
  let sent = 0;
  let unsent = 0;

  return new Promise((resolve, reject) => {
    const send = (connection: Connection): void => {
      const due = dueMs(sent);
      sent += 1;
      connection.send(next(), (error) => {
        if (error !== null) {
          reject(error);
          return;
        }
        tell(due, performance.now());
        idle.push(connection);
      });
    };
    const giveUp = (nowMs: number): void => {
      unsent = planned - sent;
      for (let number = sent; number < planned; number += 1) tell(dueMs(number), nowMs);
      sent = planned;
    };
    // A timer is a millisecond too coarse, so the clock is looked at all the time: this process has nothing else to do.
    const look = (): void => {
      const nowMs = performance.now();
      while (sent < planned && dueMs(sent) <= nowMs) {
        const connection = idle.pop();
        if (connection === undefined) break;
        send(connection);
      }
      if (sent < planned && nowMs > startMs + durationMs * patience) giveUp(nowMs);
      if (latenciesUs.length === planned) resolve({ latenciesUs, unsent });
      else setImmediate(look);
    };
    look();
  });
}
