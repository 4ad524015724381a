import { inheritable, type Inheritable } from './inherit.ts';
import { isJsonList, isJsonMap, tame } from './json-value.ts';
import { readRules, unknownFields, type RulesReading } from './resource-rule.ts';
import { warnings } from './warning-sentences.ts';
import type { Json } from './yaml-value.ts';

export const policyApiVersion = 'restorehooks.io/v1alpha1';
export const policyKind = 'RestoreHookPolicy';

/** The parts of a RestoreHookPolicy that are read here, as they stand in JSON. */
export interface PolicyObject {
  readonly metadata: {
    readonly name?: string;
    readonly namespace?: string;
    readonly resourceVersion?: string;
  };
  readonly spec?: Json;
}

/** Standing hooks for every restore (hooks.md section 2). */
export interface Policy {
  readonly namespace: string;
  readonly name: string;
  readonly rules: RulesReading;
  /** What its init hooks take from the pod's first container; null: it says nothing of it. */
  readonly inherit: readonly Inheritable[] | null;
  /** The pods of its exec hooks are to get no traffic before these are done. */
  readonly readinessGate: boolean;
}

/** Reads a policy; what is wrong with it comes back among the warnings of its rules. */
export function readPolicy({ metadata, spec }: PolicyObject): Policy {
  const name = metadata.name ?? '';
  const place = `${policyKind} ${name} spec`;
  const fields = tame(spec ?? {});
  const isMap = isJsonMap(fields);
  const { resources, inherit: words, readinessGate: gate, ...others } = isMap ? fields : {};
  const rules = readRules(resources, `${place}.resources`);
  const inherit = readInherit(words, `${place}.inherit`);
  const readinessGate = readGate(gate, `${place}.readinessGate`);
  const found = [
    ...(isMap ? [] : [warnings.malformedRule(place, 'is no map of fields')]),
    ...unknownFields(others, place),
    ...inherit.warnings,
    ...readinessGate.warnings,
    ...rules.warnings,
  ];
  return {
    namespace: metadata.namespace ?? '',
    name,
    rules: { ...rules, warnings: found },
    inherit: inherit.fields,
    readinessGate: readinessGate.value,
  };
}

/**
 * The policies that may concern pods of a namespace, in the order in which their hooks count: by name, and of one name the
 * system's own before the namespace's.
 */
export function policiesFor(namespace: string, systemNamespace: string, policies: Iterable<Policy>): Policy[] {
  return [...policies]
    .filter((policy) => policy.namespace === systemNamespace || policy.namespace === namespace)
    .sort((one, other) => {
      if (one.name !== other.name) return one.name < other.name ? -1 : 1;
      return Number(other.namespace === systemNamespace) - Number(one.namespace === systemNamespace);
    });
}

function readInherit(value: Json | undefined, place: string) {
  if (value === undefined || value === null) return { fields: null, warnings: [] };
  if (!isJsonList(value)) return { fields: null, warnings: [warnings.invalidField(place, 'is no list', 'left out')] };
  const strange = value.findIndex((word) => !inheritable.some((field) => field === word));
  const says = `is none of ${inheritable.join(', ')}`;
  return {
    fields: inheritable.filter((field) => value.includes(field)),
    warnings: strange === -1 ? [] : [warnings.invalidField(`${place}[${strange}]`, says, 'left out')],
  };
}

function readGate(value: Json | undefined, place: string) {
  const isMalformed = value !== undefined && value !== null && typeof value !== 'boolean';
  return {
    value: value === true,
    warnings: isMalformed ? [warnings.invalidField(place, 'is not true or false', 'left out')] : [],
  };
}
