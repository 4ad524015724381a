import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { executorEnvironment } from '../../../executor/config.ts';
import { end, failsWhenEnded, start } from '../process.ts';
import type { PodSet } from './pods.ts';
import type { FloorAnswer, FloorRequest } from './floor/protocol.ts';
import type { ExecutorScene } from './scene.ts';

export interface FloorResult {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Of etcd, the API server and kwok meanwhile. */
  readonly serverCpuSeconds: number;
}

/** Runs the commands of all pods by bare execs, from a process that is as new as the executor's. Throws if one fails. */
export async function measureFloor(scene: ExecutorScene, pods: PodSet, signal: AbortSignal): Promise<FloorResult> {
  const file = fileURLToPath(new URL('./floor/main.ts', import.meta.url));
  const child = start([process.execPath, file, scene.executorKubeconfig], {
    processor: undefined,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = failsWhenEnded(child, 'the floor process');
  // It is raced below; where that is over, an end is no error nobody hears of.
  ended.catch(() => undefined);
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  try {
    await Promise.race([once(child, 'message'), ended]);
    const before = scene.serverCpuSeconds();
    const answered = once(child, 'message') as Promise<[FloorAnswer]>;
    child.send(requestOf(pods));
    const [answer] = await Promise.race([answered, ended]);
    if (answer.is === 'error') throw new Error(`the floor failed: ${answer.message}`);
    const { seconds, cpuSeconds } = answer;
    return { seconds, cpuSeconds, serverCpuSeconds: scene.serverCpuSeconds() - before };
  } finally {
    signal.removeEventListener('abort', kill);
    await end(child);
  }
}

function requestOf({ namespace, names, commandsOf }: PodSet): FloorRequest {
  const pods = names.map((name) => ({ name, commands: commandsOf(name) }));
  // As many at a time as the executor has unless told otherwise.
  return { namespace, pods, parallel: executorEnvironment.parse({}).maxParallelPods };
}
