import { execKeys, initKeys, movedCommandKey, nearestKnownKey, ownKeys } from './annotations.ts';
import { findCommand } from './command-owner.ts';
import { nameSuffix } from './container-name.ts';
import type { ExecHook, InitHook, Left, Plan, PolicyRef } from './hook.ts';
import { distinctContainers } from './distinct-containers.ts';
import { inherit, inheritedCharacters, mostInheritedCharacters, parseInherit, type Inheritable } from './inherit.ts';
import { canMoveBack, judgeLeft } from './judge-left.ts';
import { parseExec } from './parse-exec.ts';
import { parseInit } from './parse-init.ts';
import { parseOwnExec } from './parse-own-exec.ts';
import { parseOwnInit } from './parse-own-init.ts';
import { placeInit } from './place-init.ts';
import { annotationsOnly, type PlanContext } from './plan-context.ts';
import type { Container, Pod } from './pod.ts';
import { shorten } from './quote.ts';
import { parseReadinessGate } from './readiness-gate.ts';
import { ruleSources, type RuleSource } from './rule-sources.ts';
import { execHooksOf, initHooksOf, mostHooks, rulesWarnings, type RuleHooks } from './rule-hooks.ts';
import type { HookWarning } from './warning.ts';
import { warnings } from './warning-sentences.ts';

/** More warnings do not fit into an answer, and a pod of 3 MiB has room for a hundred thousand misspelt keys. */
const mostUnknownKeys = 50;
/** Of a rule's name, which may be any text. */
const longestRule = 40;

/**
 * Decides what is to happen to a restored pod, and collects what was wrong in what was asked. The webhook asks it while the
 * pod is created and the executor when the pod is there, and both get the same hooks and the same words.
 *
 * @param pod with its namespace filled in
 * @param label the restore label's value
 */
export function planPod(pod: Pod, label = '', context: PlanContext = annotationsOnly): Plan {
  const sources = ruleSources(context);
  const init = planInit(pod, context, sources);
  const exec = planExec(pod, context, sources);
  const gate = parseReadinessGate(pod);
  const concerning = init.usesRules || exec.usesRules ? sources : [];
  const found = [
    ...init.warnings,
    ...takenNames(pod, init.hooks),
    ...exec.warnings,
    ...gate.warnings,
    ...concerning.flatMap(({ rules, origin }) => rulesWarnings(pod, rules, origin)),
    ...ambiguity(context),
    ...strangeKeys(pod),
  ];
  const left = judgeLeft(pod, label, context);
  const hasHooks = init.hooks.length + exec.hooks.length > 0;
  if (left !== null) {
    const all = [...init.hooks, ...exec.hooks];
    // Velero runs a pod without a command by the hooks of its Restore: one that is left to it must have its command again.
    const isMoved = context.mode === 'takeover' && pod.metadata.annotations?.[movedCommandKey] !== undefined;
    const movesBack = isMoved && canMoveBack(pod, context.stage);
    const stuck = isMoved && !movesBack ? [warnings.annotationsTooLarge(1)] : [];
    return {
      init: [],
      exec: [],
      warnings: [...found, ...leftWarnings(left, all, context), ...stuck],
      left,
      command: movesBack ? 'moves back' : 'stays',
      policies: [],
      readinessGate: false,
      stamp: false,
    };
  }
  return {
    init: init.hooks,
    exec: exec.hooks,
    warnings: found,
    left,
    command: exec.moves ? 'moves' : 'stays',
    policies: distinctPolicies([...init.policies, ...exec.policies]),
    readinessGate: exec.hooks.length > 0 && (gate.value ?? exec.isGated),
    // The executor decides about a pod whose Restore it can read later.
    stamp: hasHooks || context.restore.is === 'unreadable',
  };
}

function planInit(pod: Pod, context: PlanContext, sources: readonly RuleSource[]) {
  const annotated = [parseInit(pod.metadata), parseOwnInit(pod)];
  const inherited = parseInherit(pod);
  const own = annotated.flatMap(({ hooks }) => hooks);
  const found = [...annotated.flatMap((parsed) => parsed.warnings), ...inherited.warnings];
  const fill = (asked: readonly AskedInit[]) =>
    fillAll(
      distinctInit(asked).map(({ hook, fields }) => ({ hook, fields: inherited.fields ?? fields ?? context.inherit })),
      pod.spec.containers[0],
    );
  const askedFor = (hooks: readonly InitHook[], fields: AskedInit['fields']) => hooks.map((hook) => ({ hook, fields }));
  if (own.length > 0) {
    const filled = fill(askedFor(own, null));
    return { hooks: filled.hooks, warnings: [...found, ...filled.warnings], usesRules: false, policies: [] };
  }
  const { parsed, isCut } = readSources(sources, ({ rules, origin }) => initHooksOf(pod, rules, origin));
  const all = bounded(distinctInit(parsed.flatMap(({ source, hooks }) => askedFor(hooks, source.inherit))), isCut);
  const filled = fill(all.hooks);
  return {
    hooks: filled.hooks,
    warnings: [...found, ...parsed.flatMap((each) => each.warnings), ...all.warnings, ...filled.warnings],
    usesRules: true,
    policies: policiesOf(parsed),
  };
}

function planExec(pod: Pod, context: PlanContext, sources: readonly RuleSource[]) {
  const command = findCommand(pod, context);
  const annotated = parseExec(pod, command.key ?? execKeys.command);
  const own = parseOwnExec(pod);
  const isAnnotated = annotated.hooks.length > 0;
  const found = [...annotated.warnings, ...own.warnings];
  if (isAnnotated || own.hooks.length > 0) {
    const hooks: readonly ExecHook[] = [...(command.isVeleros ? [] : annotated.hooks), ...own.hooks];
    const isTakeover = context.mode === 'takeover' && context.stage === 'admission';
    const moves = isTakeover && isAnnotated && command.key === execKeys.command && !command.isVeleros;
    return { hooks, warnings: found, usesRules: false, policies: [], isGated: false, moves };
  }
  const { parsed, isCut } = readSources(sources, ({ rules, origin }) => execHooksOf(pod, rules, origin));
  const asked = parsed.flatMap(({ source: { policy }, hooks }) =>
    policy === null ? hooks : hooks.map((hook) => ({ ...hook, policyNamespace: policy.namespace })),
  );
  const all = bounded(asked, isCut);
  return {
    hooks: all.hooks,
    warnings: [...found, ...parsed.flatMap((each) => each.warnings), ...all.warnings],
    usesRules: true,
    policies: policiesOf(parsed),
    isGated: parsed.some(({ source, hooks }) => source.readinessGate && hooks.length > 0),
    moves: false,
  };
}

/** An init hook as it was asked for, and what its policy says that it inherits; null: nothing is said. */
interface AskedInit {
  readonly hook: InitHook;
  readonly fields: readonly Inheritable[] | null;
}

/** The first of each, by what was asked for: what a container inherits is no reason to inject it twice. */
function distinctInit(asked: readonly AskedInit[]): AskedInit[] {
  return distinctContainers(asked, ({ hook }) => hook.container);
}

/** What is inherited, every hook has: of a large container, by many hooks, it is more than any pod may hold. */
function fillAll(
  asked: readonly { readonly hook: InitHook; readonly fields: readonly Inheritable[] }[],
  from: Container | undefined,
): { readonly hooks: readonly InitHook[]; readonly warnings: HookWarning[] } {
  const costs = new Map<string, number>();
  let characters = 0;
  const hooks = asked.map(({ hook, fields }) => {
    const cost = costs.get(fields.join()) ?? inheritedCharacters(from, fields);
    costs.set(fields.join(), cost);
    characters += cost;
    if (characters > mostInheritedCharacters) return hook;
    return { ...hook, container: inherit(hook.container, from, fields) };
  });
  const isLess = characters > mostInheritedCharacters;
  const warning = () =>
    warnings.invalidField('spec.containers[0]', 'is too large to be inherited by all', 'not by some');
  return { hooks, warnings: isLess ? [warning()] : [] };
}

function policiesOf(
  parsed: readonly { readonly source: RuleSource; readonly hooks: readonly unknown[] }[],
): PolicyRef[] {
  return parsed.flatMap(({ source, hooks }) => (hooks.length === 0 || source.policy === null ? [] : [source.policy]));
}

/** One policy may ask for init and exec hooks, and is one object in both. */
function distinctPolicies(policies: readonly PolicyRef[]): PolicyRef[] {
  const byKey = new Map(policies.map((policy) => [`${policy.namespace}/${policy.name}`, policy]));
  return [...byKey.values()];
}

/**
 * What each of the sources asks for, in their order. Each keeps to the bound, and there may be any number of them: when twice
 * as many hooks as are taken have been read, for some may be alike, the other sources are left out.
 */
function readSources<Hook>(sources: readonly RuleSource[], read: (source: RuleSource) => RuleHooks<Hook>) {
  const parsed: (RuleHooks<Hook> & { readonly source: RuleSource })[] = [];
  let count = 0;
  for (const source of sources) {
    if (count >= 2 * mostHooks) return { parsed, isCut: true };
    const { hooks, warnings: found } = read(source);
    count += hooks.length;
    parsed.push({ source, hooks, warnings: found });
  }
  return { parsed, isCut: false };
}

/** The first of the hooks of all sources, and a warning if there are others. */
function bounded<Hook>(
  hooks: readonly Hook[],
  isCut: boolean,
): { readonly hooks: readonly Hook[]; readonly warnings: HookWarning[] } {
  if (hooks.length <= mostHooks && !isCut) return { hooks, warnings: [] };
  return { hooks: hooks.slice(0, mostHooks), warnings: [warnings.tooManyHooks('this pod', mostHooks)] };
}

/** Says that hooks are not run here; of those that Velero runs nothing needs to be said. */
function leftWarnings(left: Left, hooks: readonly (InitHook | ExecHook)[], context: PlanContext): HookWarning[] {
  // What was moved out of a Restore's spec, Velero does not see.
  const veleros: readonly string[] = left === 'restore-holds-hooks' ? ['annotation', 'restore'] : ['annotation'];
  const orphans = context.mode === 'takeover' ? hooks.filter(({ source }) => !veleros.includes(source)) : hooks;
  const name = context.restore.is === 'found' ? context.restore.restore.name : '';
  switch (left) {
    case 'observed':
      return [];
    case 'velero-at-work':
      return orphans.length === 0 ? [] : [warnings.veleroAtWork(name, orphans.length)];
    case 'restore-holds-hooks':
      return orphans.length === 0 ? [] : [warnings.restoreHoldsHooks(name, orphans.length)];
    case 'not-taken-over':
      return orphans.length === 0 ? [] : [warnings.notTakenOver(orphans.length)];
    case 'too-large':
      return orphans.length === 0 ? [] : [warnings.annotationsTooLarge(orphans.length)];
  }
}

function ambiguity({ restore }: PlanContext): HookWarning[] {
  if (restore.is !== 'found' || !restore.ambiguous) return [];
  return [warnings.ambiguousRestore(restore.restore.name, restore.restore.namespace)];
}

function takenNames(pod: Pod, hooks: readonly InitHook[]): HookWarning[] {
  return placeInit(pod, hooks).flatMap(({ hook, attempt }) => {
    if (attempt === 1) return [];
    return [warnings.nameTaken(placeOfName(hook), hook.container.name, nameSuffix(attempt))];
  });
}

function placeOfName({ source, rule }: InitHook): string {
  switch (source) {
    case 'annotation':
      return initKeys.name;
    case 'own-annotation':
      return ownKeys.init;
    case 'restore':
      return `Restore rule ${shorten(rule ?? '', longestRule)} initContainers`;
    case 'policy':
      return `RestoreHookPolicy ${shorten(rule ?? '', longestRule)} initContainers`;
  }
}

function strangeKeys(pod: Pod): HookWarning[] {
  let unknown = 0;
  return Object.keys(pod.metadata.annotations ?? {}).flatMap((key) => {
    const nearest = unknown < mostUnknownKeys ? nearestKnownKey(key) : null;
    if (nearest === null) return [];
    unknown += 1;
    return [warnings.unknownKey(key, nearest)];
  });
}
