import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HookRun } from '../../../shared/hook-run.ts';
import type { Memory } from '../usage.ts';
import { awaitEvents, readApiUse, requestsBetween } from './api-metrics.ts';
import { measureFloor, type FloorResult } from './floor.ts';
import type { BurstPlan } from './plan.ts';
import { createPods, deleteAll, hookRunsPath, listAll, podNames, type PodSet } from './pods.ts';
import { startExecutor } from './process.ts';
import type { ExecutorScene } from './scene.ts';

/** The executor with pods that are Running already, from when it can begin hooks until the last pod has got its end. */
export interface ExecutorRun extends FloorResult {
  /** From the start of its process until it can begin hooks. */
  readonly startSeconds: number;
  readonly memory: Memory;
  /** By verb and resource. */
  readonly requests: ReadonlyMap<string, number>;
  /** Watches on pods, of this executor. */
  readonly podWatches: number;
  readonly eventsDropped: number;
}

export interface BurstResult {
  readonly pods: number;
  readonly hooks: number;
  readonly rounds: readonly { readonly floor: FloorResult; readonly executor: ExecutorRun }[];
}

/**
 * Measures floor and executor in turns, in the other order each time.
 *
 * @param keeps whether the pods of the last round stay, with their records
 */
export async function measureBurst(
  scene: ExecutorScene,
  { pods, hooks, rounds }: BurstPlan,
  options: { readonly keeps: boolean; readonly signal: AbortSignal; readonly progress: (line: string) => void },
): Promise<BurstResult> {
  const { keeps, signal, progress } = options;
  const results: BurstResult['rounds'][number][] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const what = `${pods} pods with ${hooks === 1 ? 'a hook' : `${hooks} hooks`}, round ${round} of ${rounds}`;
    progress(`${what}: creating them`);
    const namespace = `burst-${pods}-${hooks}-${round}`;
    await scene.makeNamespace(namespace);
    const names = podNames(pods);
    const setFor = (file: string): PodSet => ({
      namespace,
      names,
      commandsOf: commandsFor(join(scene.folder, file), hooks),
    });
    const [set, floorSet] = [setFor(`${namespace}.ran`), setFor(`${namespace}.floor`)];
    await createPods(scene.api, set, signal);
    const runFloor = async () => {
      progress(`${what}: the floor`);
      const result = await measureFloor(scene, floorSet, signal);
      await checkRan(join(scene.folder, `${namespace}.floor`), names, hooks);
      return result;
    };
    const floorFirst = round % 2 === 1 ? await runFloor() : null;
    progress(`${what}: the executor`);
    const executor = await runExecutor(scene, pods, signal);
    await checkRan(join(scene.folder, `${namespace}.ran`), names, hooks);
    await checkRecords(scene, namespace, pods, signal);
    results.push({ floor: floorFirst ?? (await runFloor()), executor });
    if (!keeps || round < rounds) await deleteAll(scene.api, namespace, signal);
  }
  return { pods, hooks, rounds: results };
}

/** A word into a file for each: the cheapest thing a shell can do that shows how often it was done. */
export function commandsFor(file: string, hooks: number): PodSet['commandsOf'] {
  const numbers = Array.from({ length: hooks }, (_, index) => index);
  return (pod) => numbers.map((hook) => ['/bin/sh', '-c', `echo ${pod}/${hook} >>${file}`]);
}

async function runExecutor(scene: ExecutorScene, pods: number, signal: AbortSignal): Promise<ExecutorRun> {
  const before = await readApiUse(scene.cluster);
  const executor = await startExecutor(scene, signal);
  try {
    const [cpuBefore, serverBefore] = [executor.cpuSeconds(), scene.serverCpuSeconds()];
    const endedAtMs = await executor.finished(pods);
    const cpuSeconds = executor.cpuSeconds() - cpuBefore;
    const serverCpuSeconds = scene.serverCpuSeconds() - serverBefore;
    const memory = executor.memory();
    const after = await awaitEvents(scene.cluster, signal);
    return {
      seconds: (endedAtMs - executor.readyAtMs) / 1000,
      startSeconds: executor.startSeconds,
      cpuSeconds,
      serverCpuSeconds,
      memory,
      requests: requestsBetween(before, after),
      podWatches: after.podWatches - before.podWatches,
      eventsDropped: await executor.eventsDropped(),
    };
  } finally {
    await executor.stop();
  }
}

/** Throws unless every hook has run once, and once only. */
export async function checkRan(file: string, names: readonly string[], hooks: number): Promise<void> {
  const ran = (await readFile(file, 'utf8')).trimEnd().split('\n');
  const wanted = names.length * hooks;
  const different = new Set(ran).size;
  if (ran.length === wanted && different === wanted) return;
  throw new Error(`${ran.length} commands ran, ${different} of them different, for ${wanted} hooks`);
}

async function checkRecords(scene: ExecutorScene, namespace: string, pods: number, signal: AbortSignal): Promise<void> {
  const runs = await listAll<HookRun>(scene.api, hookRunsPath(namespace), signal);
  const succeeded = runs.filter(({ status }) => status?.phase === 'Succeeded' && status.finishedAt != null).length;
  if (succeeded !== pods) throw new Error(`${succeeded} of ${pods} HookRuns say Succeeded`);
}
