/** Who may go now: at most so many keys at a time, and of those that wait the one that has waited longest. */
export interface Slots {
  /** Gives the key a slot, or a place in the line: false, and it is woken when its turn has come. */
  take(key: string): boolean;
  /** The key has ended what it took a slot for. */
  free(key: string): void;
  /** The key wants no slot (any more): its place in the line is given up, so that a turn of it is not lost to all. */
  leave(key: string): void;
  /** How many are taken. */
  taken(): number;
}

/**
 * Makes them, all free.
 *
 * @param wake called with the key whose turn has come; it must then `take` or `leave`
 */
export function createSlots(limit: number, wake: (key: string) => void): Slots {
  const holders = new Set<string>();
  /** In the order of their coming, which adding a key again does not change. */
  const line = new Set<string>();

  return {
    take(key) {
      const first = line.values().next().value ?? key;
      if (holders.size >= limit || first !== key) {
        line.add(key);
        return false;
      }
      line.delete(key);
      holders.add(key);
      callNext();
      return true;
    },
    free(key) {
      holders.delete(key);
      callNext();
    },
    leave(key) {
      if (line.delete(key)) callNext();
    },
    taken: () => holders.size,
  };

  function callNext(): void {
    const next = line.values().next().value;
    if (next !== undefined && holders.size < limit) wake(next);
  }
}
