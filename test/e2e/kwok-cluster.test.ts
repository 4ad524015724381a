import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { measureBurst } from '../bench/executor/burst.ts';
import { measurePace } from '../bench/executor/pace.ts';
import { startExecutorScene, type ExecutorScene } from '../bench/executor/scene.ts';
import { silent } from '../cluster/progress.ts';

const timeoutMs = 240_000;

/** What the executor's benchmark stands on: fake nodes whose exec runs real commands, and numbers from the API server. */
describe('a cluster of fake nodes', () => {
  const stack = new AsyncDisposableStack();
  const signal = AbortSignal.timeout(2 * timeoutMs);
  let scene: ExecutorScene;

  beforeAll(async () => {
    scene = await startExecutorScene(stack, silent, signal);
  }, timeoutMs);

  afterAll(() => stack.disposeAsync(), timeoutMs);

  it(
    'runs every hook once, as bare execs and by the executor, and tells what was asked of its API server',
    async () => {
      const progress = () => undefined;
      // The commands that ran, and the HookRuns, are counted within.
      const { rounds } = await measureBurst(
        scene,
        { pods: 5, hooks: 3, rounds: 2 },
        { keeps: false, signal, progress },
      );
      expect(rounds.map(({ executor }) => executor.requests.get('CONNECT pods/exec'))).toEqual([15, 15]);
      expect(rounds.map(({ executor }) => executor.requests.get('POST hookruns'))).toEqual([5, 5]);
      // Each started and ended.
      expect(rounds.map(({ executor }) => executor.requests.get('POST events'))).toEqual([30, 30]);
      expect(rounds.map(({ executor }) => executor.podWatches)).toEqual([1, 1]);
    },
    timeoutMs,
  );

  it(
    'tells when containers were started, to the fraction of a millisecond',
    async () => {
      const { delaysMs, requests } = await measurePace(scene, { podsPerSecond: 10, pods: 5 }, signal);
      expect(delaysMs).toHaveLength(5);
      expect(Math.min(...delaysMs)).toBeGreaterThan(0);
      expect(delaysMs.some((delayMs) => delayMs % 1 !== 0)).toBe(true);
      // Neither the bench's own nor the node's.
      expect(requests.has('POST pods')).toBe(false);
      expect(requests.get('GET pods')).toBe(10);
    },
    timeoutMs,
  );
});
