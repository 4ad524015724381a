import { isJsonList, type JsonMap } from '../../shared/json-value.ts';
import type { Pod } from '../../shared/pod.ts';
import { readRules, ruleMatches, type ResourceRule } from '../../shared/resource-rule.ts';
import { restoreLabelValue } from '../../shared/restore-label.ts';
import type { RestoreObject } from '../../shared/restore.ts';
import type { Json } from '../../shared/yaml-value.ts';
import { asRestored, type RestoreTarget } from '../plan/as-restored.ts';

/** A Restore, and which pods it takes out of a backup. */
export interface Restoring {
  readonly target: RestoreTarget;
  /** Any of them is enough. */
  readonly selections: readonly ResourceRule[];
}

/** A Restore selects by the same fields as its hooks do, but by the namespaces that the backup has. */
const selectionFields = ['includedNamespaces', 'excludedNamespaces', 'includedResources', 'excludedResources'] as const;

export function restoringOf(restore: RestoreObject): Restoring {
  const fields = (restore.spec ?? {}) as JsonMap;
  const selection = Object.fromEntries(selectionFields.map((field) => [field, fields[field] ?? null]));
  const either = isJsonList(fields.orLabelSelectors) ? fields.orLabelSelectors : [];
  const selectors = either.length > 0 ? either : [fields.labelSelector ?? null];
  const rules = selectors.map((labelSelector): Json => ({ ...selection, labelSelector }));
  return {
    target: { labelValue: restoreLabelValue(restore.metadata.name ?? ''), restore },
    selections: readRules(rules, '').rules,
  };
}

/** The pod as the Restore would create it out of a backup that holds it as it is; null: it would not. */
export function restoredBy(pod: Pod, { target, selections }: Restoring, labelKey: string): Pod | null {
  return selections.some((selection) => ruleMatches(selection, pod)) ? asRestored(pod, target, labelKey) : null;
}

/** The pod as restored by somebody who is not known. */
export function restoredBySome(pod: Pod, labelKey: string): Pod {
  return asRestored(pod, { labelValue: pod.metadata.labels?.[labelKey] ?? '', restore: null }, labelKey);
}
