import type { OutputTail } from '../shared/outcome.ts';

/** Keeps the end of a stream of bytes, in memory that does not grow with what the stream brings. */
export class Tail {
  readonly #limitBytes: number;
  #kept: Buffer = Buffer.alloc(0);
  #seenBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  append(chunk: Buffer): void {
    this.#seenBytes += chunk.length;
    // A view would hold the whole chunk in memory, so what is kept is always a copy.
    const joined = chunk.length >= this.#limitBytes ? chunk : Buffer.concat([this.#kept, chunk]);
    this.#kept = Buffer.from(joined.subarray(Math.max(0, joined.length - this.#limitBytes)));
  }

  /** What is kept now; a character that the cut went through is dropped whole. */
  read(): OutputTail {
    const start = this.#seenBytes > this.#kept.length ? continuationBytes(this.#kept) : 0;
    const text = this.#kept.subarray(start).toString('utf8');
    return { text, droppedBytes: this.#seenBytes - this.#kept.length + start };
  }
}

/** How many bytes at the start belong to a UTF-8 character that began before them (at most 3). */
function continuationBytes(bytes: Buffer): number {
  let count = 0;
  while (count < 3 && count < bytes.length && ((bytes[count] ?? 0) & 0xc0) === 0x80) count += 1;
  return count;
}
