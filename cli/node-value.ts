import { isAlias, isMap, isScalar, isSeq, type Document, type Pair, type YAMLMap } from 'yaml';
import type { Json } from '../shared/yaml-value.ts';

/** Something in a document that JSON cannot hold, and where. */
export class ValueProblem extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** What all aliases of a document may repeat, in values: a pod of many containers has some hundred. */
const mostRepeated = 100_000;
/** YAML 1.1's, which kubectl reads too. */
const mergeKey = '<<';

/**
 * The value of a document, aliases and merge keys resolved. Throws ValueProblem.
 *
 * It takes time in proportion to the text: what an alias stands for is converted once, and what aliases of aliases would
 * become is counted before anybody goes through it.
 */
export function documentValue(document: Document.Parsed): Json {
  return convert(document.contents, { anchors: new Map(), repeated: 0 }).value;
}

/** A value, and how many there are in it, itself included. */
interface Converted {
  readonly value: Json;
  readonly count: number;
}

interface Progress {
  /** By name, the latest; null: its node is not complete. */
  readonly anchors: Map<string, Converted | null>;
  repeated: number;
}

function convert(node: unknown, progress: Progress): Converted {
  if (isAlias(node)) {
    const target = progress.anchors.get(node.source);
    if (target === undefined) throw new ValueProblem(`*${node.source} names no anchor before it`, offsetOf(node));
    if (target === null) throw new ValueProblem(`*${node.source} stands within its own anchor`, offsetOf(node));
    progress.repeated += target.count;
    if (progress.repeated > mostRepeated) {
      throw new ValueProblem(`aliases repeat more than ${mostRepeated} values`, offsetOf(node));
    }
    return target;
  }
  const anchor = (node as { anchor?: string } | null)?.anchor;
  if (anchor !== undefined) progress.anchors.set(anchor, null);
  const converted = convertPlain(node, progress);
  if (anchor !== undefined) progress.anchors.set(anchor, converted);
  return converted;
}

function convertPlain(node: unknown, progress: Progress): Converted {
  if (isSeq(node)) {
    const items = node.items.map((item) => convert(item, progress));
    return { value: items.map(({ value }) => value), count: sum(items) };
  }
  if (isMap(node)) return convertMap(node, progress);
  return { value: isScalar(node) ? scalar(node.value, offsetOf(node)) : null, count: 1 };
}

function convertMap(map: YAMLMap, progress: Progress): Converted {
  const own = new Map<string, Json>();
  const merged = new Map<string, Json>();
  const parts: Converted[] = [];
  for (const pair of map.items) {
    const name = keyOf(pair);
    const part = convert(pair.value, progress);
    parts.push(part);
    if (isMerge(pair)) {
      for (const source of Array.isArray(part.value) ? (part.value as readonly Json[]) : [part.value]) {
        if (typeof source !== 'object' || source === null || Array.isArray(source)) {
          throw new ValueProblem(`${mergeKey} merges what is no map`, offsetOf(pair.key));
        }
        // Of several that are merged the first counts.
        for (const [key, value] of Object.entries(source)) if (!merged.has(key)) merged.set(key, value);
      }
      continue;
    }
    if (own.has(name)) throw new ValueProblem(`the key ${JSON.stringify(name)} stands twice`, offsetOf(pair.key));
    own.set(name, part.value);
  }
  for (const [key, value] of merged) if (!own.has(key)) own.set(key, value);
  // Unlike an assignment, this makes an own property of `__proto__` too.
  return { value: Object.fromEntries(own), count: sum(parts) };
}

function keyOf({ key }: Pair): string {
  if (isScalar<string>(key)) return key.value.toWellFormed();
  throw new ValueProblem('a key is no text', offsetOf(key));
}

function isMerge({ key }: Pair): boolean {
  return isScalar(key) && key.value === mergeKey && key.type === 'PLAIN';
}

/** Half a surrogate pair would not survive UTF-8; NaN and the infinities are no JSON. */
function scalar(value: unknown, offset: number): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'number') return null;
  if (!Number.isFinite(value)) throw new ValueProblem(`${value} is no number that JSON can hold`, offset);
  return value;
}

function sum(parts: readonly Converted[]): number {
  return parts.reduce((total, { count }) => total + count, 1);
}

function offsetOf(node: unknown): number {
  return (node as { range?: readonly number[] | null } | null)?.range?.[0] ?? 0;
}
