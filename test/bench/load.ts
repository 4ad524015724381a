import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadAnswer, LoadRequest } from './load/protocol.ts';
import type { Steady } from './load/steady.ts';
import { end, failsWhenEnded, start, type Pinning } from './process.ts';
import type { Server } from './servers.ts';
import { cpuSecondsOf } from './usage.ts';

/** As many as pods are created at once; an API server opens about one for each. */
export const connectionCount = 16;

export interface Saturated {
  readonly perSecond: number;
  readonly cpuMsEach: number;
  /** Processor time of the server, of one processor's. */
  readonly serverBusy: number;
  readonly loadBusy: number;
}

/** The load process. */
export interface Load {
  saturate(server: Server, bodies: readonly string[], durationMs: number): Promise<Saturated>;
  steady(server: Server, bodies: readonly string[], durationMs: number, ratePerSecond: number): Promise<Steady>;
  stop(): Promise<void>;
}

/** @param authority the file of the servers' authority */
export async function startLoad(authority: string, pinning: Pinning): Promise<Load> {
  const file = fileURLToPath(new URL('./load/main.ts', import.meta.url));
  const child = start([process.execPath, file, authority, String(connectionCount)], {
    processor: pinning?.load,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = failsWhenEnded(child, 'the load process');
  ended.catch(() => undefined);
  await Promise.race([once(child, 'message'), ended]);

  async function ask(request: LoadRequest): Promise<LoadAnswer> {
    const answered = once(child, 'message') as Promise<[LoadAnswer]>;
    child.send(request);
    const [answer] = await Promise.race([answered, ended]);
    if (answer.is === 'error') throw new Error(`the load failed: ${answer.message}`);
    return answer;
  }

  return {
    async saturate({ pid, port }, bodies, durationMs) {
      const before = cpuSecondsOf(pid);
      const answer = await ask({ port, bodies, durationMs, ratePerSecond: null });
      const serverSeconds = cpuSecondsOf(pid) - before;
      if (answer.is !== 'saturation') throw new Error(`the load process answered ${answer.is}`);
      const { answered, seconds } = answer.result;
      return {
        perSecond: answered / seconds,
        cpuMsEach: (serverSeconds * 1000) / answered,
        serverBusy: serverSeconds / seconds,
        loadBusy: answer.cpuSeconds / seconds,
      };
    },
    async steady({ port }, bodies, durationMs, ratePerSecond) {
      const answer = await ask({ port, bodies, durationMs, ratePerSecond });
      if (answer.is !== 'steady') throw new Error(`the load process answered ${answer.is}`);
      return answer.result;
    },
    stop: () => end(child),
  };
}
