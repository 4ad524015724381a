import { isJsonList, isJsonMap, type JsonMap } from './json-value.ts';
import type { Problem } from './read-shape.ts';
import type { HookWarning } from './warning.ts';
import { warnings } from './warning-sentences.ts';
import { readYaml } from './yaml-value.ts';

/** One element of an own list, with the place it is known by in warnings, such as `restorehooks.io/exec[0]`. */
export interface Entry {
  readonly place: string;
  readonly fields: JsonMap;
}

export interface OwnList {
  readonly entries: readonly Entry[];
  readonly warnings: readonly HookWarning[];
}

/** More are a mistake, and every one is looked for among the others. */
const mostHooks = 100;
/** More do not fit into an answer; each is an Event, too. */
const mostProblems = 50;
/** Of one hook or rule: a Restore has room for a hundred thousand, and a sentence takes time to make. */
const mostOfOne = 20;

/** Reads a list of hooks, YAML or JSON, from the text of an annotation (hooks.md section 3). An absent or empty one is empty. */
export function readOwnList(key: string, text: string | undefined): OwnList {
  if (text === undefined) return { entries: [], warnings: [] };
  const reading = readYaml(text);
  if (!reading.ok) return { entries: [], warnings: [warnings.malformedList(key, reading.why)] };
  const list = reading.value ?? [];
  if (!isJsonList(list)) return { entries: [], warnings: [warnings.malformedList(key, 'is no list')] };
  const entries: Entry[] = [];
  const found: HookWarning[] = list.length > mostHooks ? [warnings.tooManyHooks(key, mostHooks)] : [];
  for (const [index, fields] of list.slice(0, mostHooks).entries()) {
    const place = `${key}[${index}]`;
    if (isJsonMap(fields)) entries.push({ place, fields });
    else found.push(warnings.invalidField(place, 'is no map of fields', 'no hook'));
  }
  return { entries, warnings: found };
}

/** A warning about each of the first of many things that are wrong at a place, and one that says how many more there are. */
export function warnAbout<Thing>(
  place: string,
  things: readonly Thing[],
  warningOf: (thing: Thing) => HookWarning,
): HookWarning[] {
  if (things.length <= mostOfOne) return things.map(warningOf);
  return [...things.slice(0, mostOfOne).map(warningOf), warnings.moreProblems(place, things.length - mostOfOne)];
}

/** The sentences of problems inside of the hook at `place`. */
export function problemWarnings(place: string, problems: readonly Problem[]): HookWarning[] {
  return warnAbout(place, problems, (problem) => {
    const { leftOut } = problem;
    if (leftOut === null) return warnings.unknownField(problem.place);
    const name = leftOut.slice(leftOut.lastIndexOf('.') + 1);
    const what = leftOut === place ? 'no hook' : leftOut === problem.place ? 'left out' : `${name} is left out`;
    return warnings.invalidField(problem.place, problem.says, what);
  });
}

/** The first of a list's warnings, and how many there are beyond. */
export function boundProblems(key: string, found: readonly HookWarning[]): readonly HookWarning[] {
  if (found.length <= mostProblems) return found;
  const rest = found.slice(mostProblems).reduce((sum, { more = 1 }) => sum + more, 0);
  return [...found.slice(0, mostProblems), warnings.moreProblems(key, rest)];
}
