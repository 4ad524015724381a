import { containerShape } from './container-shape.ts';
import { generateContainerName, isContainerName } from './container-name.ts';
import type { EntryOrigin } from './exec-entry.ts';
import { fitContainer, type ReadContainer } from './fit-container.ts';
import type { InitHook } from './hook.ts';
import { readOwnCommand, type OwnCommand } from './own-command.ts';
import { problemWarnings, type Entry } from './own-list.ts';
import type { ParsedInit } from './parse-init.ts';
import type { Pod } from './pod.ts';
import { readShape } from './read-shape.ts';
import { trimSpace } from './trim.ts';
import type { HookWarning } from './warning.ts';
import { warnings } from './warning-sentences.ts';
import type { Json } from './yaml-value.ts';

/**
 * Reads one init container that stands as a map of fields, in an own list, a Restore or a policy. What the API server would
 * refuse is left out, so that a bad hook never costs the pod its creation. Of a Restore or policy, name, image and command
 * are needed (hooks.md section 4).
 */
export function parseInitEntry(
  pod: Pod,
  { place, fields }: Entry,
  origin: EntryOrigin,
  timeoutMs: number | null,
): ParsedInit {
  const { name: givenName, image: givenImage, command: givenCommand, ...others } = fields;
  const missing = origin.source === 'own-annotation' ? [] : missingFields(place, fields);
  if (missing.length > 0) return { hooks: [], warnings: missing };
  const image = parseImage(place, givenImage);
  const command = parseCommandOrNone(place, givenCommand);
  const reading = readShape(containerShape, others, place);
  const read = reading.value as ReadContainer | undefined;
  const fitted = read === undefined ? { value: null, problems: [] } : fitContainer(read, pod.spec, place);
  const problems = problemWarnings(place, [...reading.problems, ...fitted.problems]);
  const found = [...image.warnings, ...(command.is === 'absent' ? [] : command.warnings), ...problems];
  if (image.value === null || command.is === 'none' || fitted.value === null) return { hooks: [], warnings: found };
  const content = {
    image: image.value,
    ...(command.is === 'command' && { command: command.value }),
    ...fitted.value,
  };
  const name = parseName(pod, place, givenName, content);
  const hook: InitHook = {
    container: { name: name.value, ...content },
    generatedName: name.generated,
    timeoutMs,
    ...origin,
  };
  return { hooks: [hook], warnings: [...found, ...name.warnings] };
}

function missingFields(place: string, fields: Entry['fields']): HookWarning[] {
  const missing = ['name', 'image', 'command'].filter((field) => (fields[field] ?? '') === '');
  return missing.slice(0, 1).map((field) => warnings.invalidField(place, `has no ${field}`, 'no hook'));
}

function parseImage(
  place: string,
  value: Json | undefined,
): { readonly value: string | null; readonly warnings: HookWarning[] } {
  const key = `${place}.image`;
  if (value === undefined || value === null) {
    return { value: null, warnings: [warnings.invalidField(place, 'has no image', 'no hook')] };
  }
  if (typeof value !== 'string')
    return { value: null, warnings: [warnings.invalidField(key, 'is no text', 'no hook')] };
  const image = trimSpace(value);
  if (image === '') return { value: null, warnings: [warnings.blankImage(key, value)] };
  return { value: image, warnings: image === value ? [] : [warnings.paddedImage(key, value)] };
}

/** An empty text leaves it to the image's own entrypoint, as in the annotation. */
function parseCommandOrNone(place: string, value: Json | undefined): OwnCommand {
  return value === '' ? { is: 'absent' } : readOwnCommand(place, value);
}

function parseName(
  pod: Pod,
  place: string,
  value: Json | undefined,
  content: { readonly image: string; readonly command?: readonly string[] },
) {
  if (typeof value === 'string' && isContainerName(value)) return { value, generated: false, warnings: [] };
  const { image, command = null, ...others } = content;
  const generated = generateContainerName(pod.metadata, { image, command, others });
  if (value === undefined || value === null || value === '') return { value: generated, generated: true, warnings: [] };
  const written = typeof value === 'string' ? value : JSON.stringify(value);
  return {
    value: generated,
    generated: true,
    warnings: [warnings.invalidContainerName(`${place}.name`, written, generated)],
  };
}
