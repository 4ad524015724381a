import { ownKeys } from './annotations.ts';
import { parseInitEntry } from './init-entry.ts';
import { boundProblems, readOwnList } from './own-list.ts';
import type { ParsedInit } from './parse-init.ts';
import type { Pod } from './pod.ts';

/** Reads the init containers that a pod's own list asks for, in its order (hooks.md sections 2 and 3). */
export function parseOwnInit(pod: Pod): ParsedInit {
  const list = readOwnList(ownKeys.init, pod.metadata.annotations?.[ownKeys.init]);
  const origin = { source: 'own-annotation', rule: null } as const;
  const parsed = list.entries.map((entry) => parseInitEntry(pod, entry, origin, null));
  const found = [...list.warnings, ...parsed.flatMap((each) => each.warnings)];
  return { hooks: parsed.flatMap(({ hooks }) => hooks), warnings: boundProblems(ownKeys.init, found) };
}
