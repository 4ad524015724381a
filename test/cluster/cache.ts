import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where everything built is kept, outside the checkout so that a fresh clone does not build again. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const base = env.XDG_CACHE_HOME;
  // The XDG base directory specification wants a relative or empty value ignored.
  return join(base?.startsWith('/') === true ? base : join(homedir(), '.cache'), 'restore-hooks');
}
