/**
 * The part of a structural schema that is written here.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export interface Schema {
  readonly description?: string;
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  /** null is as good as absent. */
  readonly nullable?: true;
  readonly format?: 'int64' | 'date-time';
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly not?: { readonly pattern: string };
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema;
  readonly maxProperties?: number;
  readonly 'x-kubernetes-int-or-string'?: true;
  readonly 'x-kubernetes-preserve-unknown-fields'?: true;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly Validation[];
}

/** A rule in CEL, which the API server puts to a value that has its type. */
export interface Validation {
  readonly rule: string;
  /** What to do, since the field is named before it. */
  readonly message: string;
  /** In CEL, instead of the message. */
  readonly messageExpression?: string;
  /** The field that is named, from where the rule stands. Absent: the field in which it stands. */
  readonly fieldPath?: string;
  /** Not FieldValueDuplicate, with which the API server leaves the message out. */
  readonly reason?: 'FieldValueRequired' | 'FieldValueForbidden';
}

/** A text as CEL writes it. */
export function celText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** A pattern as RE2 reads it. */
export function re2({ source, flags }: RegExp): string {
  return `${flags.includes('s') ? '(?s)' : ''}${source.replaceAll('\\/', '/')}`;
}
