/** Values that count for a while. */
export interface Recent<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
}

/** Beyond it the oldest go: labels are anybody's to write. */
const mostEntries = 1_000;

/** Makes a store whose values are forgotten after `ms` milliseconds, and the oldest of more than 1,000 at once. */
export function createRecent<Value>(ms: number, nowMs: () => number = () => performance.now()): Recent<Value> {
  const entries = new Map<string, { readonly value: Value; readonly untilMs: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (entry.untilMs > nowMs()) return entry.value;
      entries.delete(key);
      return undefined;
    },
    set(key, value) {
      entries.delete(key);
      entries.set(key, { value, untilMs: nowMs() + ms });
      for (const oldest of entries.keys()) {
        if (entries.size <= mostEntries) break;
        entries.delete(oldest);
      }
    },
  };
}
