import { movedHooksKey } from '../../shared/annotations.ts';
import { isJsonMap } from '../../shared/json-value.ts';
import { boundProblems } from '../../shared/own-list.ts';
import { policyKind, readPolicy, type Policy, type PolicyObject } from '../../shared/policy.ts';
import { shorten } from '../../shared/quote.ts';
import { holdsHooks, readRestore, restoreRules, type RestoreObject } from '../../shared/restore.ts';
import type { RulesReading } from '../../shared/resource-rule.ts';
import type { RulesOrigin } from '../../shared/rule-hooks.ts';
import type { HookWarning } from '../../shared/warning.ts';
import { warnings } from '../../shared/warning-sentences.ts';
import type { Json } from '../../shared/yaml-value.ts';
import type { Path } from '../plan/check.ts';
import { remarkOf, type Remark } from './remark.ts';
import { restoringOf, type Restoring } from './restoring.ts';
import { checkRules, type CheckedRules } from './rule-checks.ts';

/** A Restore or a policy, read and checked. */
export interface Holder {
  readonly checked: CheckedRules;
  /** What is wrong with it in any pod. */
  readonly remarks: readonly Remark[];
  /** How places in it begin. */
  readonly place: string;
  /** What that stands for, within the object. */
  readonly base: Path;
  /** A text that holds YAML stands there. */
  readonly isText: boolean;
}

export interface RestoreHolder extends Holder {
  readonly restoring: Restoring;
}

export interface PolicyHolder extends Holder {
  readonly policy: Policy;
}

/** As in the places of warnings. */
const longestShownName = 30;
const longestField = 40;

export function holdRestore(object: RestoreObject): RestoreHolder {
  const restore = readRestore(object);
  const place = `Restore ${shorten(restore.name, longestShownName)} hooks`;
  const hooks = object.spec?.hooks ?? null;
  const isText = !holdsHooks(hooks) && restore.hooksText !== '';
  const around = hooks === null || isJsonMap(hooks) ? [] : [warnings.malformedRule(place, 'are no map of fields')];
  return {
    ...hold(place, 'restore', restoreRules(restore), [...around, ...strangeFields(hooks, place, ['resources'])]),
    base: isText ? ['metadata', 'annotations', movedHooksKey] : ['spec', 'hooks'],
    isText,
    restoring: restoringOf(object),
  };
}

export function holdPolicy(object: PolicyObject): PolicyHolder {
  const policy = readPolicy(object);
  const place = `${policyKind} ${shorten(policy.name, longestShownName)} spec`;
  const around = strangeFields(object.spec ?? null, place, ['resources', 'inherit']);
  return { ...hold(place, 'policy', policy.rules, around), base: ['spec'], isText: false, policy };
}

function hold(place: string, source: RulesOrigin['source'], rules: RulesReading, around: readonly HookWarning[]) {
  const checked = checkRules(rules, { source, place: `${place}.resources`, ruleName: ({ name }) => name });
  return { place, checked, remarks: [...boundProblems(place, around).map(remarkOf), ...checked.remarks] };
}

/** These are dropped by the API server, or read by nobody. */
function strangeFields(value: Json, place: string, known: readonly string[]): HookWarning[] {
  if (!isJsonMap(value)) return [];
  const strange = Object.keys(value).filter((field) => !known.includes(field));
  return strange.map((field) => warnings.unknownField(`${place}.${shorten(field, longestField)}`));
}
