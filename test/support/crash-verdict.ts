import { isAt, type Target } from './crash-points.ts';
import type { PodFate } from './crash-scene.ts';
import type { Point } from './proxy-point.ts';

/** What a proxy saw of an executor's life, and where in it the executor died for one pod. */
export interface Death {
  readonly points: readonly Point[];
  readonly target: Target;
}

/** What proxies have seen of one hook before the last of its executors died. */
export interface SeenHook {
  /** By the last write that went through; null: there was none. */
  readonly written: string | null;
  /** `no`: the command was never sent; `yes`: it was heard of; null: it may have run. */
  readonly ran: 'yes' | 'no' | null;
}

/** What proxies have seen of the hooks of a pod, up to the points at which its executors died, one after the other. */
export function seenHooks(deaths: readonly Death[], hooks: number): SeenHook[] {
  let states: readonly string[] = [];
  const sent = new Set<number>();
  const heard = new Set<number>();
  for (const { phase, shape } of deaths.flatMap(pointsBefore)) {
    if (phase === 'request') states = /^PATCH hookrun\/status (\S+)$/.exec(shape)?.[1]?.split(',') ?? states;
    if (shape === 'exec hook') sent.add(states.indexOf('Claimed'));
    // The report of its group, after which nothing keeps the command from beginning.
    if (shape === 'exec hook stderr') heard.add(states.indexOf('Claimed'));
  }
  return Array.from({ length: hooks }, (_, index) => ({
    written: states[index] ?? null,
    ran: heard.has(index) ? 'yes' : sent.has(index) ? null : 'no',
  }));
}

/** Of the pod, and what went through: a request at which the executor died was not forwarded. */
function pointsBefore({ points, target }: Death): Point[] {
  const own = points.filter(({ pod }) => pod === target.pod);
  const end = own.findIndex(({ label }) => isAt(target, label));
  return own.slice(0, own[end]?.phase === 'request' ? end : end + 1);
}

/** Everything that is wrong with what became of a pod whose hooks are not to be run again, in words. */
export function wrongs(fate: PodFate, seen: readonly SeenHook[]): string[] {
  const found: string[] = [];
  for (const [index, { state, attempts, count }] of fate.hooks.entries()) {
    const { written = null, ran = null } = seen[index] ?? {};
    const isLost = written === 'Claimed' || written === 'Interrupted';
    const say = (wrong: string) => found.push(`hook ${index + 1} ${wrong}`);
    if (state !== (isLost ? 'Interrupted' : 'Succeeded')) say(`is ${state}, and was ${written ?? 'not written'}`);
    if (count > 1 || (state === 'Succeeded' && count !== 1)) say(`is ${state}, and ran ${count} times`);
    if (isLost && ran === 'no' && count !== 0) say('ran, and was never sent');
    if (isLost && ran === 'yes' && count !== 1) say(`ran ${count} times, and was heard of`);
    if (attempts !== 1) say(`was claimed ${attempts} times`);
  }
  return [...found, ...endWrongs(fate)];
}

/** The same, of a pod the first of whose hooks is run again after an interruption. */
export function retryWrongs(fate: PodFate): string[] {
  const found: string[] = [];
  for (const [index, { state, attempts, count }] of fate.hooks.entries()) {
    const say = (wrong: string) => found.push(`hook ${index + 1} ${wrong}`);
    if (state !== 'Succeeded' && state !== 'Interrupted') say(`is ${state}`);
    if (state === 'Succeeded' && count < 1) say('succeeded, and did not run');
    if (count > attempts) say(`ran ${count} times, and was claimed ${attempts} times`);
    if (index > 0 && attempts !== 1) say(`was claimed ${attempts} times, without onInterrupt: Retry`);
  }
  return [...found, ...endWrongs(fate)];
}

function endWrongs({ phase, mark, hooks }: PodFate): string[] {
  const expected = hooks.every(({ state }) => state === 'Succeeded') ? 'Succeeded' : 'Failed';
  const found = phase === expected ? [] : [`the phase is ${phase}`];
  return mark === expected ? found : [...found, `the mark is ${mark}`];
}
