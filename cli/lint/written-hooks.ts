import { execKeys, initKeys, ownKeys } from '../../shared/annotations.ts';
import { findCommand } from '../../shared/command-owner.ts';
import { parseExecEntry, type EntryOrigin } from '../../shared/exec-entry.ts';
import type { ExecHook, InitHook } from '../../shared/hook.ts';
import { parseInitEntry } from '../../shared/init-entry.ts';
import { isJsonList, isJsonMap } from '../../shared/json-value.ts';
import { readOwnList, type Entry } from '../../shared/own-list.ts';
import { parseExec } from '../../shared/parse-exec.ts';
import { parseInit } from '../../shared/parse-init.ts';
import { annotationsOnly } from '../../shared/plan-context.ts';
import type { Pod } from '../../shared/pod.ts';
import type { PostHook } from '../../shared/resource-rule.ts';
import type { Json } from '../../shared/yaml-value.ts';

/** A hook that was read, and where its parts are written. */
export interface Written<Hook, Field extends string> {
  readonly hook: Hook;
  readonly place: string;
  readonly placeOf: (field: Field) => string;
  /** The command, if it is written as a text; null: it is a list, or there is none. */
  readonly commandText: string | null;
}

export type WrittenExec = Written<ExecHook, 'command' | 'onError' | 'waitTimeout'>;
export type WrittenInit = Written<InitHook, 'command' | 'name'>;

const ownOrigin: EntryOrigin = { source: 'own-annotation', rule: null };

/** The exec hooks of a pod's annotations, in their order. */
export function annotatedExecs(pod: Pod): WrittenExec[] {
  const { key } = findCommand(pod, annotationsOnly);
  const annotated = key === null ? [] : parseExec(pod, key).hooks;
  const commandKey = key ?? execKeys.command;
  const keys = { ...execKeys, command: commandKey };
  return [
    ...annotated.map((hook) => ({
      hook,
      place: commandKey,
      placeOf: (field: keyof typeof keys) => keys[field],
      commandText: textOf(pod.metadata.annotations?.[commandKey]),
    })),
    ...entriesOf(pod, ownKeys.exec).flatMap((entry) => writtenExec(pod, entry, ownOrigin)),
  ];
}

/** The init hooks of a pod's annotations, in their order. */
export function annotatedInits(pod: Pod): WrittenInit[] {
  return [
    ...parseInit(pod.metadata).hooks.map((hook) => ({
      hook,
      place: initKeys.image,
      placeOf: (field: 'command' | 'name') => initKeys[field],
      commandText: textOf(pod.metadata.annotations?.[initKeys.command]),
    })),
    ...entriesOf(pod, ownKeys.init).flatMap((entry) => writtenInit(pod, entry, ownOrigin)),
  ];
}

/** The exec hook of an element of a rule's postHooks: none, or one. */
export function execOfRule(pod: Pod, { place, exec }: PostHook, origin: EntryOrigin): WrittenExec[] {
  return exec === null ? [] : writtenExec(pod, { place: `${place}.exec`, fields: exec }, origin);
}

/** The init hooks of an element of a rule's postHooks. */
export function initsOfRule(pod: Pod, { place, init }: PostHook, origin: EntryOrigin): WrittenInit[] {
  const containers = init?.initContainers;
  if (!isJsonList(containers)) return [];
  return containers.flatMap((fields, index) => {
    const entry = { place: `${place}.init.initContainers[${index}]`, fields };
    return isJsonMap(fields) ? writtenInit(pod, { ...entry, fields }, origin) : [];
  });
}

function entriesOf(pod: Pod, key: string): readonly Entry[] {
  return readOwnList(key, pod.metadata.annotations?.[key]).entries;
}

function writtenExec(pod: Pod, entry: Entry, origin: EntryOrigin): WrittenExec[] {
  return parseExecEntry(pod, entry, origin).hooks.map((hook) => written(entry, hook));
}

function writtenInit(pod: Pod, entry: Entry, origin: EntryOrigin): WrittenInit[] {
  return parseInitEntry(pod, entry, origin, null).hooks.map((hook) => written(entry, hook));
}

function written<Hook>({ place, fields }: Entry, hook: Hook): Written<Hook, string> {
  return { hook, place, placeOf: (field) => `${place}.${field}`, commandText: textOf(fields.command) };
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
