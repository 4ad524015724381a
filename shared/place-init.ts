import { nameAtAttempt } from './container-name.ts';
import { distinctContainers } from './distinct-containers.ts';
import type { InitHook } from './hook.ts';
import type { Container, Pod } from './pod.ts';
import { isWaitContainer, lastWaitContainer } from './wait-container.ts';

/** Where an init hook stands, or will stand, among a pod's init containers. */
export interface PlacedInit {
  readonly hook: InitHook;
  /** As injected: the hook's own name, or one with a suffix. */
  readonly name: string;
  /** 1: the hook's own name was free, or holds the hook already; n: `-n` was put at its end. */
  readonly attempt: number;
  /** The index in spec.initContainers of the container that is there already; null if it is still to be injected. */
  readonly index: number | null;
}

/**
 * Finds for every init hook the container that is it already, or the name under which it can be injected (hooks.md section
 * 4). Asked again after the injection it gives the same names. Of hooks that ask for the same container the first is kept.
 */
export function placeInit(pod: Pod, hooks: readonly InitHook[]): PlacedInit[] {
  const present = pod.spec.initContainers ?? [];
  const holders = new Map<string, Holder>();
  for (const { name } of [...pod.spec.containers, ...(pod.spec.ephemeralContainers ?? [])]) holders.set(name, 'taken');
  for (const [index, container] of present.entries()) holders.set(container.name, { container, index });
  const placed: PlacedInit[] = [];
  const names = createNames(holders, present);
  // Two lists can ask for one container. Of a generated name, all that the container has is in the name.
  for (const hook of distinctContainers(hooks, ({ container }) => container)) {
    const place = names.find(hook);
    placed.push(place);
    holders.set(place.name, 'taken');
  }
  // Only after all names: a container that bears the name of one hook is never taken for another.
  const claimed = new Set(placed.map(({ index }) => index));
  const lastWait = lastWaitContainer(present, claimed);
  return placed.map((place) => {
    const index = place.index === null ? findUnnamed(place.hook, present, claimed, lastWait) : null;
    const found = index === null ? undefined : present[index];
    if (found === undefined) return place;
    claimed.add(index);
    return { hook: place.hook, name: found.name, attempt: 1, index };
  });
}

/** Who has a name: an init container of the pod that may be a hook, or anyone else. */
type Holder = { readonly container: Container; readonly index: number } | 'taken';

/**
 * Finds names in time that does not multiply hooks by containers: a pod may have ten thousand containers, whose names are all
 * those that hundreds of hooks would take.
 */
function createNames(holders: ReadonlyMap<string, Holder>, present: readonly Container[]) {
  const alike = new Map<string, string[]>();
  for (const container of present) {
    const content = contentOf(container);
    const names = alike.get(content) ?? [];
    names.push(container.name);
    alike.set(content, names);
  }
  /** By the name at the second attempt, on which all later ones depend alone: names below this attempt are taken, for good. */
  const taken = new Map<string, number>();

  function firstFree(own: string): number {
    if (!holders.has(own)) return 1;
    const chain = nameAtAttempt(own, 2);
    let attempt = taken.get(chain) ?? 2;
    while (holders.has(nameAtAttempt(own, attempt))) attempt += 1;
    taken.set(chain, attempt);
    return attempt;
  }

  return {
    find(hook: InitHook): PlacedInit {
      const own = hook.container.name;
      let found: PlacedInit = { hook, name: own, attempt: firstFree(own), index: null };
      found = { ...found, name: nameAtAttempt(own, found.attempt) };
      for (const name of alike.get(contentOf(hook.container)) ?? []) {
        const holder = holders.get(name);
        const attempt = attemptOf(own, name);
        if (holder === undefined || holder === 'taken' || attempt === null || attempt >= found.attempt) continue;
        found = { hook, name, attempt, index: holder.index };
      }
      return found;
    },
  };
}

/** Which attempt gives the name. null: none. */
function attemptOf(own: string, name: string): number | null {
  if (name === own) return 1;
  const attempt = Number(/-([1-9]\d{0,8})$/.exec(name)?.[1] ?? 0);
  return attempt >= 2 && nameAtAttempt(own, attempt) === name ? attempt : null;
}

/**
 * A container without a name of its own choice is known by image, command and arguments. Of several the first one after the
 * wait containers is taken: one from before them is moved there, and must be the first there next time.
 */
function findUnnamed(
  hook: InitHook,
  present: readonly Container[],
  claimed: ReadonlySet<number | null>,
  lastWait: number,
): number | null {
  if (!hook.generatedName) return null;
  const fits = (each: Container, at: number) =>
    !claimed.has(at) && !isWaitContainer(each) && isSame(each, hook.container);
  const after = present.findIndex((each, at) => at > lastWait && fits(each, at));
  const index = after === -1 ? present.findIndex(fits) : after;
  return index === -1 ? null : index;
}

/** What makes a container the same: the API server and other webhooks fill in much else, and absent, null and [] are one to them. */
function contentOf({ image, command, args }: Container): string {
  return JSON.stringify([image ?? null, command ?? [], args ?? []]);
}

function isSame(one: Container, other: Container): boolean {
  return one.image === other.image && contentOf(one) === contentOf(other);
}
