import { trimSpace } from './trim.ts';
import type { HookWarning } from './warning.ts';
import { warnings } from './warning-sentences.ts';

export interface ParsedCommand {
  /** null: there is nothing to run. */
  readonly value: readonly string[] | null;
  readonly warnings: readonly HookWarning[];
}

/**
 * Reads the text of a command (hooks.md section 3): a JSON array of strings, or else one single argument, kept as it is:
 * never trimmed, never split, never given to a shell. An empty text and an empty array are no command, and warn.
 */
export function parseCommand(key: string, text: string): ParsedCommand {
  if (text === '') return { value: null, warnings: [warnings.emptyCommand(key, text)] };
  const trimmed = trimSpace(text);
  if (!trimmed.startsWith('[')) return { value: [text], warnings: [] };
  const array = parseStrings(trimmed);
  if (array === null) return { value: [text], warnings: [warnings.malformedCommand(key, text)] };
  if (array.length === 0) return { value: null, warnings: [warnings.emptyCommand(key, text)] };
  return { value: array, warnings: [] };
}

function parseStrings(json: string): string[] | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  if (!Array.isArray(value) || !value.every((element) => typeof element === 'string')) return null;
  // Half a surrogate pair, which JSON can spell, would not survive UTF-8, and the hook would not know itself again.
  return value.map((element) => element.toWellFormed());
}
