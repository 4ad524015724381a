import type { ExecHook } from './hook.ts';

/**
 * The order in which hooks run if all containers are up at once (hooks.md section 5): all of one container before any of
 * another, the container first whose first hook comes first in the list. While containers start, `nextStep` decides by what is up.
 */
export function runOrder<Hook extends Pick<ExecHook, 'container'>>(hooks: readonly Hook[]): Hook[] {
  const byContainer = new Map<string, Hook[]>();
  for (const hook of hooks) {
    const before = byContainer.get(hook.container);
    if (before === undefined) byContainer.set(hook.container, [hook]);
    else before.push(hook);
  }
  return [...byContainer.values()].flat();
}
