import { nameAtAttempt } from './container-name.ts';
import type { InitHook } from './hook.ts';
import type { Container, Pod } from './pod.ts';

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
  for (const { name } of [...pod.spec.containers, ...(pod.spec.ephemeralContainers ?? [])]) holders.set(name, 'other');
  for (const [index, container] of present.entries()) holders.set(container.name, { container, index });
  const placed: PlacedInit[] = [];
  for (const hook of hooks) {
    const place = findUnnamed(hook, present) ?? findNamed(hook, holders);
    if (place === 'placed') continue;
    placed.push(place);
    holders.set(place.name, { container: hook.container, index: 'placed' });
  }
  return placed;
}

/** Who has a name: an init container of the pod, a hook placed before, or a container of another kind. */
type Holder = { readonly container: Container; readonly index: number | 'placed' } | 'other';

/** A container without a name of its own choice is known by image and command. */
function findUnnamed(hook: InitHook, present: readonly Container[]): PlacedInit | null {
  if (!hook.generatedName) return null;
  const index = present.findIndex((container) => isSame(container, hook.container));
  const found = present[index];
  return found === undefined ? null : { hook, name: found.name, attempt: 1, index };
}

function findNamed(hook: InitHook, holders: ReadonlyMap<string, Holder>): PlacedInit | 'placed' {
  for (let attempt = 1; ; attempt += 1) {
    const name = nameAtAttempt(hook.container.name, attempt);
    const holder = holders.get(name);
    if (holder === undefined) return { hook, name, attempt, index: null };
    if (holder === 'other' || !isSame(holder.container, hook.container)) continue;
    return holder.index === 'placed' ? 'placed' : { hook, name, attempt, index: holder.index };
  }
}

/** Image and command alone: the API server and other webhooks fill in much else, and absent, null and [] are one to them. */
function isSame(one: Container, other: Container): boolean {
  const [left, right] = [one.command ?? [], other.command ?? []];
  return (
    one.image === other.image && left.length === right.length && left.every((word, index) => word === right[index])
  );
}
