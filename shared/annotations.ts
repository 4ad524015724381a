import { editDistance } from './edit-distance.ts';

/** Every annotation key that hooks are read from, in full. Source: Velero's restore hooks page; `restorehooks.io` is our own. */
export const initKeys = {
  image: 'init.hook.restore.velero.io/container-image',
  name: 'init.hook.restore.velero.io/container-name',
  command: 'init.hook.restore.velero.io/command',
  timeout: 'init.hook.restore.velero.io/timeout',
} as const;

export const execKeys = {
  container: 'post.hook.restore.velero.io/container',
  command: 'post.hook.restore.velero.io/command',
  onError: 'post.hook.restore.velero.io/on-error',
  // Before wait-timeout: of two keys as near to a misspelt one, the first is named, and `timeout` means this one.
  execTimeout: 'post.hook.restore.velero.io/exec-timeout',
  waitTimeout: 'post.hook.restore.velero.io/wait-timeout',
  waitForReady: 'post.hook.restore.velero.io/wait-for-ready',
} as const;

/** Our own: lists of hooks, what an init hook takes from the pod's first container, and whether traffic waits for the hooks. */
export const ownKeys = {
  init: 'restorehooks.io/init',
  exec: 'restorehooks.io/exec',
  inherit: 'restorehooks.io/inherit',
  readinessGate: 'restorehooks.io/readiness-gate',
} as const;

/** Written by the webhook: this pod was admitted, with hooks, as part of the restore named here (hooks.md section 1). */
export const admittedForKey = 'restorehooks.io/admitted-for';

/** Where a takeover moves Velero's command to: without one, Velero runs no hook in the pod (hooks.md section 10). */
export const movedCommandKey = 'post.hook.restorehooks.io/command';

/** On a Restore: what stood in its spec.hooks before the takeover, as JSON. */
export const movedHooksKey = 'restorehooks.io/hooks';

const families = [
  { prefix: 'init.hook.restore.velero.io/', keys: Object.values<string>(initKeys) },
  { prefix: 'post.hook.restore.velero.io/', keys: Object.values<string>(execKeys) },
  { prefix: 'post.hook.restorehooks.io/', keys: [movedCommandKey] },
  {
    prefix: 'restorehooks.io/',
    keys: [...Object.values<string>(ownKeys), admittedForKey],
  },
];

/** The API server allows no more after the slash; a longer key is refused later, and is not worth measuring in full. */
const longestName = 63;

/**
 * For a key of one of our families that is not known, the known key of that family it resembles most, letter case
 * aside: one that begins or ends with it (`timeout`, `image`), else the one that takes the fewest letters to correct.
 *
 * @returns null for a known key, and for a key of anybody else.
 */
export function nearestKnownKey(key: string): string | null {
  const family = families.find(({ prefix }) => key.startsWith(prefix));
  if (family === undefined || family.keys.includes(key)) return null;
  const name = key.slice(family.prefix.length, family.prefix.length + longestName).toLowerCase();
  let nearest = { key: '', distance: Infinity };
  for (const key of family.keys) {
    const known = key.slice(family.prefix.length);
    const isPart = known.endsWith(`-${name}`) || known.startsWith(`${name}-`);
    const distance = isPart ? 0 : editDistance(name, known);
    if (distance < nearest.distance) nearest = { key, distance };
  }
  return nearest.key;
}
