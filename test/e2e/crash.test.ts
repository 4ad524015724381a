import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pointsOf, startLife, type Target } from '../support/crash-points.ts';
import { counterOf, CrashScene, longLeases, type CountedHook } from '../support/crash-scene.ts';
import { retryWrongs, seenHooks, wrongs, type Death } from '../support/crash-verdict.ts';

/*
 * A proxy between executor and API server gives the points of a hook's life; then executors die at each of them. One life of an
 * executor serves for many points: it is killed when each pod is held at its own.
 */
let crash: CrashScene;
/** Labels of the points of one pod's two hooks: of a pod that ran when the executor came, and of one that came later. */
let early: readonly string[];
let late: readonly string[];
/** How pods' executors died, one after the other. */
const deaths = new Map<string, readonly Death[]>();

/** Four Events are written at a time, and one that is held is one writer less. */
const eventsAtOnce = 3;

const count = (hook: number) => `echo x >> ${counterOf(hook)}`;
const plain: readonly CountedHook[] = [{ script: `${count(1)}; echo said` }, { script: `sleep 0.2; ${count(2)}` }];
/** The first one runs until it is ended, and at once when it is run again. */
const retried: readonly CountedHook[] = [
  {
    script: `${count(1)}; [ -e /tmp/again ] || { touch /tmp/again; sleep 600; }`,
    more: { onInterrupt: 'Retry', execTimeout: '10m' },
  },
  { script: count(2) },
];

const claimed = 'answer PATCH hookrun/status Claimed,Waiting 1';
const firstSucceeds = 'request PATCH hookrun/status Succeeded,Waiting 1';
/** With the process group of the command. */
const groupWritten = 'answer PATCH hookrun/status Claimed,Waiting 2';
/** Those of `retried`, and how often the first hook is then claimed, and runs. */
const retryPoints = [
  { label: claimed, state: 'Interrupted', attempts: 1, count: 0 },
  { label: 'frame in exec hook stderr 1', state: 'Interrupted', attempts: 1, count: 1 },
  { label: 'request PATCH hookrun/status Claimed,Waiting 2', state: 'Interrupted', attempts: 1, count: 1 },
  { label: groupWritten, state: 'Succeeded', attempts: 2, count: 2 },
];

const isEvent = (label: string) => label.includes(' event ');
const targetsOf = (prefix: string, labels: readonly string[], orAtLatest?: string): Target[] =>
  labels.map((label, index) => ({ pod: `${prefix}-${index}`, label, ...(orAtLatest !== undefined && { orAtLatest }) }));
const podsOf = (targets: readonly Target[]) => targets.flatMap(({ pod }) => pod ?? []);

beforeAll(async () => {
  crash = await CrashScene.open({ executorEnv: { ...longLeases, RESTORE_HOOKS_MAX_PARALLEL_PODS: '200' } });
  await crash.bury();
  await crash.restoreReady(['early'], plain);
  const { process, proxy } = await crash.executors.start();
  await crash.finished(process, ['early']);
  await crash.restore(['late'], plain);
  await crash.finished(process, ['late']);
  // Events are written beside all else.
  await process.stop();
  early = pointsOf(proxy.points, 'early');
  late = pointsOf(proxy.points, 'late');
}, 120_000);
afterAll(async () => {
  await crash.close();
}, 180_000);

/** Starts an executor that is to die there, after all it has to finish of earlier deaths. */
async function live(
  targets: readonly Target[],
  { unfinished = [], meanwhile }: { unfinished?: readonly string[]; meanwhile?: () => Promise<void> } = {},
) {
  const life = await startLife(crash.executors, targets);
  await crash.finished(life.process, unfinished);
  if (meanwhile !== undefined) {
    await life.process.line(({ msg }) => msg === 'leading');
    await meanwhile();
  }
  if (targets.length === 0) await life.process.stop();
  else {
    await life.dies();
    await crash.bury();
  }
  for (const target of targets) {
    const pod = target.pod ?? '';
    deaths.set(pod, [...(deaths.get(pod) ?? []), { points: life.points, target }]);
  }
  return life;
}

/** All that is wrong with what became of these pods. */
async function judge(pods: readonly string[]): Promise<string[]> {
  const fates = await crash.fates(pods, plain.length);
  return [...fates].flatMap(([pod, fate]) => {
    const died = deaths.get(pod) ?? [];
    const seen = seenHooks(died, plain.length);
    const found = pod.includes('retry') ? retryWrongs(fate) : wrongs(fate, seen);
    const where = died.map(({ target }) => target.label).join(', then ');
    return found.map((wrong) => `${pod} at ${where}: ${wrong}: ${JSON.stringify({ fate, seen })}`);
  });
}

describe('an executor that is killed', () => {
  it('the recording holds every kind of point of a hook’s life', () => {
    for (const hook of [1, 2]) {
      for (const point of ['request exec', 'answer exec', 'frame in exec']) {
        expect(early.filter((label) => label.startsWith(`${point} hook`)).length).toBeGreaterThanOrEqual(2);
      }
      expect(early).toContain(`frame in exec hook status ${hook}`);
      expect(early).toContain(`answer POST event HookSucceeded ${hook}`);
    }
    expect(early).toEqual(expect.arrayContaining(['request POST hookrun 1', claimed, 'answer PATCH pod/status 2']));
    expect(late).toEqual(expect.arrayContaining(['answer PATCH hookrun/status Waiting,Waiting 1']));
  });

  it('at any point of a hook’s life, or of going on after that: none runs twice, and the record says what can be known', async () => {
    const events = early.filter(isEvent);
    const first = targetsOf('first', [...early.filter((label) => !isEvent(label)), ...events.splice(0, eventsAtOnce)]);
    await crash.restoreReady(podsOf(first), plain);
    await live(first);

    const second = targetsOf('second', events.splice(0, eventsAtOnce));
    const retry = targetsOf(
      'retry',
      retryPoints.map(({ label }) => label),
    );
    const ahead = late.slice(0, late.indexOf('answer exec hook 1')).filter((label) => !isEvent(label));
    const later = targetsOf('later', ahead, 'answer exec hook 1');
    await crash.restoreReady(podsOf(second), plain);
    await crash.restoreReady(podsOf(retry), retried);
    const meanwhile = () => crash.restore(podsOf(later), plain);
    const recovery = await live([...second, ...retry, ...later], { unfinished: podsOf(first), meanwhile });

    // Then executors that go on with what others left die, too: the hook that comes next is as any other.
    const trail = pointsOf(recovery.points, podsOf(first.filter(({ label }) => label === claimed))[0] ?? '');
    const going = trail.slice(0, trail.indexOf('request exec hook 1')).filter((label) => !isEvent(label));
    const third = targetsOf('third', events.splice(0));
    const again = targetsOf('again', going, 'request exec hook 1');
    await crash.restoreReady([...podsOf(third), ...podsOf(again)], plain);
    const unfinished = [...podsOf(second), ...podsOf(retry), ...podsOf(later)];
    const retryAgain = targetsOf(
      'retry-again',
      Array.from({ length: 36 }, () => groupWritten),
    );
    await crash.restoreReady(podsOf(retryAgain), retried);
    const firstDeaths = [...third, ...again.map(({ pod }) => ({ pod, label: claimed })), ...retryAgain];
    const retrying = await live(firstDeaths, { unfinished });

    const retryTrail = pointsOf(retrying.points, podsOf(retry).at(-1) ?? '').filter((label) => !isEvent(label));
    const until = retryTrail.indexOf(firstSucceeds);
    const secondDeaths = [
      ...again,
      ...retryAgain.slice(0, until).map(({ pod }, index) => ({
        pod,
        label: retryTrail[index] ?? '',
        orAtLatest: firstSucceeds,
      })),
    ];
    await live(secondDeaths, { unfinished: podsOf(third) });
    const last = podsOf([...again, ...retryAgain]);
    await live([], { unfinished: last });

    expect(await judge([...podsOf(first), ...unfinished, ...podsOf(third), ...last])).toEqual([]);
    const fates = await crash.fates(podsOf(retry), retried.length);
    for (const [index, { label, ...expected }] of retryPoints.entries()) {
      expect({ label, ...fates.get(`retry-${index}`)?.hooks[0] }).toEqual({ label, ...expected });
    }
    expect(going.length).toBeGreaterThanOrEqual(6);
    expect(until).toBeGreaterThanOrEqual(10);
    expect(until).toBeLessThanOrEqual(retryAgain.length);
  }, 400_000);
});
