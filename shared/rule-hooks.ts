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
/** So many are looked at: there may be any number that are no hooks. */
const mostEntries = 1_000;

/** The exec hooks of all rules that match the pod, in their order. */
export function execHooksOf(pod: Pod, { rules }: RulesReading, origin: RulesOrigin): RuleHooks<ExecHook> {
  const { source, ruleName } = origin;
  return collect(pod, rules, origin, 'exec', (rule, place, fields) =>
    parseExecEntry(pod, { place, fields }, { source, rule: ruleName(rule) }),
  );
}

/** The init containers of all rules that match the pod, in their order. */
export function initHooksOf(pod: Pod, { rules }: RulesReading, origin: RulesOrigin): RuleHooks<InitHook> {
  const { source, ruleName } = origin;
  return collect(pod, rules, origin, 'init', (rule, place, fields) =>
    readInit(pod, fields, place, { source, rule: ruleName(rule) }),
  );
}

/** What is wrong with the rules themselves, as far as it concerns the pod. */
export function rulesWarnings(pod: Pod, reading: RulesReading, { place }: RulesOrigin): readonly HookWarning[] {
  const found = [...reading.warnings];
  for (const rule of reading.rules) {
    // Most rules have none, and this is asked for every pod.
    for (const warning of rule.warnings.length > 0 ? ruleWarnings(rule, pod) : []) found.push(warning);
  }
  return boundProblems(place, found);
}

function collect<Hook>(
  pod: Pod,
  rules: readonly ResourceRule[],
  { place }: RulesOrigin,
  kind: 'exec' | 'init',
  readHook: (rule: ResourceRule, place: string, fields: JsonMap) => RuleHooks<Hook>,
): RuleHooks<Hook> {
  const hooks: Hook[] = [];
  const found: HookWarning[] = [];
  let entries = 0;
  // Of many rules few match, and this is asked for every pod: nothing is made for the others, nor for hooks that are left out.
  for (const rule of rules) {
    if (!hasHook(rule, kind) || !ruleMatches(rule, pod)) continue;
    for (const hook of rule.postHooks) {
      const fields = hook[kind];
      if (fields === null) continue;
      entries += 1;
      if (hooks.length > mostHooks || entries > mostEntries) return bounded(true);
      const read = readHook(rule, `${hook.place}.${kind}`, fields);
      for (const each of read.hooks) hooks.push(each);
      for (const each of read.warnings) found.push(each);
    }
  }
  return bounded(hooks.length > mostHooks);

  function bounded(isCut: boolean): RuleHooks<Hook> {
    const told = isCut ? [warnings.tooManyHooks(place, mostHooks), ...found] : found;
    return { hooks: hooks.slice(0, mostHooks), warnings: boundProblems(place, told) };
  }
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
  // One more than is taken, so that it is told.
  const parsed = initContainers.slice(0, mostHooks + 1).map((container, index) => {
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
