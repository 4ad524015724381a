import { parseCommand } from './command.ts';
import { problemWarnings } from './own-list.ts';
import { readShape } from './read-shape.ts';
import { text, wholeListOf } from './shape.ts';
import type { HookWarning } from './warning.ts';
import { warnings } from './warning-sentences.ts';
import type { Json } from './yaml-value.ts';

export type OwnCommand =
  | { readonly is: 'absent' }
  | { readonly is: 'command'; readonly value: readonly string[]; readonly warnings: readonly HookWarning[] }
  | { readonly is: 'none'; readonly warnings: readonly HookWarning[] };

/** Reads a command of an own list: a list of strings, or a text that is read as the annotation's is. */
export function readOwnCommand(place: string, value: Json | undefined): OwnCommand {
  if (value === undefined || value === null) return { is: 'absent' };
  const key = `${place}.command`;
  if (typeof value === 'string') {
    const parsed = parseCommand(key, value);
    const command = parsed.value;
    return command === null
      ? { is: 'none', warnings: parsed.warnings }
      : { is: 'command', value: command, warnings: parsed.warnings };
  }
  const reading = readShape(wholeListOf(text()), value, key);
  if (reading.value === undefined) {
    const problems = reading.problems.map((problem) => ({ ...problem, leftOut: place }));
    return { is: 'none', warnings: problemWarnings(place, problems) };
  }
  const words = reading.value as readonly string[];
  if (words.length === 0) return { is: 'none', warnings: [warnings.emptyCommand(key, '[]')] };
  return { is: 'command', value: words, warnings: [] };
}
