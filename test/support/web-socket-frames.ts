/** A frame of a WebSocket connection, as it is on the wire. */
export interface Frame {
  readonly bytes: Buffer;
  /** `stdout`, `stderr` or `status` of an exec, `close`, `ping`, `pong`; or the opcode or channel as a number. */
  readonly kind: string;
}

const opcodes: Readonly<Record<number, string>> = { 8: 'close', 9: 'ping', 10: 'pong' };
const channels: Readonly<Record<number, string>> = { 1: 'stdout', 2: 'stderr', 3: 'status' };
const binary = 2;

/** Cuts a byte stream into the frames of RFC 6455, wherever its pieces are cut. */
export class FrameCutter {
  #pending: Buffer = Buffer.alloc(0);

  /** Takes the next piece, and returns the frames that are whole by now. */
  take(piece: Buffer): Frame[] {
    this.#pending = Buffer.concat([this.#pending, piece]);
    const frames: Frame[] = [];
    for (let size = this.#sizeOfNext(); size <= this.#pending.length; size = this.#sizeOfNext()) {
      const bytes = this.#pending.subarray(0, size);
      frames.push({ bytes, kind: kindOf(bytes) });
      this.#pending = this.#pending.subarray(size);
    }
    return frames;
  }

  /** Infinity: its header is not whole yet. */
  #sizeOfNext(): number {
    const header = headerOf(this.#pending);
    return header === null ? Infinity : header.payloadAt + header.length;
  }
}

interface Header {
  readonly payloadAt: number;
  readonly length: number;
  /** null: not masked. */
  readonly maskAt: number | null;
}

function headerOf(bytes: Buffer): Header | null {
  if (bytes.length < 2) return null;
  const second = bytes.readUInt8(1);
  const isMasked = (second & 0x80) !== 0;
  const short = second & 0x7f;
  const lengthSize = short === 127 ? 8 : short === 126 ? 2 : 0;
  const maskAt = 2 + lengthSize;
  if (bytes.length < maskAt) return null;
  const length = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
  return { payloadAt: maskAt + (isMasked ? 4 : 0), length, maskAt: isMasked ? maskAt : null };
}

function kindOf(bytes: Buffer): string {
  const opcode = bytes.readUInt8(0) & 0x0f;
  const header = headerOf(bytes);
  if (opcode !== binary || header === null) return opcodes[opcode] ?? `opcode ${opcode}`;
  if (header.length === 0) return 'empty';
  const mask = header.maskAt === null ? 0 : bytes.readUInt8(header.maskAt);
  const channel = bytes.readUInt8(header.payloadAt) ^ mask;
  const name = channels[channel] ?? `channel ${channel}`;
  // The server opens each channel with a message that holds nothing.
  return header.length === 1 ? `${name} opened` : name;
}
