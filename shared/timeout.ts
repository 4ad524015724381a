import { parseDuration } from './duration.ts';
import type { HookWarning } from './warning.ts';
import { warnings } from './warning-sentences.ts';

export interface ParsedTimeout<Default> {
  /** Milliseconds above 0. */
  readonly value: number | Default;
  readonly warnings: readonly HookWarning[];
}

/**
 * Reads a timeout (hooks.md section 3): absent and zero mean the default, malformed and negative too, with a warning.
 *
 * @param text undefined: absent.
 * @param fallback the default, and how a warning tells that it counts.
 */
export function parseTimeout<Default extends number | null>(
  key: string,
  text: string | undefined,
  fallback: { readonly ms: Default; readonly taken: string },
): ParsedTimeout<Default> {
  if (text === undefined) return { value: fallback.ms, warnings: [] };
  const ms = parseDuration(text);
  if (ms === null) return { value: fallback.ms, warnings: [warnings.malformedDuration(key, text, fallback.taken)] };
  if (ms < 0) return { value: fallback.ms, warnings: [warnings.negativeDuration(key, text, fallback.taken)] };
  return { value: ms === 0 ? fallback.ms : ms, warnings: [] };
}
