/** The operations of RFC 6902 that are made here. */
export type JsonPatchOperation =
  | { readonly op: 'add'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move'; readonly from: string; readonly path: string };

/** A JSON Pointer to a place in a document, its parts escaped (RFC 6901). */
export function pointer(...parts: readonly (string | number)[]): string {
  let path = '';
  for (const part of parts) path += `/${typeof part === 'number' ? part : escape(part)}`;
  return path;
}

/** Most parts have nothing to escape, and to look costs less than to replace. */
function escape(part: string): string {
  if (!part.includes('~') && !part.includes('/')) return part;
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
