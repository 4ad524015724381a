import type { JsonMap } from '../../shared/json-value.ts';
import type { Json } from '../../shared/yaml-value.ts';

// Parts of a policy that are fine, for tests to make something of.

export function execHook(more: JsonMap = {}): Json {
  return { exec: { command: ['date'], ...more } };
}

export function container(more: JsonMap = {}): JsonMap {
  return { name: 'fix', image: 'busybox:1.35', command: ['date'], ...more };
}

export function initHook(...containers: readonly JsonMap[]): Json {
  return { init: { initContainers: containers } };
}

export function rule(more: JsonMap = {}): JsonMap {
  return { name: 'rule', postHooks: [execHook()], ...more };
}

export function specOf(...resources: readonly Json[]): JsonMap {
  return { resources };
}

export function withHooks(...postHooks: readonly Json[]): JsonMap {
  return specOf(rule({ postHooks }));
}

export function times(count: number, value: Json): Json[] {
  return Array.from({ length: count }, () => value);
}
