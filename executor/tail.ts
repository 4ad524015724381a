import type { OutputTail } from '../shared/outcome.ts';
import type { Redact } from '../shared/redact.ts';

/** A secret that the cut went through could not be known by what is left of it: so much more is kept, looked at, and not told. */
const lookBackBytes = 4_096;

const leastRoomBytes = 1_024;

/** Keeps the end of a stream of bytes, in memory that does not grow with what the stream brings. */
export class Tail {
  readonly #limitBytes: number;
  readonly #redact: Redact | null;
  readonly #keptBytes: number;
  /** Grows to twice what is kept, so that what comes in crumbs is not moved for each of them. */
  #room: Buffer = Buffer.alloc(0);
  #usedBytes = 0;
  #seenBytes = 0;

  /** @param redact takes out of the text what is not to be told; null: nothing */
  constructor(limitBytes: number, redact: Redact | null = null) {
    this.#limitBytes = limitBytes;
    this.#redact = redact;
    this.#keptBytes = redact === null || limitBytes === 0 ? limitBytes : limitBytes + lookBackBytes;
  }

  append(chunk: Buffer): void {
    this.#seenBytes += chunk.length;
    const added = chunk.subarray(Math.max(0, chunk.length - this.#keptBytes));
    this.#makeRoom(added.length);
    // A view would hold the whole chunk in memory, so what is kept is always a copy.
    this.#usedBytes += added.copy(this.#room, this.#usedBytes);
  }

  #makeRoom(bytes: number): void {
    if (this.#usedBytes + bytes <= this.#room.length) return;
    const before = this.#room.subarray(Math.max(0, this.#usedBytes + bytes - this.#keptBytes), this.#usedBytes);
    const needed = Math.max(leastRoomBytes, 2 * (before.length + bytes));
    if (needed > this.#room.length) this.#room = Buffer.alloc(Math.min(2 * this.#keptBytes, needed));
    this.#usedBytes = before.copy(this.#room);
  }

  get #kept(): Buffer {
    return this.#room.subarray(Math.max(0, this.#usedBytes - this.#keptBytes), this.#usedBytes);
  }

  /** What is kept now; a character that the cut went through is dropped whole. */
  read(): OutputTail {
    const isCut = this.#seenBytes > this.#kept.length;
    if (this.#redact === null) return cutAt(this.#kept, isCut ? 0 : null, this.#seenBytes);
    const told = Buffer.from(this.#redact(this.#kept.toString('utf8')));
    // What stands right behind the cut may be the end of a secret, whether or not there is room for it.
    const from = Math.max(told.length - this.#limitBytes, isCut ? lookBackBytes : 0);
    return cutAt(told, from === 0 ? null : from, this.#seenBytes - this.#kept.length + told.length);
  }
}

/** What follows a cut; null: nothing is cut off. */
function cutAt(bytes: Buffer, from: number | null, allBytes: number): OutputTail {
  const rest = bytes.subarray(from ?? 0);
  const start = from === null ? 0 : continuationBytes(rest);
  const text = rest.subarray(start).toString('utf8');
  return { text, droppedBytes: allBytes - rest.length + start };
}

/** How many bytes at the start belong to a UTF-8 character that began before them (at most 3). */
function continuationBytes(bytes: Buffer): number {
  let count = 0;
  while (count < 3 && count < bytes.length && ((bytes[count] ?? 0) & 0xc0) === 0x80) count += 1;
  return count;
}
