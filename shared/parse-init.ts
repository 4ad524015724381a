import { initKeys } from './annotations.ts';
import { parseCommand } from './command.ts';
import { generateContainerName, isContainerName } from './container-name.ts';
import type { InitHook } from './hook.ts';
import type { ObjectMeta } from './pod.ts';
import { parseTimeout } from './timeout.ts';
import { trimSpace } from './trim.ts';
import type { HookWarning } from './warning.ts';
import { warnings } from './warning-sentences.ts';

export interface ParsedInit {
  readonly hooks: readonly InitHook[];
  readonly warnings: readonly HookWarning[];
}

/** How a timeout of init hooks that is none reads. */
export const noLimit = { ms: null, taken: 'no limit is set' };

/** Reads the init container that a pod's own annotations ask for: one or none (hooks.md sections 2 and 3). */
export function parseInit(metadata: ObjectMeta): ParsedInit {
  const annotations = metadata.annotations ?? {};
  const image = parseImage(annotations);
  const command = parseInitCommand(annotations[initKeys.command]);
  const timeout = parseTimeout(initKeys.timeout, annotations[initKeys.timeout], noLimit);
  const found = [...image.warnings, ...command.warnings, ...timeout.warnings];
  if (image.value === null || command.noHook) return { hooks: [], warnings: found };
  const content = { image: image.value, command: command.value };
  const name = parseName(annotations[initKeys.name], () => generateContainerName(metadata, content));
  const container = {
    name: name.value,
    image: image.value,
    ...(command.value !== null && { command: command.value }),
  };
  const hook: InitHook = {
    container,
    generatedName: name.generated,
    timeoutMs: timeout.value,
    source: 'annotation',
    rule: null,
  };
  return { hooks: [hook], warnings: [...found, ...name.warnings] };
}

/** An image with white space around it would have the API server refuse the whole pod. */
function parseImage(annotations: Readonly<Record<string, string>>) {
  const key = initKeys.image;
  const text = annotations[key];
  if (text === undefined) return { value: null, warnings: incomplete(annotations) };
  const image = trimSpace(text);
  if (image === '') return { value: null, warnings: [warnings.blankImage(key, text)] };
  return { value: image, warnings: image === text ? [] : [warnings.paddedImage(key, text)] };
}

function incomplete(annotations: Readonly<Record<string, string>>): HookWarning[] {
  for (const key of Object.values(initKeys)) {
    const value = annotations[key];
    if (value !== undefined) return [warnings.incompleteHook(key, value, initKeys.image)];
  }
  return [];
}

/** No command, or an empty text, leaves it to the image's own entrypoint; an empty array is no hook. */
function parseInitCommand(text: string | undefined) {
  if (text === undefined || text === '') return { value: null, noHook: false, warnings: [] };
  const parsed = parseCommand(initKeys.command, text);
  return { ...parsed, noHook: parsed.value === null };
}

function parseName(text: string | undefined, generate: () => string) {
  if (text !== undefined && isContainerName(text)) return { value: text, generated: false, warnings: [] };
  const value = generate();
  if (text === undefined || text === '') return { value, generated: true, warnings: [] };
  return { value, generated: true, warnings: [warnings.invalidContainerName(initKeys.name, text, value)] };
}
