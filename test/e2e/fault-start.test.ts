import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLife } from '../support/crash-points.ts';
import { counterOf, CrashScene, longLeases, type CountedHook, type PodFate } from '../support/crash-scene.ts';
import type { Point } from '../support/proxy-point.ts';

/*
 * The start of an executor, from its first request until its first hook: discovery, lists, watches, its Leases. Executors die
 * before and after each of these requests, while others' hooks are in every state, and new pods come.
 */
let crash: CrashScene;
let startPoints: readonly string[];

const counted: readonly CountedHook[] = [{ script: `echo x >> ${counterOf(1)}; sleep 0.2` }];

beforeAll(async () => {
  crash = await CrashScene.open({ executorEnv: longLeases });
  const first = await record('recorded-first');
  const second = await record('recorded-second');
  // What differs from start to start is how often, not whether, something is asked.
  startPoints = first.filter((label) => second.includes(label) && !beside.test(label));
}, 240_000);
afterAll(async () => {
  await crash.close();
}, 180_000);

/** What no hook of these pods depends on: a life for each would be time for nothing. */
const beside = /velero\.io\/v1|restorehookpolicies|GET lease \d|v1alpha1 2$/;

/** The points of a start that concern no pod, in order. */
async function record(pod: string): Promise<string[]> {
  await crash.bury();
  await crash.restoreReady([pod], counted);
  const { process, proxy } = await crash.executors.start();
  await crash.finished(process, [pod]);
  await process.stop();
  return startOf(proxy.points)
    .filter((point) => point.pod === null)
    .map(({ label }) => label);
}

function startOf(points: readonly Point[]): readonly Point[] {
  return points.slice(
    0,
    points.findIndex(({ shape }) => shape === 'exec hook'),
  );
}

/** What an executor dies at that has begun hooks. */
const inMidHook = [
  'request PATCH hookrun/status Claimed 1',
  'answer PATCH hookrun/status Claimed 1',
  'request exec hook 1',
  'frame in exec hook stderr 1',
  'request PATCH hookrun/status Succeeded 1',
  'answer PATCH hookrun/status Succeeded 1',
];

/** What is wrong with a hook that may have been cut off once, and must never be run twice. */
function wrongs(pod: string, { phase, hooks }: PodFate): string[] {
  const [hook] = hooks;
  if (hook === undefined) return [`${pod} has no hook`];
  const { state, attempts, count } = hook;
  const isRight =
    (state === 'Succeeded' && count === 1 && phase === 'Succeeded') ||
    (state === 'Interrupted' && count <= 1 && phase === 'Failed');
  return isRight && attempts === 1
    ? []
    : [`${pod} is ${phase}: ${state}, claimed ${attempts} times, ran ${count} times`];
}

describe('an executor that is killed while it starts', () => {
  it('the recording holds the first lists, the watches and both Leases', () => {
    for (const shape of ['GET pods', 'WATCH pods', 'GET hookruns', 'WATCH hookruns']) {
      expect(startPoints).toEqual(expect.arrayContaining([`request ${shape} 1`, `answer ${shape} 1`]));
    }
    expect(startPoints.filter((label) => label.includes(' lease member ')).length).toBeGreaterThanOrEqual(2);
    expect(
      startPoints.filter((label) => label.includes(' lease restore-hooks-executor ')).length,
    ).toBeGreaterThanOrEqual(2);
  });

  it('before or after any request of its start: no hook is lost, none runs twice, and the record says what can be known', async () => {
    const begun = inMidHook.map((label, index) => ({ pod: `begun-${index}`, label }));
    await crash.restoreReady(
      begun.map(({ pod }) => pod),
      counted,
    );
    const first = await startLife(crash.executors, begun);
    await first.dies();
    const fresh: string[] = [];
    for (const [index, label] of startPoints.entries()) {
      await crash.bury();
      const pod = `fresh-${index}`;
      fresh.push(pod);
      await crash.restore([pod], counted);
      const life = await startLife(crash.executors, [{ pod: null, label }]);
      await life.dies();
    }
    await crash.bury();
    const { process } = await crash.executors.start();
    const pods = [...begun.map(({ pod }) => pod), ...fresh];
    await crash.finished(process, pods);
    const fates = await crash.fates(pods, 1);
    expect([...fates].flatMap(([pod, fate]) => wrongs(pod, fate))).toEqual([]);
    const states = [...fates.values()].map(({ hooks }) => hooks[0]?.state);
    expect(states).toEqual(expect.arrayContaining(['Succeeded', 'Interrupted']));
    expect(startPoints.length).toBeGreaterThanOrEqual(16);
  }, 600_000);
});
