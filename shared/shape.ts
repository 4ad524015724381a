/** Says what is wrong with a text, as the end of a sentence about it; null: nothing. */
export interface TextRule {
  (text: string): string | null;
  /** What it goes by, for a schema that is to say the same. Absent: it takes every text. */
  readonly terms?: TextTerms;
}

/** The patterns mean the same to JavaScript and to RE2, by which the API server goes. */
export type TextTerms =
  | { readonly is: 'words'; readonly words: readonly string[] }
  | { readonly is: 'pattern'; readonly fits?: RegExp; readonly never?: RegExp; readonly longest?: number };

export interface RecordShape {
  readonly is: 'record';
  readonly fields: ReadonlyMap<string, Field>;
  /** What must hold between the fields, as the end of a sentence; null: it does. */
  readonly agree: (record: Readonly<Record<string, unknown>>) => string | null;
}

/** What a value read from YAML must look like for the API server to take it. */
export type Shape =
  | { readonly is: 'text'; readonly rule: TextRule }
  | { readonly is: 'boolean' }
  | { readonly is: 'integer'; readonly from: number; readonly to: number }
  | { readonly is: 'quantity' }
  /** `whole`: one bad element spoils the list; otherwise it alone is left out. */
  | { readonly is: 'list'; readonly of: Shape; readonly whole: boolean }
  /** `whole`: as of a list. */
  | { readonly is: 'map'; readonly of: Shape; readonly keyRule: TextRule; readonly whole: boolean }
  /** Whatever it holds: somebody else reads it. */
  | { readonly is: 'raw' }
  /** Never taken, whatever it holds. */
  | { readonly is: 'refused'; readonly why: string }
  | RecordShape;

/**
 * What a bad field costs: an `optional` one itself, a `vital` one the whole record, for without it the record would mean
 * something else; a `required` one the record too, and also if it is absent.
 */
export interface Field {
  readonly shape: Shape;
  readonly need: 'optional' | 'vital' | 'required';
}

export const boolean: Shape = { is: 'boolean' };
export const quantity: Shape = { is: 'quantity' };
export const raw: Shape = { is: 'raw' };

export function text(rule: TextRule = () => null): Shape {
  return { is: 'text', rule };
}

export function oneOf(...words: readonly string[]): Shape {
  const rule = (word: string) => (words.includes(word) ? null : `is none of ${words.join(', ')}`);
  return text(Object.assign(rule, { terms: { is: 'words', words } as const }));
}

export function integer(from: number, to: number): Shape {
  return { is: 'integer', from, to };
}

export function listOf(of: Shape): Shape {
  return { is: 'list', of, whole: false };
}

export function wholeListOf(of: Shape): Shape {
  return { is: 'list', of, whole: true };
}

export function mapOf(of: Shape, keyRule: TextRule): Shape {
  return { is: 'map', of, keyRule, whole: false };
}

export function wholeMapOf(of: Shape): Shape {
  return { is: 'map', of, keyRule: () => null, whole: true };
}

export function refused(why: string): Shape {
  return { is: 'refused', why };
}

/** Of fields that do not concern each other. */
export const agreeAlways: RecordShape['agree'] = () => null;

export function record(
  fields: Readonly<Record<string, Field>>,
  agree: RecordShape['agree'] = agreeAlways,
): RecordShape {
  return { is: 'record', fields: new Map(Object.entries(fields)), agree };
}

export function optional(shape: Shape): Field {
  return { shape, need: 'optional' };
}

export function vital(shape: Shape): Field {
  return { shape, need: 'vital' };
}

export function required(shape: Shape): Field {
  return { shape, need: 'required' };
}
