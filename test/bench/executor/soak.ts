import { join } from 'node:path';
import { checkRan, commandsFor } from './burst.ts';
import type { SoakPlan } from './plan.ts';
import { createPods, deleteAll, podNames } from './pods.ts';
import { startExecutor } from './process.ts';
import type { ExecutorScene } from './scene.ts';

export interface SoakResult {
  readonly warmUpWaves: number;
  readonly hooksPerWave: number;
  /** When the pods of each wave were gone again. */
  readonly rssMb: readonly number[];
  readonly seconds: number;
}

/** Has one executor run wave after wave, and looks at its memory after each. */
export async function measureSoak(
  scene: ExecutorScene,
  { waves, pods, hooks, warmUpWaves }: SoakPlan,
  options: { readonly signal: AbortSignal; readonly progress: (line: string) => void },
): Promise<SoakResult> {
  const { signal, progress } = options;
  const namespace = 'soak';
  await scene.makeNamespace(namespace);
  const executor = await startExecutor(scene, signal);
  const rssMb: number[] = [];
  const startMs = performance.now();
  try {
    for (let wave = 1; wave <= waves; wave += 1) {
      progress(`soak, wave ${wave} of ${waves}`);
      const file = join(scene.folder, `${namespace}-${wave}`);
      const set = { namespace, names: podNames(pods), commandsOf: commandsFor(file, hooks) };
      await createPods(scene.api, set, signal);
      await executor.finished(wave * pods);
      await checkRan(file, set.names, hooks);
      await deleteAll(scene.api, namespace, signal);
      rssMb.push(executor.memory().rssMb);
    }
  } finally {
    await executor.stop();
  }
  return { warmUpWaves, hooksPerWave: pods * hooks, rssMb, seconds: (performance.now() - startMs) / 1000 };
}
