import type { Json } from './yaml-value.ts';

export type JsonMap = Readonly<Record<string, Json>>;

export function isJsonList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isJsonMap(value: Json | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Deeper than all that has a meaning: a Container in a Restore ends at 14. */
const deepest = 32;

/**
 * JSON that anybody may have written, made harmless: what nests deeper than all that has a meaning is cut off, for it would
 * overflow the stack of whoever writes it as text, and half a surrogate pair, which would not survive UTF-8, is replaced.
 *
 * @returns the value itself where it is harmless already: copies of a megabyte are what costs here
 */
export function tame(value: Json, depth = 0): Json {
  if (isTame(value, depth)) return value;
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (depth === deepest) return null;
  if (isJsonList(value)) return value.map((element) => tame(element, depth + 1));
  // Unlike an assignment, this makes an own property of `__proto__` too.
  return Object.fromEntries(
    Object.entries(value).map(([key, element]) => [key.toWellFormed(), tame(element, depth + 1)]),
  );
}

function isTame(value: Json, depth: number): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  if (depth === deepest) return false;
  if (isJsonList(value)) {
    for (const element of value) if (!isTame(element, depth + 1)) return false;
    return true;
  }
  for (const key of Object.keys(value)) {
    const element = (value as JsonMap)[key];
    if (!key.isWellFormed() || (element !== undefined && !isTame(element, depth + 1))) return false;
  }
  return true;
}
