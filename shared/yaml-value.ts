import { isAlias, isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';

/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export type YamlReading = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly why: string };

/** Texts beyond this are not read. */
const mostCharacters = 65_536;
/**
 * Of characters that may mean something to YAML. The parser's time goes by them, 7 µs for each of the worst (an alias in a list on
 * a line of its own); a hundred hooks of ten words each have 6,000.
 */
const mostMarks = 10_000;
const mark = /[[\]{},:&*!#"'?\n-]/g;
/** A Container's deepest field is at 7. */
const deepest = 32;

/**
 * Reads a document of YAML 1.2, of which JSON is a part, as far as JSON can hold it. Never throws. Aliases, tags and keys that
 * stand twice are refused: none is needed, and each can mean more than is seen.
 */
export function readYaml(text: string): YamlReading {
  if (text.length > mostCharacters) return refuse(`is longer than ${mostCharacters} characters`);
  if (marksIn(text) > mostMarks) return refuse(`has more than ${mostMarks} brackets, colons, lines and the like`);
  try {
    // Its own search for double keys compares each with each.
    const document = parseDocument(text, { uniqueKeys: false, stringKeys: true, prettyErrors: false, merge: false });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) return refuse(`is no YAML${where(text, problem.pos[0])}`);
    return { ok: true, value: valueOf(document.contents, 0) };
  } catch (error) {
    if (error instanceof Refusal) return refuse(`${error.message}${where(text, error.position)}`);
    // The parser's own bounds, and the stack's.
    return refuse('is no YAML');
  }
}

class Refusal extends Error {
  readonly position: number | undefined;
  constructor(message: string, node: unknown) {
    super(message);
    this.position = (node as { range?: readonly number[] | null } | null)?.range?.[0];
  }
}

function valueOf(node: unknown, depth: number): Json {
  if (node === null || node === undefined) return null;
  if (depth > deepest) throw new Refusal(`nests deeper than ${deepest}`, node);
  if (isAlias(node)) throw new Refusal('has an alias', node);
  if (hasTag(node)) throw new Refusal('has a tag', node);
  if (isSeq(node)) return node.items.map((item) => valueOf(item, depth + 1));
  if (isMap(node)) return entriesOf(node, depth);
  if (isScalar(node)) return scalar(node.value);
  throw new Refusal('is no YAML', node);
}

function hasTag(node: unknown): boolean {
  return (node as { tag?: string }).tag !== undefined;
}

function entriesOf(map: YAMLMap, depth: number): Json {
  const entries = new Map<string, Json>();
  for (const { key, value } of map.items) {
    if (!isScalar(key)) throw new Refusal('has a key that is no text', key);
    const name = String(key.value).toWellFormed();
    if (entries.has(name)) throw new Refusal('has a key twice', key);
    entries.set(name, valueOf(value, depth + 1));
  }
  // Unlike an assignment, this makes an own property of `__proto__` too.
  return Object.fromEntries(entries);
}

/** Half a surrogate pair would not survive UTF-8; NaN and the infinities are no JSON. */
function scalar(value: unknown): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return typeof value === 'boolean' ? value : null;
}

function marksIn(text: string): number {
  return text.match(mark)?.length ?? 0;
}

function refuse(why: string): YamlReading {
  return { ok: false, why };
}

function where(text: string, position: number | undefined): string {
  return position === undefined ? '' : ` (line ${text.slice(0, position).split('\n').length})`;
}
