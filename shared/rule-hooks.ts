import { parseExecEntry } from './exec-entry.ts';
import type { ExecHook, HookSource, InitHook } from './hook.ts';
import { parseInitEntry } from './init-entry.ts';
import { isJsonList, isJsonMap, type JsonMap } from './json-value.ts';
import { boundProblems } from './own-list.ts';
import { noLimit } from './parse-init.ts';
import type { Pod } from './pod.ts';
import { ruleMatches, ruleWarnings, unknownFields, type ResourceRule, type RulesReading } from './resource-rule.ts';
import { parseTimeout } from './timeout.ts';
import type { HookWarning } from './warning.ts';
import { warnings } from './warning-sentences.ts';
import type { Json } from './yaml-value.ts';

/** What the rules of one Restore or policy ask for a pod. */
export interface RuleHooks<Hook> {
  readonly hooks: readonly Hook[];
  readonly warnings: readonly HookWarning[];
}

export interface RulesOrigin {
  readonly source: Extract<HookSource, 'restore' | 'policy'>;
  /** Names the Restore or policy in warnings. */
  readonly place: string;
  /** How a hook names its rule; null: it has no name. */
  readonly ruleName: (rule: ResourceRule) => string | null;
}

/** Beyond it, hooks of one Restore or policy for one pod are a mistake, and each is looked for among the others. */
export const mostHooks = 500;

/** The exec hooks of all rules that match the pod, in their order. */
export function execHooksOf(pod: Pod, { rules }: RulesReading, origin: RulesOrigin): RuleHooks<ExecHook> {
  return collect(pod, rules, origin, 'exec', (rule) =>
    rule.postHooks.map(({ place, exec }) => {
      if (exec === null) return { hooks: [], warnings: [] };
      const { source, ruleName } = origin;
      return parseExecEntry(pod, { place: `${place}.exec`, fields: exec }, { source, rule: ruleName(rule) });
    }),
  );
}

/** The init containers of all rules that match the pod, in their order. */
export function initHooksOf(pod: Pod, { rules }: RulesReading, origin: RulesOrigin): RuleHooks<InitHook> {
  return collect(pod, rules, origin, 'init', (rule) =>
    rule.postHooks.map(({ place, init }) => {
      if (init === null) return { hooks: [], warnings: [] };
      const { source, ruleName } = origin;
      return readInit(pod, init, `${place}.init`, { source, rule: ruleName(rule) });
    }),
  );
}

/** What is wrong with the rules themselves, as far as it concerns the pod. */
export function rulesWarnings(pod: Pod, reading: RulesReading, { place }: RulesOrigin): readonly HookWarning[] {
  const found = [...reading.warnings];
  for (const rule of reading.rules) {
    // Most rules have none, and this is asked for every pod.
    if (rule.warnings.length > 0) found.push(...ruleWarnings(rule, pod));
  }
  return boundProblems(place, found);
}

function collect<Hook>(
  pod: Pod,
  rules: readonly ResourceRule[],
  { place }: RulesOrigin,
  kind: 'exec' | 'init',
  read: (rule: ResourceRule) => readonly RuleHooks<Hook>[],
): RuleHooks<Hook> {
  const parsed: RuleHooks<Hook>[] = [];
  // Of many rules few match, and this is asked for every pod: nothing is made for the others.
  for (const rule of rules) if (hasHook(rule, kind) && ruleMatches(rule, pod)) parsed.push(...read(rule));
  const hooks = parsed.flatMap((each) => each.hooks);
  const found = parsed.flatMap((each) => each.warnings);
  if (hooks.length > mostHooks) found.unshift(warnings.tooManyHooks(place, mostHooks));
  return { hooks: hooks.slice(0, mostHooks), warnings: boundProblems(place, found) };
}

function hasHook({ postHooks }: ResourceRule, kind: 'exec' | 'init'): boolean {
  for (const hook of postHooks) if (hook[kind] !== null) return true;
  return false;
}

function readInit(
  pod: Pod,
  fields: JsonMap,
  place: string,
  origin: { readonly source: 'restore' | 'policy'; readonly rule: string | null },
): RuleHooks<InitHook> {
  const { initContainers = null, timeout = null, ...others } = fields;
  const limit = readTimeout(`${place}.timeout`, timeout);
  const found = [...unknownFields(others, place), ...limit.warnings];
  if (initContainers === null) return { hooks: [], warnings: found };
  const inside = `${place}.initContainers`;
  if (!isJsonList(initContainers)) {
    return { hooks: [], warnings: [...found, warnings.invalidField(inside, 'is no list', 'no hook')] };
  }
  const parsed = initContainers.map((container, index) => {
    const at = `${inside}[${index}]`;
    if (isJsonMap(container)) return parseInitEntry(pod, { place: at, fields: container }, origin, limit.value);
    return { hooks: [], warnings: [warnings.invalidField(at, 'is no map of fields', 'no hook')] };
  });
  return {
    hooks: parsed.flatMap(({ hooks }) => hooks),
    warnings: [...found, ...parsed.flatMap((each) => each.warnings)],
  };
}

/** A number is none: it would not say of what. */
function readTimeout(key: string, value: Json) {
  if (value === null || typeof value === 'string') return parseTimeout(key, value ?? undefined, noLimit);
  return { value: noLimit.ms, warnings: [warnings.malformedDuration(key, JSON.stringify(value), noLimit.taken)] };
}
