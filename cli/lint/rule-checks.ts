import { boundProblems } from '../../shared/own-list.ts';
import type { Pod } from '../../shared/pod.ts';
import { ruleMatches, type PostHook, type ResourceRule, type RulesReading } from '../../shared/resource-rule.ts';
import { execHooksOf, initHooksOf, type RulesOrigin } from '../../shared/rule-hooks.ts';
import type { HookWarning } from '../../shared/warning.ts';
import { fittingPod } from './fitting-pod.ts';
import { checkExecs, checkInits, checkStartup } from './hook-checks.ts';
import { remarkOf, type Remark } from './remark.ts';
import { execOfRule, initsOfRule, type WrittenInit } from './written-hooks.ts';

/** The rules of a Restore or policy, with what is said of them already. */
export interface CheckedRules {
  readonly rules: RulesReading;
  readonly origin: RulesOrigin;
  /** What is wrong with them in any pod. */
  readonly remarks: readonly Remark[];
  readonly known: ReadonlySet<string>;
}

/** Which hooks of a pod are those of rules: none of a kind that its annotations ask for. */
export interface RuledKinds {
  readonly exec: boolean;
  readonly init: boolean;
}

/** From so many on it is looked whether they are too many. */
const manyHooks = 100;

export function checkRules(rules: RulesReading, origin: RulesOrigin): CheckedRules {
  const own = [
    ...boundProblems(origin.place, rules.warnings),
    ...rules.rules.flatMap((rule) => boundProblems(rule.place, rule.warnings)),
  ];
  const inside = rules.rules.flatMap((rule) => checkRule(rule, origin));
  const remarks = [...own.map(remarkOf), ...inside];
  return { rules, origin, remarks, known: new Set(remarks.map(identity)) };
}

/** What is wrong with the rules that match a pod because of this pod, and the init hooks that it gets from them. */
export function checkRulesInPod(
  pod: Pod,
  { rules, origin, known }: CheckedRules,
  kinds: RuledKinds,
): { readonly remarks: readonly Remark[]; readonly inits: readonly WrittenInit[] } {
  const matching = rules.rules.filter((rule) => ruleMatches(rule, pod));
  const asked = matching
    .flatMap(({ postHooks }) => postHooks)
    .map(({ place, exec, init }) => ({ place, exec: kinds.exec ? exec : null, init: kinds.init ? init : null }));
  const from = { source: origin.source, rule: null };
  const found = asked.flatMap((postHook) => warningsOf(pod, postHook, origin)).map(remarkOf);
  const execs = asked.flatMap((postHook) => execOfRule(pod, postHook, from));
  const inits = asked.flatMap((postHook) => initsOfRule(pod, postHook, from));
  const tooMany = asked.length < manyHooks ? [] : tooManyHooks(pod, rules, origin, kinds);
  const all = [...tooMany, ...found, ...execs.flatMap((written) => checkStartup(pod, written))];
  return { remarks: all.filter((remark) => !known.has(identity(remark))), inits };
}

function checkRule(rule: ResourceRule, origin: RulesOrigin): Remark[] {
  const read = rule.postHooks.map((postHook) => {
    const pod = fittingPod(postHook);
    return { pod, postHook, warnings: warningsOf(pod, postHook, origin) };
  });
  const from = { source: origin.source, rule: null };
  const found = read.flatMap(({ warnings }) => warnings);
  const execs = read.flatMap(({ pod, postHook }) => execOfRule(pod, postHook, from));
  const inits = read.flatMap(({ pod, postHook }) => initsOfRule(pod, postHook, from));
  return [...found.map(remarkOf), ...checkExecs(execs, found), ...checkInits(inits)];
}

/** In the words that the webhook would have for them. */
function warningsOf(pod: Pod, postHook: PostHook, origin: RulesOrigin): readonly HookWarning[] {
  const rules: RulesReading = {
    rules: [{ ...matchingAll, place: postHook.place, postHooks: [postHook] }],
    warnings: [],
  };
  return [...initHooksOf(pod, rules, origin).warnings, ...execHooksOf(pod, rules, origin).warnings];
}

const matchingAll: ResourceRule = {
  place: '',
  name: null,
  includedNamespaces: [],
  excludedNamespaces: [],
  includedResources: [],
  excludedResources: [],
  labelSelector: null,
  postHooks: [],
  warnings: [],
};

function tooManyHooks(pod: Pod, rules: RulesReading, origin: RulesOrigin, kinds: RuledKinds): Remark[] {
  const found = [
    ...(kinds.init ? initHooksOf(pod, rules, origin).warnings : []),
    ...(kinds.exec ? execHooksOf(pod, rules, origin).warnings : []),
  ];
  return found.filter(({ code }) => code === 'TooManyHooks').map(remarkOf);
}

function identity({ code, place, text }: Remark): string {
  return JSON.stringify([code, place, text]);
}
