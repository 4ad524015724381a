import { parseBoolean } from './boolean.ts';
import { isHookable } from './container-state.ts';
import type { OnError, OnInterrupt } from './hook.ts';
import type { Pod } from './pod.ts';
import type { HookWarning } from './warning.ts';
import { warnings } from './warning-sentences.ts';
import type { Json } from './yaml-value.ts';

/** More would hold up the hooks behind for hours. */
export const mostRetries = 100;

/** What counts where an exec hook says nothing, or nothing that can be read (hooks.md section 3). */
export const execDefaults = {
  onError: 'Continue',
  waitForReady: false,
  execTimeout: { ms: 30_000, taken: '30s is taken' },
  waitTimeout: { ms: null, taken: 'no limit is set' },
  retries: 0,
  retryDelay: { ms: 5_000, taken: '5s is taken' },
  onInterrupt: 'Fail',
} as const;

export interface ParsedField<T> {
  readonly value: T;
  readonly warnings: readonly HookWarning[];
}

/**
 * The container that a hook names, or else the pod's first. One that the pod has not stays in the plan: the executor reports
 * the hook as failed (hooks.md section 5).
 *
 * @param hookKey names the hook where there is no container at all; then the value is null
 */
export function parseContainerName(
  pod: Pod,
  key: string,
  text: string | undefined,
  hookKey: string,
): ParsedField<string | null> {
  if (text === undefined || text === '') {
    const value = pod.spec.containers[0]?.name ?? null;
    return { value, warnings: value === null ? [warnings.noContainers(hookKey)] : [] };
  }
  const known = isHookable(pod, text);
  return { value: text, warnings: known ? [] : [warnings.containerNotFound(key, text)] };
}

export function parseOnError(key: string, text: string | undefined): ParsedField<OnError> {
  const value = execDefaults.onError;
  if (text === undefined) return { value, warnings: [] };
  if (text === 'Fail' || text === 'Continue') return { value: text, warnings: [] };
  return { value, warnings: [warnings.malformedOnError(key, text, value)] };
}

export function parseWaitForReady(key: string, text: string | undefined): ParsedField<boolean> {
  const fallback = execDefaults.waitForReady;
  if (text === undefined) return { value: fallback, warnings: [] };
  const value = parseBoolean(text);
  if (value !== null) return { value, warnings: [] };
  return { value: fallback, warnings: [warnings.malformedBoolean(key, text, fallback)] };
}

/** As it stands in a list: a whole number, and no text that looks like one. */
export function parseRetries(key: string, value: Json | undefined): ParsedField<number> {
  if (value === undefined || value === null) return { value: execDefaults.retries, warnings: [] };
  // -0 is one of them.
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= mostRetries) {
    return { value: Math.abs(value), warnings: [] };
  }
  const written = typeof value === 'string' ? value : JSON.stringify(value);
  return {
    value: execDefaults.retries,
    warnings: [warnings.malformedCount(key, written, mostRetries, execDefaults.retries)],
  };
}

export function parseOnInterrupt(key: string, text: string | undefined): ParsedField<OnInterrupt> {
  const value = execDefaults.onInterrupt;
  if (text === undefined) return { value, warnings: [] };
  if (text === 'Fail' || text === 'Retry') return { value: text, warnings: [] };
  return { value, warnings: [warnings.malformedOnInterrupt(key, text, value)] };
}
