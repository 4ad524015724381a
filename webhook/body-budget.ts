/** Bytes of request bodies that are in memory, over all requests. */
export interface BodyBudget {
  /**
   * A share for the body of one request, still empty.
   *
   * @param evict called when its room is given to a smaller body; it has none any more then, and must let go of what it holds
   */
  open(evict: () => void): BodyShare;
  usedBytes(): number;
}

export interface BodyShare {
  /** Takes so many bytes more. False: there is no room for them; the share has none any more then. */
  take(bytes: number): boolean;
  /** The body is there whole: its room is not given to another one any more. */
  arrived(): void;
  /** Gives its room back; again does nothing. */
  close(): void;
}

interface Holder {
  bytes: number;
  readonly evict: () => void;
}

/**
 * Makes a budget. It counts what has come and not what was announced; and where it is used up, the largest body that is still
 * arriving has to go, and not the one that comes last: whoever sends much and never ends it cannot keep small requests out.
 */
export function createBodyBudget(limitBytes: number): BodyBudget {
  const arriving = new Set<Holder>();
  let usedBytes = 0;

  return {
    usedBytes: () => usedBytes,
    open(evict) {
      const holder: Holder = { bytes: 0, evict };
      arriving.add(holder);
      return {
        take: (bytes) => take(holder, bytes),
        arrived: () => void arriving.delete(holder),
        close: () => drop(holder),
      };
    },
  };

  function take(holder: Holder, bytes: number): boolean {
    while (usedBytes + bytes > limitBytes) {
      const largest = largestBut(holder);
      if (largest === null || largest.bytes <= holder.bytes + bytes) {
        drop(holder);
        return false;
      }
      drop(largest);
      largest.evict();
    }
    holder.bytes += bytes;
    usedBytes += bytes;
    return true;
  }

  function drop(holder: Holder): void {
    arriving.delete(holder);
    usedBytes -= holder.bytes;
    holder.bytes = 0;
  }

  /** Looked for only where there is no room: connections are bounded, and so are these. */
  function largestBut(holder: Holder): Holder | null {
    let largest: Holder | null = null;
    for (const each of arriving) {
      if (each !== holder && each.bytes > (largest?.bytes ?? 0)) largest = each;
    }
    return largest;
  }
}
