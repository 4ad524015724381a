import { isJsonList, isJsonMap } from '../../shared/json-value.ts';
import type { Json } from '../../shared/yaml-value.ts';

export type Path = readonly (string | number)[];

/** A part of an object that is not as it must be to be read at all. */
export interface Flaw {
  readonly path: Path;
  /** The end of a sentence about it. */
  readonly says: string;
}

/** Finds the first flaw of a value. null: there is none. */
export type Check = (value: Json, path: Path) => Flaw | null;

export function text(value: Json, path: Path): Flaw | null {
  return typeof value === 'string' ? null : { path, says: `is ${kindOf(value)}, not text` };
}

export function flag(value: Json, path: Path): Flaw | null {
  return typeof value === 'boolean' ? null : { path, says: `is ${kindOf(value)}, not true or false` };
}

/** An amount such as 500m; a number is one too. */
export function amount(value: Json, path: Path): Flaw | null {
  return typeof value === 'number' ? null : text(value, path);
}

export function listOf(check: Check, least = 0): Check {
  return (value, path) => {
    if (!isJsonList(value)) return { path, says: `is ${kindOf(value)}, not a list` };
    if (value.length < least) return { path, says: 'is empty' };
    return firstOf(value.entries(), path, check);
  };
}

export function mapOf(check: Check): Check {
  return (value, path) => {
    if (!isJsonMap(value)) return { path, says: `is ${kindOf(value)}, not a map` };
    return firstOf(Object.entries(value), path, check);
  };
}

/** Of the fields named, those that are there, and not null; fields with others' names may hold anything. */
export function fields(
  optional: Readonly<Record<string, Check>>,
  required: Readonly<Record<string, Check>> = {},
): Check {
  return (value, path) => {
    if (!isJsonMap(value)) return { path, says: `is ${kindOf(value)}, not a map` };
    for (const name of Object.keys(required)) {
      if ((value[name] ?? null) === null) return { path: [...path, name], says: 'is missing' };
    }
    for (const [name, check] of Object.entries({ ...required, ...optional })) {
      const field = Object.hasOwn(value, name) ? (value[name] ?? null) : null;
      const flaw = field === null ? null : check(field, [...path, name]);
      if (flaw !== null) return flaw;
    }
    return null;
  };
}

function firstOf(entries: Iterable<readonly [string | number, Json]>, path: Path, check: Check): Flaw | null {
  for (const [key, element] of entries) {
    const flaw = check(element, [...path, key]);
    if (flaw !== null) return flaw;
  }
  return null;
}

function kindOf(value: Json): string {
  if (value === null) return 'null';
  if (isJsonList(value)) return 'a list';
  if (isJsonMap(value)) return 'a map';
  return typeof value === 'string' ? 'text' : typeof value === 'number' ? 'a number' : 'true or false';
}
