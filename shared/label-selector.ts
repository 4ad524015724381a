import { quote } from './quote.ts';

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelRequirement[];
}

export interface LabelRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

type Labels = Readonly<Record<string, string>>;

// Source: the package util/validation of k8s.io/apimachinery.
const labelName = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/**
 * Whether labels fit a selector (hooks.md section 2). A requirement that Kubernetes would call invalid fits nothing.
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function matchesLabels(selector: LabelSelector, labels: Labels): boolean {
  const matchLabels = selector.matchLabels ?? {};
  return (
    Object.keys(matchLabels).every((key) => valueOf(labels, key) === matchLabels[key]) &&
    (selector.matchExpressions ?? []).every((requirement) => fits(requirement, labels))
  );
}

/** What is wrong with a requirement, as the end of a sentence about it; null: nothing. */
export function requirementProblem({ key, operator, values = [] }: LabelRequirement): string | null {
  if (!labelName.test(key)) return `has the key ${quote(key, 20)}, which no label has`;
  const strange = values.find((value) => !labelValue.test(value));
  if (strange !== undefined) return `has the value ${quote(strange, 20)}, which no label has`;
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0 ? null : `has no values, which ${operator} needs`;
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0 ? null : `has values, which ${operator} does not take`;
    default:
      return `has the unknown operator ${quote(operator, 20)}`;
  }
}

function fits(requirement: LabelRequirement, labels: Labels): boolean {
  if (requirementProblem(requirement) !== null) return false;
  const value = valueOf(labels, requirement.key);
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && (requirement.values ?? []).includes(value);
    case 'NotIn':
      // A pod without the label is not in the set either, as everywhere in Kubernetes.
      return value === undefined || !(requirement.values ?? []).includes(value);
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}

function valueOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
