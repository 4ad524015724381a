import type { HookWarning } from './warning.ts';

/** The API server cuts warnings short beyond this many characters in all, those of other webhooks included. */
const mostBytes = 4_096;
/** For the sentence that says how many were left out. */
const bytesForRest = 64;

/**
 * The texts of warnings, in order, each once, as many as fit into an AdmissionResponse (4 KiB in UTF-8); where some do
 * not, the last text says how many.
 */
export function boundWarnings(warnings: readonly HookWarning[]): string[] {
  const texts = [...new Set(warnings.map(({ text }) => text))];
  const encoder = new TextEncoder();
  let bytes = 0;
  const fitting = texts.findIndex((text) => {
    bytes += encoder.encode(text).length;
    return bytes > mostBytes - bytesForRest;
  });
  if (fitting === -1) return texts;
  return [...texts.slice(0, fitting), `restore hooks: ${texts.length - fitting} more warnings about this pod`];
}
