import { cut, printable } from '../plan/printable.ts';
import { podOf, type KnownRun } from './view.ts';

const nameRoom = 63;
const problemRoom = 200;

/** A line for each run that is new, has come further or is gone: what a log keeps of a watch. */
export function changeLines(before: readonly KnownRun[], now: readonly KnownRun[]): string[] {
  const known = new Map(before.map((run) => [keyOf(run), run]));
  const changed = now.flatMap((run) => {
    const line = lineOf(run);
    const old = known.get(keyOf(run));
    known.delete(keyOf(run));
    return old !== undefined && lineOf(old) === line ? [] : [line];
  });
  return [...changed, ...[...known.values()].map((run) => `${printable(podOf(run))}: its HookRun is gone`)];
}

function lineOf(run: KnownRun): string {
  const { view } = run;
  const by = view.restore === '' ? '' : ` (restore ${cut(view.restore, nameRoom)})`;
  const again = view.run > 1 ? `, run ${view.run}` : '';
  const problem = view.firstProblem === null ? '' : `: ${cut(view.firstProblem, problemRoom)}`;
  return `${printable(podOf(run))}${by}${again}: ${view.phase} ${view.done}/${view.total}${problem}`;
}

function keyOf({ name, view }: KnownRun): string {
  return `${view.namespace}/${name}`;
}
