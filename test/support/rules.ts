import { annotationsOnly, type PlanContext } from '../../shared/plan-context.ts';
import { readPolicy, type Policy } from '../../shared/policy.ts';
import type { ResourceRule, RulesReading } from '../../shared/resource-rule.ts';
import { readRules } from '../../shared/resource-rule.ts';
import { findingOf, readRestore, type RestoreFinding, type RestoreObject } from '../../shared/restore.ts';
import type { HookWarning } from '../../shared/warning.ts';
import type { Json } from '../../shared/yaml-value.ts';

/** The Restore r1 in the namespace velero, with nothing in it, unless told otherwise. */
export function restoreObject(more: Partial<RestoreObject> = {}): RestoreObject {
  return {
    spec: {},
    ...more,
    metadata: {
      name: 'r1',
      namespace: 'velero',
      uid: 'uid-r1',
      creationTimestamp: '2026-03-01T09:59:00Z',
      ...more.metadata,
    },
  };
}

/** What is known where the API server has these Restores of one name, most often one. */
export function found(...objects: readonly RestoreObject[]): RestoreFinding {
  return findingOf(objects.map(readRestore));
}

/** The finding of a Restore whose spec.hooks.resources is this. */
export function withRules(...resources: readonly Json[]): RestoreFinding {
  return found(restoreObject({ spec: { hooks: { resources } } }));
}

/** A policy of the system's namespace, unless told otherwise. */
export function buildPolicy(
  name: string,
  resources: Json,
  more: { namespace?: string; inherit?: Json; readinessGate?: Json } = {},
): Policy {
  const { namespace = 'restore-hooks', ...spec } = more;
  return readPolicy({ metadata: { name, namespace }, spec: { resources, ...spec } });
}

/** A restored pod without a Restore, standalone, unless told otherwise. */
export function buildContext(more: Partial<PlanContext> = {}): PlanContext {
  return { ...annotationsOnly, ...more };
}

/** The one rule of a list, and the warnings about it. */
export function readOne(rule: Json): { rule: ResourceRule | null; reading: RulesReading } {
  const reading = readRules([rule], 'Restore r1 hooks.resources');
  return { rule: reading.rules[0] ?? null, reading };
}

/** A rule that runs this one command, called so. */
export function execRule(command: string, more: Readonly<Record<string, Json>> = {}): Json {
  return { name: command, postHooks: [{ exec: { command: [command] } }], ...more };
}

/** A rule that injects this one container. */
export function initRule(name: string, more: Readonly<Record<string, Json>> = {}): Json {
  const container = { name, image: 'alpine', command: ['date'] };
  return { name, postHooks: [{ init: { initContainers: [container] } }], ...more };
}

export function textsOf(warnings: readonly HookWarning[]): string[] {
  return warnings.map(({ text }) => text);
}
