import { execKeys, initKeys, nearestKnownKey, ownKeys } from '../../shared/annotations.ts';
import { cut } from '../plan/printable.ts';
import type { PodSubject } from './subjects.ts';

const longestKey = 100;
const hookKeys = new Set<string>([execKeys, initKeys, ownKeys].flatMap((keys) => Object.values(keys)));

/**
 * Hooks that are written to a workload itself, where nobody reads them. If the template has the same key, a tool has written it
 * to everything, and it does what it should.
 */
export function misplacedKeys({ kind, pod, podPath, annotations }: PodSubject): { key: string; says: string }[] {
  if (podPath.length === 0) return [];
  const there = pod.metadata.annotations ?? {};
  const path = [...podPath, 'metadata', 'annotations'].join('.');
  return Object.keys(annotations)
    .filter((key) => (hookKeys.has(key) || nearestKnownKey(key) !== null) && !Object.hasOwn(there, key))
    .map((key) => ({
      key,
      says: `${cut(key, longestKey)} on the ${kind} itself is read by nobody: move it to ${path}`,
    }));
}
