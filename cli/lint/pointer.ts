import { isScalar, type Node } from 'yaml';
import { readDocuments, type SourceDocument } from '../documents.ts';
import type { Path } from '../plan/check.ts';
import type { Position } from './finding.ts';
import { mapScalar, type SourceMap } from './scalar-offset.ts';
import { Walker, type Reached } from './walk.ts';

/** What of a field is pointed at: an unknown one is wrong in its name, others in what they hold. */
export type Target = 'key' | 'value';

/** The YAML that stands in an annotation's text. */
interface Inner {
  readonly map: SourceMap;
  readonly contents: Node | null;
  readonly walker: Walker;
}

/** Finds the lines and columns of what a document holds. What is not there is the nearest that is. */
export class Pointer {
  readonly #source: SourceDocument;
  readonly #text: string;
  readonly #walker: Walker;
  readonly #inner = new Map<Node, Inner>();

  /** @param text of the whole file */
  constructor(source: SourceDocument, text: string) {
    this.#source = source;
    this.#text = text;
    this.#walker = new Walker(source.document);
  }

  to(path: Path, target: Target = 'value'): Position {
    return this.#position(this.#descend(path), target);
  }

  /** @param rest a path as it stands in a warning's place, below what `path` leads to */
  below(path: Path, rest: string, target: Target): Position {
    const base = this.#descend(path);
    const reached = this.#walker.walk(base.value, rest);
    return this.#position(reached.rest === rest ? base : reached, target);
  }

  /** @param rest a path below the YAML that stands in the text that `path` leads to */
  within(path: Path, rest: string, target: Target): Position {
    const base = this.#descend(path);
    const inner = this.#innerOf(base.value);
    if (inner === null) return this.#position(base, 'value');
    const offset = offsetOf(inner.walker.walk(inner.contents, rest), target);
    return this.#positionWithin(base, inner.map, offset ?? 0);
  }

  /** @param line from 1, of the text that `path` leads to */
  lineWithin(path: Path, line: number): Position {
    const base = this.#descend(path);
    const value: unknown = isScalar(base.value) ? base.value.value : null;
    if (typeof value !== 'string') return this.#position(base, 'value');
    const before = value.split('\n', line - 1).reduce((length, each) => length + each.length + 1, 0);
    return this.#positionWithin(base, this.#mapOf(base.value, value), before);
  }

  #descend(path: Path): Reached {
    return this.#walker.descend(this.#source.document.contents, path);
  }

  #innerOf(node: Node | null): Inner | null {
    if (!isScalar(node) || typeof node.value !== 'string') return null;
    const known = this.#inner.get(node);
    if (known !== undefined) return known;
    const [read] = readDocuments({ name: '', text: node.value }).documents;
    if (read === undefined) return null;
    const inner = {
      map: this.#mapOf(node, node.value),
      contents: read.document.contents,
      walker: new Walker(read.document),
    };
    this.#inner.set(node, inner);
    return inner;
  }

  #mapOf(node: Node | null, value: string): SourceMap {
    const [from, to] = node?.range ?? [0, 0];
    return mapScalar(this.#text.slice(from, to), value);
  }

  #positionWithin(base: Reached, map: SourceMap, at: number): Position {
    const offset = map(at);
    return offset === null ? this.#position(base, 'value') : this.#at((base.value?.range?.[0] ?? 0) + offset);
  }

  #position(reached: Reached, target: Target): Position {
    return this.#at(offsetOf(reached, target) ?? 0);
  }

  #at(offset: number): Position {
    const { line, col } = this.#source.lineCounter.linePos(Math.min(offset, this.#text.length));
    return { line, column: col };
  }
}

/** null: nothing of it stands in the text. */
function offsetOf({ key, value }: Reached, target: Target): number | null {
  const [from, to] = value?.range ?? [0, 0];
  const order = target === 'key' || to === from ? [key, value] : [value, key];
  return order.find((node) => node?.range != null)?.range?.[0] ?? null;
}
