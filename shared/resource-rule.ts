import { isGlob, matchesGlob } from './glob.ts';
import { isJsonList, isJsonMap, type JsonMap } from './json-value.ts';
import { matchesLabels, requirementProblem, type LabelSelector } from './label-selector.ts';
import { problemWarnings, warnAbout } from './own-list.ts';
import { shorten } from './quote.ts';
import { readShape } from './read-shape.ts';
import { optional, raw, record, required, text, vital, wholeListOf, wholeMapOf } from './shape.ts';
import type { Pod } from './pod.ts';
import type { HookWarning } from './warning.ts';
import { warnings } from './warning-sentences.ts';
import type { Json } from './yaml-value.ts';

/** One element of a Restore's `spec.hooks.resources` or of a policy's `spec.resources` (hooks.md section 2). */
export interface ResourceRule {
  readonly place: string;
  readonly name: string | null;
  readonly includedNamespaces: readonly string[];
  readonly excludedNamespaces: readonly string[];
  readonly includedResources: readonly string[];
  readonly excludedResources: readonly string[];
  readonly labelSelector: LabelSelector | null;
  readonly postHooks: readonly PostHook[];
  /** About the rule itself; told with every pod that it matches. */
  readonly warnings: readonly HookWarning[];
}

/** Not read yet: what a hook means depends on the pod. */
export interface PostHook {
  readonly place: string;
  readonly exec: JsonMap | null;
  readonly init: JsonMap | null;
}

export interface RulesReading {
  readonly rules: readonly ResourceRule[];
  /** About what is no rule at all; told with every restored pod. */
  readonly warnings: readonly HookWarning[];
}

export const noRules: RulesReading = { rules: [], warnings: [] };

/** `pods` by its resource, kind and short name, as Velero's discovery would resolve them: letter case does not count to it. */
const podNames: readonly string[] = ['pods', 'po', 'pod', '*'];

const longestField = 40;

/** Of patterns that are no plain names, of one Restore or policy: each is compiled again for every pod. */
const mostPatternCharacters = 131_072;
/** Far more than anybody writes, and than a policy may have. Each takes time at every pod. */
const mostRules = 5_000;
/** Braces multiply a pattern, at most by so many (glob.ts). */
const mostAlternatives = 64;

const names = vital(wholeListOf(text()));
const ruleShape = record({
  name: optional(text()),
  includedNamespaces: names,
  excludedNamespaces: names,
  includedResources: names,
  excludedResources: names,
  labelSelector: vital(
    record({
      matchLabels: vital(wholeMapOf(text())),
      matchExpressions: vital(
        wholeListOf(record({ key: required(text()), operator: required(text()), values: vital(wholeListOf(text())) })),
      ),
    }),
  ),
  postHooks: optional(raw),
});

/**
 * Reads a list of resource rules. Whoever wrote them may have gone past the CRD's schema, in the annotation of a moved
 * Restore for one: a rule that selects something else than was written is not applied.
 *
 * @param place how warnings name the list, such as `Restore r2 hooks.resources`
 */
export function readRules(value: Json | undefined, place: string): RulesReading {
  if (value === undefined || value === null) return noRules;
  if (!isJsonList(value)) return { rules: [], warnings: [warnings.malformedRule(place, 'is no list')] };
  const room = { characters: mostPatternCharacters };
  const readings = value.slice(0, mostRules).map((element, index) => readRule(element, `${place}[${index}]`, room));
  const found = readings.flatMap((reading) => ('rule' in reading ? [] : reading.warnings));
  return {
    rules: readings.flatMap((reading) => ('rule' in reading ? [reading.rule] : [])),
    warnings: value.length > mostRules ? [warnings.tooManyRules(place, mostRules), ...found] : found,
  };
}

/** A warning for each of these fields, which nobody knows. */
export function unknownFields(fields: JsonMap, place: string): HookWarning[] {
  return warnAbout(place, Object.keys(fields), (key) =>
    warnings.unknownField(`${place}.${shorten(key, longestField)}`),
  );
}

/** Whether the rule concerns a pod, by the namespace it is created in. */
export function ruleMatches(rule: ResourceRule, { metadata }: Pod): boolean {
  const namespace = metadata.namespace ?? '';
  const within = (patterns: readonly string[]) => patterns.some((pattern) => matchesGlob(pattern, namespace));
  const named = (resources: readonly string[]) =>
    resources.some((resource) => podNames.includes(resource) || podNames.includes(resource.toLowerCase()));
  if (within(rule.excludedNamespaces)) return false;
  if (rule.includedNamespaces.length > 0 && !within(rule.includedNamespaces)) return false;
  if (named(rule.excludedResources)) return false;
  if (rule.includedResources.length > 0 && !named(rule.includedResources)) return false;
  return rule.labelSelector === null || matchesLabels(rule.labelSelector, metadata.labels ?? {});
}

/** The rule's warnings for a pod that its namespaces and resources concern, whether or not its labels do. */
export function ruleWarnings(rule: ResourceRule, pod: Pod): readonly HookWarning[] {
  if (rule.warnings.length === 0) return [];
  return ruleMatches({ ...rule, labelSelector: null }, pod) ? rule.warnings : [];
}

type RuleReading = { readonly rule: ResourceRule } | { readonly warnings: readonly HookWarning[] };

function readRule(value: Json, place: string, room: { characters: number }): RuleReading {
  const reading = readShape(ruleShape, value, place);
  const problems = problemWarnings(place, reading.problems);
  if (reading.value === undefined) {
    const says = reading.problems.find(({ leftOut }) => leftOut === place);
    const why = says?.place === place ? says.says : `${says?.place.slice(place.length + 1) ?? ''} ${says?.says ?? ''}`;
    return { warnings: [warnings.malformedRule(place, why)] };
  }
  const fields = reading.value as Partial<Omit<ResourceRule, 'postHooks'>> & { readonly postHooks?: Json };
  for (const field of ['includedNamespaces', 'excludedNamespaces'] as const) {
    for (const pattern of fields[field] ?? []) room.characters -= weightOf(pattern);
    // Before any is looked at.
    if (room.characters < 0)
      return { warnings: [warnings.malformedRule(`${place}.${field}`, 'has too many patterns')] };
  }
  const hooks = readPostHooks(fields.postHooks, `${place}.postHooks`);
  const rule = {
    place,
    name: fields.name ?? null,
    includedNamespaces: fields.includedNamespaces ?? [],
    excludedNamespaces: fields.excludedNamespaces ?? [],
    includedResources: fields.includedResources ?? [],
    excludedResources: fields.excludedResources ?? [],
    labelSelector: fields.labelSelector ?? null,
    postHooks: hooks.postHooks,
  };
  return { rule: { ...rule, warnings: [...problems, ...selectionWarnings(rule, place), ...hooks.warnings] } };
}

/** An upper bound of what it takes to compile a pattern, in characters. */
function weightOf(pattern: string): number {
  if (!/[*?[{}\\]/.test(pattern) || pattern === '*') return 0;
  return pattern.length * (pattern.includes('{') ? mostAlternatives : 1);
}

function selectionWarnings(
  rule: Pick<ResourceRule, 'includedNamespaces' | 'excludedNamespaces' | 'labelSelector'>,
  place: string,
): HookWarning[] {
  const globs = (['includedNamespaces', 'excludedNamespaces'] as const).flatMap((field) => {
    const wrong = rule[field].flatMap((pattern, index) => (isGlob(pattern) ? [] : [{ pattern, index }]));
    return warnAbout(`${place}.${field}`, wrong, ({ pattern, index }) =>
      warnings.malformedGlob(`${place}.${field}[${index}]`, pattern),
    );
  });
  const inside = `${place}.labelSelector.matchExpressions`;
  const requirements = (rule.labelSelector?.matchExpressions ?? []).flatMap((requirement, index) => {
    const says = requirementProblem(requirement);
    return says === null ? [] : [{ says, index }];
  });
  const ofSelector = warnAbout(inside, requirements, ({ says, index }) =>
    warnings.malformedSelector(`${inside}[${index}]`, says),
  );
  return [...globs, ...ofSelector];
}

function readPostHooks(value: Json | undefined, place: string): { postHooks: PostHook[]; warnings: HookWarning[] } {
  if (value === undefined || value === null) return { postHooks: [], warnings: [] };
  if (!isJsonList(value)) return { postHooks: [], warnings: [warnings.invalidField(place, 'is no list', 'no hook')] };
  const postHooks: PostHook[] = [];
  const found: HookWarning[] = [];
  for (const [index, element] of value.entries()) {
    const inside = `${place}[${index}]`;
    if (!isJsonMap(element)) {
      found.push(warnings.invalidField(inside, 'is no map of fields', 'no hook'));
      continue;
    }
    const { exec = null, init = null, ...others } = element;
    for (const each of unknownFields(others, inside)) found.push(each);
    const part = (key: 'exec' | 'init', fields: Json): JsonMap | null => {
      if (fields === null || isJsonMap(fields)) return fields;
      found.push(warnings.invalidField(`${inside}.${key}`, 'is no map of fields', 'no hook'));
      return null;
    };
    postHooks.push({ place: inside, exec: part('exec', exec), init: part('init', init) });
  }
  return { postHooks, warnings: found };
}
