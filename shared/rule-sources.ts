import type { PolicyRef } from './hook.ts';
import type { Inheritable } from './inherit.ts';
import type { PlanContext } from './plan-context.ts';
import { policyKind } from './policy.ts';
import type { RulesReading } from './resource-rule.ts';
import type { RulesOrigin } from './rule-hooks.ts';

/** A Restore or a policy, as far as hooks come from it. */
export interface RuleSource {
  readonly rules: RulesReading;
  readonly origin: RulesOrigin;
  readonly inherit: readonly Inheritable[] | null;
  readonly readinessGate: boolean;
  /** null: it is the Restore. */
  readonly policy: PolicyRef | null;
}

/** The Restore, then the policies, in their order: where hooks come from if the pod's annotations ask for none. */
export function ruleSources({ restore, policies }: PlanContext): RuleSource[] {
  const standing = policies.map(({ namespace, name, rules, inherit, readinessGate }): RuleSource => {
    const ruleName: RulesOrigin['ruleName'] = (rule) => `${name}/${rule.name ?? ''}`;
    return {
      rules,
      inherit,
      readinessGate,
      policy: { namespace, name },
      origin: { source: 'policy', place: `${policyKind} ${name} spec.resources`, ruleName },
    };
  });
  if (restore.is !== 'found') return standing;
  const place = `Restore ${restore.restore.name} hooks.resources`;
  const origin: RulesOrigin = { source: 'restore', place, ruleName: ({ name }) => name };
  return [{ rules: restore.rules, inherit: null, readinessGate: false, policy: null, origin }, ...standing];
}
