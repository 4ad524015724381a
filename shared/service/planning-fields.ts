import { z } from 'zod';
import { inheritable, type Inheritable } from '../inherit.ts';
import { modes } from '../plan-context.ts';
import { integer, list, seconds, text } from './environment-fields.ts';
import type { PlanningSettings } from './planning.ts';

const namespaces = 'names of namespaces, parted by commas';

/** The variables by which webhook and executor plan: one set, so that both can be given the same. */
export const planningFields = {
  RESTORE_HOOKS_MODE: z.enum(modes, `one of ${modes.join(', ')}`).default('auto'),
  RESTORE_HOOKS_SOURCES: z.enum(['all', 'annotations'], 'all or annotations').default('all'),
  RESTORE_HOOKS_KUBECONFIG: text('the path of a kubeconfig').optional(),
  RESTORE_HOOKS_RESTORE_NAMESPACES: list(namespaces, ['velero']),
  RESTORE_HOOKS_TAKEOVER_NAMESPACES: list(namespaces, []),
  RESTORE_HOOKS_SYSTEM_NAMESPACE: text('the name of a namespace', 'restore-hooks'),
  RESTORE_HOOKS_INHERIT: list(`any of ${inheritable.join(', ')}, parted by commas`, []).refine(
    (words) => words.every(isInheritable),
    `any of ${inheritable.join(', ')}, parted by commas`,
  ),
  // A pod's creation waits for it, and the API server for the whole answer 5 s as registered.
  RESTORE_HOOKS_LOOKUP_TIMEOUT_SECONDS: seconds({ fallback: 1, least: 0.05, most: 10 }),
  RESTORE_HOOKS_DISCOVERY_SECONDS: seconds({ fallback: 10, least: 0.1, most: 3_600 }),
  // A thousand Restores of fifty rules each, of half a KB.
  RESTORE_HOOKS_RESTORES_MEMORY_MIB: integer({ fallback: 32, least: 1, most: 4_096, what: 'a number of MiB' }),
};

export interface PlanningConfig extends PlanningSettings {
  readonly sources: 'all' | 'annotations';
  readonly kubeconfig: string | null;
  readonly lookupMs: number;
  readonly discoveryMs: number;
  readonly mostCharacters: number;
}

type PlanningEnvironment = z.output<z.ZodObject<typeof planningFields>>;

/** The planning part of a process's configuration. */
export function planningConfig(env: PlanningEnvironment): PlanningConfig {
  const takeover = env.RESTORE_HOOKS_TAKEOVER_NAMESPACES;
  return {
    mode: env.RESTORE_HOOKS_MODE,
    sources: env.RESTORE_HOOKS_SOURCES,
    kubeconfig: env.RESTORE_HOOKS_KUBECONFIG ?? null,
    restoreNamespaces: env.RESTORE_HOOKS_RESTORE_NAMESPACES,
    takeoverNamespaces: takeover.length === 0 ? null : takeover,
    systemNamespace: env.RESTORE_HOOKS_SYSTEM_NAMESPACE,
    inherit: env.RESTORE_HOOKS_INHERIT.filter(isInheritable),
    lookupMs: env.RESTORE_HOOKS_LOOKUP_TIMEOUT_SECONDS,
    discoveryMs: env.RESTORE_HOOKS_DISCOVERY_SECONDS,
    mostCharacters: env.RESTORE_HOOKS_RESTORES_MEMORY_MIB * 1024 * 1024,
  };
}

function isInheritable(word: string): word is Inheritable {
  return inheritable.some((field) => field === word);
}
