import { movedHooksKey } from './annotations.ts';
import { isJsonMap, tame } from './json-value.ts';
import { noRules, readRules, unknownFields, type RulesReading } from './resource-rule.ts';
import { restoreLabelValue } from './restore-label.ts';
import { warnings } from './warning-sentences.ts';
import type { Json } from './yaml-value.ts';

/** The parts of a velero.io/v1 Restore that are read here, as they stand in JSON. */
export interface RestoreObject {
  readonly metadata: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string | null;
    readonly annotations?: Readonly<Record<string, string>> | null;
  };
  readonly spec?: { readonly hooks?: Json; readonly [field: string]: unknown } | null;
  readonly status?: {
    readonly phase?: string;
    readonly startTimestamp?: string | null;
    readonly completionTimestamp?: string | null;
  } | null;
}

/** A Restore as it is kept: what its hooks are, and what tells who runs them. Times are Unix time in milliseconds. */
export interface Restore {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly version: string;
  readonly createdAtMs: number | null;
  /** A Velero has begun to work on it. */
  readonly started: boolean;
  readonly completedAtMs: number | null;
  /** spec.hooks holds hooks, so that a Velero at work runs them. */
  readonly holdsHooks: boolean;
  /** The hooks as JSON: spec.hooks, or else what a takeover moved out of it. Empty: there are none. */
  readonly hooksText: string;
}

/** What is known of the Restore that a pod's label names (hooks.md section 2). */
export type RestoreFinding =
  | {
      readonly is: 'found';
      readonly restore: Restore;
      readonly rules: RulesReading;
      /** More than one Restore has this name. */
      readonly ambiguous: boolean;
    }
  | { readonly is: 'none' }
  /** The API server gave no answer, or an error: neither found nor none. */
  | { readonly is: 'unreadable' };

/** `hooks: {}`, which Velero always writes, holds nothing. */
export function holdsHooks(specHooks: Json | undefined): boolean {
  if (!isJsonMap(specHooks)) return false;
  const resources = specHooks.resources ?? null;
  return Array.isArray(resources) ? resources.length > 0 : resources !== null;
}

export function readRestore({ metadata, spec, status }: RestoreObject): Restore {
  const hooks = spec?.hooks;
  const holds = holdsHooks(hooks);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    version: metadata.resourceVersion ?? '',
    createdAtMs: timeOf(metadata.creationTimestamp),
    started: (status?.startTimestamp ?? null) !== null,
    completedAtMs: timeOf(status?.completionTimestamp),
    holdsHooks: holds,
    hooksText: holds ? JSON.stringify(tame(hooks ?? null)) : (metadata.annotations?.[movedHooksKey] ?? ''),
  };
}

/** Reads the hooks of a Restore; what is wrong with them comes back as warnings, to be told with its pods. */
export function restoreRules({ name, hooksText, holdsHooks: holdsHooksInSpec }: Restore): RulesReading {
  if (hooksText === '') return noRules;
  const place = `Restore ${name} hooks`;
  let hooks: Json;
  try {
    const written = JSON.parse(hooksText) as Json;
    // Those of the spec were tamed before.
    hooks = holdsHooksInSpec ? written : tame(written);
  } catch {
    return { rules: [], warnings: [warnings.malformedRule(place, 'in its annotation are no JSON')] };
  }
  if (!isJsonMap(hooks)) return { rules: [], warnings: [warnings.malformedRule(place, 'are no map of fields')] };
  const { resources, ...others } = hooks;
  const reading = readRules(resources, `${place}.resources`);
  return { ...reading, warnings: [...unknownFields(others, place), ...reading.warnings] };
}

/** The Restores whose pods bear this label value, found among any. */
export function restoresOf<R extends Pick<Restore, 'name'>>(labelValue: string, restores: Iterable<R>): R[] {
  return [...restores].filter(({ name }) => name !== '' && restoreLabelValue(name) === labelValue);
}

/** Of several Restores with one name the newest counts. */
export function findingOf(
  candidates: readonly Restore[],
  rulesOf: (restore: Restore) => RulesReading = restoreRules,
): RestoreFinding {
  const [restore] = [...candidates].sort(
    (one, other) => (other.createdAtMs ?? 0) - (one.createdAtMs ?? 0) || (one.namespace < other.namespace ? -1 : 1),
  );
  if (restore === undefined) return { is: 'none' };
  return { is: 'found', restore, rules: rulesOf(restore), ambiguous: candidates.length > 1 };
}

/**
 * Whether a pod is too young to be part of its Restore, whose label its template may have kept.
 *
 * @param createdAtMs null: it is being created
 */
export function isAfterCompletion(createdAtMs: number | null, { completedAtMs }: Restore): boolean {
  if (completedAtMs === null) return false;
  return createdAtMs === null || createdAtMs > completedAtMs;
}

function timeOf(text: string | null | undefined): number | null {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? null : ms;
}
