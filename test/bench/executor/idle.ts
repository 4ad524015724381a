import { setTimeout as delay } from 'node:timers/promises';
import type { Memory } from '../usage.ts';
import { readApiUse, requestsBetween, sumOf } from './api-metrics.ts';
import { startExecutor } from './process.ts';
import type { ExecutorScene } from './scene.ts';

export interface IdleResult {
  readonly pods: number;
  readonly startSeconds: number;
  /** Of one processor. */
  readonly busy: number;
  readonly memory: Memory;
  readonly requestsPerMinute: number;
  readonly podWatches: number;
}

/** For what it does at first: a collection of garbage, the first renewals. */
const settleMs = 3_000;

/** Measures an executor that is started beside pods which have all finished. */
export async function measureIdle(
  scene: ExecutorScene,
  pods: number,
  durationMs: number,
  signal: AbortSignal,
): Promise<IdleResult> {
  const without = await readApiUse(scene.cluster);
  const executor = await startExecutor(scene, signal);
  try {
    await delay(settleMs, undefined, { signal });
    const before = await readApiUse(scene.cluster);
    const [cpuBefore, startMs] = [executor.cpuSeconds(), performance.now()];
    await delay(durationMs, undefined, { signal });
    const seconds = (performance.now() - startMs) / 1000;
    const cpuSeconds = executor.cpuSeconds() - cpuBefore;
    const after = await readApiUse(scene.cluster);
    const requests = sumOf(requestsBetween(before, after));
    return {
      pods,
      startSeconds: executor.startSeconds,
      busy: cpuSeconds / seconds,
      memory: executor.memory(),
      requestsPerMinute: (requests * 60) / seconds,
      podWatches: after.podWatches - without.podWatches,
    };
  } finally {
    await executor.stop();
  }
}
