import {
  execDefaults,
  parseContainerName,
  parseOnError,
  parseOnInterrupt,
  parseRetries,
  parseWaitForReady,
  type ParsedField,
} from './exec-fields.ts';
import type { ExecHook, HookSource } from './hook.ts';
import { readOwnCommand } from './own-command.ts';
import { warnAbout, type Entry } from './own-list.ts';
import type { ParsedExec } from './parse-exec.ts';
import type { Pod } from './pod.ts';
import { shorten } from './quote.ts';
import { parseTimeout, type ParsedTimeout } from './timeout.ts';
import type { HookWarning } from './warning.ts';
import { warnings } from './warning-sentences.ts';
import type { Json } from './yaml-value.ts';

/** Whose hook an entry is: what may stand in it depends on that. */
export interface EntryOrigin {
  readonly source: Exclude<HookSource, 'annotation'>;
  readonly rule: string | null;
}

const veleroFields: readonly string[] = [
  'container',
  'command',
  'onError',
  'execTimeout',
  'waitTimeout',
  'waitForReady',
];
const ownFields: readonly string[] = ['name', ...veleroFields, 'retries', 'retryDelay', 'onInterrupt'];
const longestField = 40;

/** Reads one exec hook that stands as a map of fields, in an own list, a Restore or a policy (hooks.md sections 2 and 3). */
export function parseExecEntry(pod: Pod, { place, fields }: Entry, origin: EntryOrigin): ParsedExec {
  const command = readOwnCommand(place, fields.command);
  const onError = parseOnError(`${place}.onError`, writtenOr(fields.onError));
  const execTimeout = parseTime(`${place}.execTimeout`, fields.execTimeout, execDefaults.execTimeout);
  const waitTimeout = parseTime(`${place}.waitTimeout`, fields.waitTimeout, execDefaults.waitTimeout);
  const waitForReady = parseWaitForReady(`${place}.waitForReady`, writtenOr(fields.waitForReady));
  // A Restore has none of these, and is told so.
  const own = parseOwnFields(place, origin.source === 'restore' ? {} : fields);
  const found = [
    ...strangeFields(place, fields, origin),
    ...(command.is === 'absent' ? [warnings.invalidField(place, 'has no command', 'no hook')] : command.warnings),
    ...[onError, execTimeout, waitTimeout, waitForReady].flatMap((field) => field.warnings),
    ...own.warnings,
  ];
  const container = parseContainer(pod, place, fields.container);
  const all = [...found, ...container.warnings];
  if (command.is !== 'command' || container.value === null) return { hooks: [], warnings: all };
  const hook: ExecHook = {
    container: container.value,
    command: command.value,
    onError: onError.value,
    execTimeoutMs: execTimeout.value,
    waitTimeoutMs: waitTimeout.value,
    waitForReady: waitForReady.value,
    ...own.value,
    ...origin,
  };
  return { hooks: [hook], warnings: all };
}

type OwnFields = Pick<ExecHook, 'name' | 'retries' | 'retryDelayMs' | 'onInterrupt'>;

function parseOwnFields(place: string, fields: Entry['fields']): ParsedField<OwnFields> {
  const retries = parseRetries(`${place}.retries`, fields.retries);
  const retryDelay = parseTime(`${place}.retryDelay`, fields.retryDelay, execDefaults.retryDelay);
  const onInterrupt = parseOnInterrupt(`${place}.onInterrupt`, writtenOr(fields.onInterrupt));
  const { name } = fields;
  const value = { retries: retries.value, retryDelayMs: retryDelay.value, onInterrupt: onInterrupt.value };
  return {
    value: typeof name === 'string' && name !== '' ? { ...value, name } : value,
    warnings: [retries, retryDelay, onInterrupt].flatMap((field) => field.warnings),
  };
}

/** A number is none: it would not say of what. */
function parseTime<Default extends number | null>(
  key: string,
  value: Json | undefined,
  fallback: { readonly ms: Default; readonly taken: string },
): ParsedTimeout<Default> {
  if (value === undefined || value === null) return parseTimeout(key, undefined, fallback);
  if (typeof value === 'string') return parseTimeout(key, value, fallback);
  return { value: fallback.ms, warnings: [warnings.malformedDuration(key, written(value), fallback.taken)] };
}

/** A container that is no text is none that could be meant, and the command is for no other. */
function parseContainer(pod: Pod, place: string, value: Json | undefined) {
  const key = `${place}.container`;
  if (value === undefined || value === null) return parseContainerName(pod, key, undefined, place);
  if (typeof value === 'string') return parseContainerName(pod, key, value, place);
  return { value: null, warnings: [warnings.invalidField(key, 'is no text', 'no hook')] };
}

function strangeFields(place: string, fields: Entry['fields'], { source }: EntryOrigin): HookWarning[] {
  const known = source === 'restore' ? veleroFields : ownFields;
  const strange = Object.keys(fields).filter((field) => !known.includes(field));
  const unknown = warnAbout(place, strange, (field) =>
    warnings.unknownField(`${place}.${shorten(field, longestField)}`),
  );
  const { name = null } = fields;
  if (!known.includes('name') || name === null || typeof name === 'string') return unknown;
  return [...unknown, warnings.invalidField(`${place}.name`, 'is no text', 'left out')];
}

function writtenOr(value: Json | undefined): string | undefined {
  return value === undefined || value === null ? undefined : written(value);
}

/** As text, for what reads text: `true` is the word, and anything else is malformed, and shown. */
function written(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
