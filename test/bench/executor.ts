import { loadavg } from 'node:os';
import { silent } from '../cluster/progress.ts';
import { measureBurst, type BurstResult } from './executor/burst.ts';
import { measureIdle, type IdleResult } from './executor/idle.ts';
import { measurePace, type PaceResult } from './executor/pace.ts';
import type { ExecutorPlan } from './executor/plan.ts';
import { startExecutorScene } from './executor/scene.ts';
import { measureSoak, type SoakResult } from './executor/soak.ts';

export interface ExecutorBench {
  readonly pace: PaceResult;
  /** From few pods to many. */
  readonly bursts: readonly BurstResult[];
  readonly soak: SoakResult;
  readonly idle: IdleResult;
  /** Of the last minute before it began. */
  readonly loadAverage: number;
  readonly seconds: number;
}

export interface ExecutorBenchOptions {
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/**
 * Measures the executor beside bare execs; every process it starts has ended when it resolves or rejects. Throws the signal's
 * reason, and if the plan's limit has passed.
 */
export async function benchExecutor(plan: ExecutorPlan, options: ExecutorBenchOptions): Promise<ExecutorBench> {
  const limit = new AbortController();
  const why = `not done after ${plan.limitMs / 1000} s: this machine is too busy now`;
  const timer = setTimeout(() => limit.abort(new Error(why)), plan.limitMs);
  const signal = AbortSignal.any([options.signal, limit.signal]);
  try {
    return await measure(plan, { ...options, signal });
  } catch (error) {
    // What broke upon an abort says less than why it was aborted.
    signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function measure(plan: ExecutorPlan, { signal, progress }: ExecutorBenchOptions): Promise<ExecutorBench> {
  const startMs = performance.now();
  const [loadAverage = NaN] = loadavg();
  await using stack = new AsyncDisposableStack();
  progress('starting the cluster');
  const scene = await startExecutorScene(stack, { ...silent, step: progress, done: progress }, signal);
  progress(`${plan.pace.pods} pods, ${plan.pace.podsPerSecond} a second`);
  const pace = await measurePace(scene, plan.pace, signal);
  const bursts: BurstResult[] = [];
  for (const burst of plan.bursts) bursts.push(await measureBurst(scene, burst, { keeps: false, signal, progress }));
  const soak = await measureSoak(scene, plan.soak, { signal, progress });
  bursts.push(await measureBurst(scene, plan.largest, { keeps: true, signal, progress }));
  progress(`idle beside ${plan.largest.pods} finished pods`);
  const idle = await measureIdle(scene, plan.largest.pods, plan.idleMs, signal);
  return { pace, bursts, soak, idle, loadAverage, seconds: (performance.now() - startMs) / 1000 };
}
