import { isMap, isScalar, isSeq } from 'yaml';
import type { SourceDocument } from '../documents.ts';
import type { Path } from './check.ts';

/** Where a part of a document stands in its file, or as much of the way to it as there is. Counted from 1. */
export function positionOf(source: SourceDocument, path: Path): { readonly line: number; readonly column: number } {
  let node: unknown = source.document.contents;
  let offset = source.document.range[0];
  for (const part of path) {
    offset = startOf(node) ?? offset;
    if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
      continue;
    }
    if (!isMap(node)) break;
    const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
    if (pair === undefined) {
      node = null;
      break;
    }
    offset = startOf(pair.key) ?? offset;
    node = pair.value;
  }
  // What an alias stands for has a place of its own, but this one is meant.
  const hasText = !isScalar(node) || node.value !== null;
  const { line, col } = source.lineCounter.linePos((hasText ? startOf(node) : undefined) ?? offset);
  return { line, column: col };
}

function startOf(node: unknown): number | undefined {
  return (node as { range?: readonly number[] | null } | null | undefined)?.range?.[0];
}
