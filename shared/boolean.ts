const words: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((word) => [word, false] as const),
]);

/**
 * Reads a truth value as Go's strconv.ParseBool does, for which `tRUE`, `yes` and ` true` are none.
 * Source: https://pkg.go.dev/strconv#ParseBool
 *
 * @returns null where Go reports an error.
 */
export function parseBoolean(text: string): boolean | null {
  return words.get(text) ?? null;
}
