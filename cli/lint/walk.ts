import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  visit,
  type Alias,
  type Document,
  type Node,
  type Scalar,
} from 'yaml';
import { shorten } from '../../shared/quote.ts';
import type { Path } from '../plan/check.ts';

/** How far a path could be followed, and what is there. */
export interface Reached {
  /** What holds the value in its map; null: it is the element of a list, or where the walk began. */
  readonly key: Node | null;
  readonly value: Node | null;
  /** What could not be followed; empty: nothing. */
  readonly rest: string;
}

interface Entry {
  readonly key: Scalar;
  readonly value: unknown;
}

/** As keys are shortened in the places of warnings. */
const longestField = 40;
/** Maps merged into merged maps, and maps merged into one: a map can name itself, and many can name each other. */
const deepestMerge = 2;
const mostMerged = 16;

/** Follows paths through the nodes of one document, aliases and merged maps included. */
export class Walker {
  readonly #document: Document;
  #targets: ReadonlyMap<Alias, Node> | null = null;

  constructor(document: Document) {
    this.#document = document;
  }

  /**
   * Follows the path in a warning's place, such as `.resources[0].postHooks[1].exec`, as far as it goes. A key may hold any
   * character, so that only the map can tell where its name ends in the path.
   */
  walk(from: unknown, path: string): Reached {
    let reached: Reached = { key: null, value: this.#resolve(from), rest: path };
    while (reached.rest !== '') {
      const next = this.#step(reached.value, reached.rest);
      if (next === null) return reached;
      reached = next;
    }
    return reached;
  }

  /** The same by whole keys and indexes. */
  descend(from: unknown, path: Path): Reached {
    let reached: Reached = { key: null, value: this.#resolve(from), rest: '' };
    for (const part of path) {
      const { value } = reached;
      const next = typeof part === 'number' ? this.#element(value, part, '') : this.#entry(value, part);
      if (next === null) return reached;
      reached = next;
    }
    return reached;
  }

  #step(value: Node | null, rest: string): Reached | null {
    const index = /^\[(\d+)\]/.exec(rest);
    if (index !== null) return this.#element(value, Number(index[1]), rest.slice(index[0].length));
    let found: Reached | null = null;
    for (const entry of this.#entries(value, 0)) {
      const shown = `.${shorten(String(entry.key.value), longestField)}`;
      if (!rest.startsWith(shown) || !/^([.[]|$)/.test(rest.slice(shown.length))) continue;
      const after = rest.slice(shown.length);
      if (found === null || after.length < found.rest.length) found = this.#reached(entry, after);
    }
    return found;
  }

  #element(value: Node | null, index: number, rest: string): Reached | null {
    const item: unknown = isSeq(value) ? value.items[index] : undefined;
    return item === undefined ? null : { key: null, value: this.#resolve(item), rest };
  }

  #entry(value: Node | null, name: string): Reached | null {
    for (const entry of this.#entries(value, 0)) if (String(entry.key.value) === name) return this.#reached(entry, '');
    return null;
  }

  #reached({ key, value }: Entry, rest: string): Reached {
    return { key, value: this.#resolve(value), rest };
  }

  /** The entries of a map, and then those that `<<` brings in. */
  *#entries(map: Node | null, depth: number): Generator<Entry> {
    if (!isMap(map) || depth > deepestMerge) return;
    const own = map.items.flatMap(({ key, value }) => (isScalar(key) ? [{ key, value }] : []));
    yield* own;
    for (const { value } of own.filter(({ key }) => key.value === '<<')) {
      const merged = this.#resolve(value);
      const maps = isSeq(merged) ? merged.items.slice(0, mostMerged) : [merged];
      for (const each of maps) yield* this.#entries(this.#resolve(each), depth + 1);
    }
  }

  #resolve(node: unknown): Node | null {
    if (!isAlias(node)) return isNode(node) ? node : null;
    // The parser's own search goes through the whole document each time.
    this.#targets ??= targetsOf(this.#document);
    return this.#targets.get(node) ?? node;
  }
}

/** What each alias stands for: the last node before it with its anchor. */
function targetsOf(document: Document): ReadonlyMap<Alias, Node> {
  const anchored = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node)) {
        const target = anchored.get(node.source);
        if (target !== undefined) targets.set(node, target);
      } else if (node.anchor !== undefined) anchored.set(node.anchor, node);
    },
  });
  return targets;
}
