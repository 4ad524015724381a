import { ownKeys } from './annotations.ts';
import { parseExecEntry } from './exec-entry.ts';
import { boundProblems, readOwnList } from './own-list.ts';
import type { ParsedExec } from './parse-exec.ts';
import type { Pod } from './pod.ts';

/** Reads the commands that a pod's own list asks for, in its order (hooks.md sections 2 and 3). */
export function parseOwnExec(pod: Pod): ParsedExec {
  const list = readOwnList(ownKeys.exec, pod.metadata.annotations?.[ownKeys.exec]);
  const parsed = list.entries.map((entry) => parseExecEntry(pod, entry, { source: 'own-annotation', rule: null }));
  const found = [...list.warnings, ...parsed.flatMap((each) => each.warnings)];
  return { hooks: parsed.flatMap(({ hooks }) => hooks), warnings: boundProblems(ownKeys.exec, found) };
}
