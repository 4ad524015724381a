import { execKeys } from './annotations.ts';
import { parseBoolean } from './boolean.ts';
import { parseCommand } from './command.ts';
import { hookableNames } from './container-state.ts';
import type { ExecHook, OnError } from './hook.ts';
import type { Pod } from './pod.ts';
import { parseTimeout } from './timeout.ts';
import type { HookWarning } from './warning.ts';
import { warnings } from './warning-sentences.ts';

export interface ParsedExec {
  readonly hooks: readonly ExecHook[];
  readonly warnings: readonly HookWarning[];
}

/** Section 3 of hooks.md. */
const defaults = {
  onError: 'Continue',
  waitForReady: false,
  execTimeout: { ms: 30_000, taken: '30s is taken' },
  waitTimeout: { ms: null, taken: 'no limit is set' },
} as const;

/** Reads the command that a pod's own annotations ask for: one or none (hooks.md sections 2 and 3). */
export function parseExec(pod: Pod): ParsedExec {
  const annotations = pod.metadata.annotations ?? {};
  const command = parseExecCommand(annotations);
  const onError = parseOnError(annotations[execKeys.onError]);
  const execTimeout = parseTimeout(execKeys.execTimeout, annotations[execKeys.execTimeout], defaults.execTimeout);
  const waitTimeout = parseTimeout(execKeys.waitTimeout, annotations[execKeys.waitTimeout], defaults.waitTimeout);
  const waitForReady = parseWaitForReady(annotations[execKeys.waitForReady]);
  const fields = [command, onError, execTimeout, waitTimeout, waitForReady];
  const found = fields.flatMap((field) => field.warnings);
  if (command.value === null) return { hooks: [], warnings: found };
  const container = parseContainer(pod, annotations[execKeys.container]);
  if (container.value === null) return { hooks: [], warnings: [...found, ...container.warnings] };
  const hook: ExecHook = {
    container: container.value,
    command: command.value,
    onError: onError.value,
    execTimeoutMs: execTimeout.value,
    waitTimeoutMs: waitTimeout.value,
    waitForReady: waitForReady.value,
    source: 'annotation',
    rule: null,
  };
  return { hooks: [hook], warnings: [...found, ...container.warnings] };
}

function parseExecCommand(annotations: Readonly<Record<string, string>>) {
  const text = annotations[execKeys.command];
  if (text !== undefined) return parseCommand(execKeys.command, text);
  return { value: null, warnings: incomplete(annotations) };
}

function incomplete(annotations: Readonly<Record<string, string>>): HookWarning[] {
  for (const key of Object.values(execKeys)) {
    const value = annotations[key];
    if (value !== undefined) return [warnings.incompleteHook(key, value, execKeys.command)];
  }
  return [];
}

/** A container that the pod has not stays in the plan: the executor reports the hook as failed (hooks.md section 5). */
function parseContainer(pod: Pod, text: string | undefined) {
  if (text === undefined || text === '') {
    const value = pod.spec.containers[0]?.name ?? null;
    return { value, warnings: value === null ? [warnings.noContainers(execKeys.command)] : [] };
  }
  const known = hookableNames(pod).includes(text);
  return { value: text, warnings: known ? [] : [warnings.containerNotFound(execKeys.container, text)] };
}

function parseOnError(text: string | undefined): { value: OnError; warnings: HookWarning[] } {
  const value = defaults.onError;
  if (text === undefined) return { value, warnings: [] };
  if (text === 'Fail' || text === 'Continue') return { value: text, warnings: [] };
  return { value, warnings: [warnings.malformedOnError(execKeys.onError, text, value)] };
}

function parseWaitForReady(text: string | undefined): { value: boolean; warnings: HookWarning[] } {
  const fallback = defaults.waitForReady;
  if (text === undefined) return { value: fallback, warnings: [] };
  const value = parseBoolean(text);
  if (value !== null) return { value, warnings: [] };
  return { value: fallback, warnings: [warnings.malformedBoolean(execKeys.waitForReady, text, fallback)] };
}
