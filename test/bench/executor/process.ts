import { startService } from '../../support/service-process.ts';
import { flagsOfScript } from '../script-flags.ts';
import { cpuSecondsOf, memoryOf, type Memory } from '../usage.ts';
import type { ExecutorScene } from './scene.ts';

/** Lines that say, in any order, that the executor can begin hooks. */
const ready = ['leading', 'restored pods listed', 'HookRuns listed'] as const;

/** The executor as its users start it, with its defaults but for addresses. */
export interface BenchedExecutor {
  /** When it could begin hooks, Unix time in milliseconds. */
  readonly readyAtMs: number;
  /** From the start of the process until then. */
  readonly startSeconds: number;
  /** Resolves, when so many pods have got their end since it was started, to when the last one had; with every record written. */
  finished(pods: number): Promise<number>;
  memory(): Memory;
  cpuSeconds(): number;
  /** Events that it gave up. */
  eventsDropped(): Promise<number>;
  /** Ends it and waits until it has ended. */
  stop(): Promise<void>;
}

/**
 * Starts one and resolves when it leads and knows its pods.
 *
 * @param signal ends it
 */
export async function startExecutor(scene: ExecutorScene, signal: AbortSignal): Promise<BenchedExecutor> {
  const flags = await flagsOfScript('executor');
  const startedAtMs = Date.now();
  const service = startService('executor', {
    RESTORE_HOOKS_KUBECONFIG: scene.executorKubeconfig,
    RESTORE_HOOKS_PROBE_HOST: '127.0.0.1',
    RESTORE_HOOKS_PROBE_PORT: '0',
    NODE_OPTIONS: flags.join(' '),
  });
  const end = () => service.kill('SIGKILL');
  signal.addEventListener('abort', end, { once: true });
  let finished = 0;
  let lastAtMs = NaN;
  let waiting: { readonly pods: number; readonly resolve: (atMs: number) => void } | null = null;
  const look = () => {
    if (waiting !== null && finished >= waiting.pods) waiting.resolve(lastAtMs);
  };
  service.each(({ msg, time }) => {
    if (msg !== 'hooks finished') return;
    finished += 1;
    lastAtMs = Date.parse(String(time));
    look();
  });
  const lines = await Promise.all(ready.map((text) => service.line(({ msg }) => msg === text)));
  const { probePort } = await service.line(({ msg }) => msg === 'executor started');
  const readyAtMs = Math.max(...lines.map(({ time }) => Date.parse(String(time))));
  return {
    readyAtMs,
    startSeconds: (readyAtMs - startedAtMs) / 1000,
    finished(pods) {
      const { promise, resolve } = Promise.withResolvers<number>();
      waiting = { pods, resolve };
      look();
      // It ends before only by a fault, or by the signal.
      const gone = service.ended.then((code): never => {
        signal.throwIfAborted();
        throw new Error(`the executor ended with ${code ?? 'a signal'} after ${finished} of ${pods} pods`);
      });
      return Promise.race([promise, gone]);
    },
    memory: () => memoryOf(service.pid),
    cpuSeconds: () => cpuSecondsOf(service.pid),
    async eventsDropped() {
      const answer = await fetch(`http://127.0.0.1:${String(probePort)}/metrics`, { signal });
      const found = /^restore_hooks_executor_events_dropped_total (\d+)/m.exec(await answer.text())?.[1];
      if (found === undefined) throw new Error('the executor does not tell how many Events it dropped');
      return Number(found);
    },
    async stop() {
      await service.stop();
      signal.removeEventListener('abort', end);
    },
  };
}
