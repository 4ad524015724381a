import { execKeys } from './annotations.ts';
import { parseCommand } from './command.ts';
import { execDefaults, parseContainerName, parseOnError, parseWaitForReady } from './exec-fields.ts';
import type { ExecHook } from './hook.ts';
import type { Pod } from './pod.ts';
import { parseTimeout } from './timeout.ts';
import type { HookWarning } from './warning.ts';
import { warnings } from './warning-sentences.ts';

export interface ParsedExec {
  readonly hooks: readonly ExecHook[];
  readonly warnings: readonly HookWarning[];
}

/**
 * Reads the command that a pod's own annotations ask for: one or none (hooks.md sections 2 and 3).
 *
 * @param commandKey where it stands: Velero's annotation, or the one that a takeover moves it to
 */
export function parseExec(pod: Pod, commandKey: string = execKeys.command): ParsedExec {
  const annotations = pod.metadata.annotations ?? {};
  const command = parseExecCommand(annotations, commandKey);
  const onError = parseOnError(execKeys.onError, annotations[execKeys.onError]);
  const execTimeout = parseTimeout(execKeys.execTimeout, annotations[execKeys.execTimeout], execDefaults.execTimeout);
  const waitTimeout = parseTimeout(execKeys.waitTimeout, annotations[execKeys.waitTimeout], execDefaults.waitTimeout);
  const waitForReady = parseWaitForReady(execKeys.waitForReady, annotations[execKeys.waitForReady]);
  const fields = [command, onError, execTimeout, waitTimeout, waitForReady];
  const found = fields.flatMap((field) => field.warnings);
  if (command.value === null) return { hooks: [], warnings: found };
  const container = parseContainerName(pod, execKeys.container, annotations[execKeys.container], commandKey);
  if (container.value === null) return { hooks: [], warnings: [...found, ...container.warnings] };
  const hook: ExecHook = {
    container: container.value,
    command: command.value,
    onError: onError.value,
    execTimeoutMs: execTimeout.value,
    waitTimeoutMs: waitTimeout.value,
    waitForReady: waitForReady.value,
    retries: execDefaults.retries,
    retryDelayMs: execDefaults.retryDelay.ms,
    onInterrupt: execDefaults.onInterrupt,
    source: 'annotation',
    rule: null,
  };
  return { hooks: [hook], warnings: [...found, ...container.warnings] };
}

function parseExecCommand(annotations: Readonly<Record<string, string>>, key: string) {
  const text = annotations[key];
  if (text !== undefined) return parseCommand(key, text);
  return { value: null, warnings: incomplete(annotations) };
}

function incomplete(annotations: Readonly<Record<string, string>>): HookWarning[] {
  for (const key of Object.values(execKeys)) {
    const value = annotations[key];
    if (value !== undefined) return [warnings.incompleteHook(key, value, execKeys.command)];
  }
  return [];
}
