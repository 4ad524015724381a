import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { awaitEvents, readApiUse, requestsBetween, type ApiUse } from './api-metrics.ts';
import type { PacePlan } from './plan.ts';
import { createPod, deleteAll, listAll, podNames, podsPath, type PodSet } from './pods.ts';
import { startExecutor } from './process.ts';
import type { ExecutorScene } from './scene.ts';

export interface PaceResult {
  readonly podsPerSecond: number;
  /** From the start of each pod's container to the start of its hook's command. */
  readonly delaysMs: readonly number[];
  /** Of the executor, by verb and resource. */
  readonly requests: ReadonlyMap<string, number>;
}

interface RunningPod {
  readonly metadata: { readonly name: string };
  /** kwok.ts: when the container was started, in full. */
  readonly status: { readonly message: string };
}

/** Creates pods with a hook each at an even pace, and compares the clocks of node and command. */
export async function measurePace(
  scene: ExecutorScene,
  { podsPerSecond, pods }: PacePlan,
  signal: AbortSignal,
): Promise<PaceResult> {
  const namespace = 'pace';
  await scene.makeNamespace(namespace);
  const file = join(scene.folder, namespace);
  // Not dash, which knows no fine time.
  const commandsOf = (pod: string) => [['/bin/bash', '-c', `echo ${pod} $EPOCHREALTIME >>${file}`]];
  const set: PodSet = { namespace, names: podNames(pods), commandsOf };
  const before = await readApiUse(scene.cluster);
  const executor = await startExecutor(scene, signal);
  let after: ApiUse;
  try {
    const startMs = performance.now();
    const created: Promise<void>[] = [];
    for (const [index, name] of set.names.entries()) {
      const restMs = startMs + (index * 1000) / podsPerSecond - performance.now();
      if (restMs > 0) await delay(restMs, undefined, { signal });
      const pod = createPod(scene.api, set, name, signal);
      // Heard of below, or by whatever fails before.
      pod.catch(() => undefined);
      created.push(pod);
    }
    await Promise.all(created);
    await executor.finished(pods);
    after = await awaitEvents(scene.cluster, signal);
  } finally {
    await executor.stop();
  }
  const begun = new Map((await readFile(file, 'utf8')).trimEnd().split('\n').map(readLine));
  const running = await listAll<RunningPod>(scene.api, podsPath(namespace), signal);
  const delaysMs = running.map(({ metadata, status }) => (begun.get(metadata.name) ?? NaN) - fineTime(status.message));
  if (delaysMs.length !== pods || delaysMs.some(Number.isNaN)) throw new Error('a pod or its command has no time');
  await deleteAll(scene.api, namespace, signal);
  return { podsPerSecond, delaysMs, requests: withoutOthers(requestsBetween(before, after), pods) };
}

/** The bench itself creates each pod, and kwok says once that it is Running. */
function withoutOthers(requests: ReadonlyMap<string, number>, pods: number): ReadonlyMap<string, number> {
  const left = new Map(requests);
  left.delete('POST pods');
  left.set('PATCH pods/status', (left.get('PATCH pods/status') ?? 0) - pods);
  return left;
}

function readLine(line: string): [string, number] {
  const [pod = '', seconds] = line.split(' ');
  return [pod, Number(seconds) * 1000];
}

/** In milliseconds with fractions; Date knows whole ones alone. */
function fineTime(time: string): number {
  const [whole = '', fraction = ''] = time.replace(/Z$/, '').split('.');
  return Date.parse(`${whole}Z`) + Number(`0.${fraction}`) * 1000;
}
