import { once } from 'node:events';
import { connect, type SecureContext, type TLSSocket } from 'node:tls';

/** Longer than a server that is at work may take. */
const answerTimeoutMs = 20_000;

/**
 * One kept-alive HTTP/1.1 connection with at most one request on it, as the API server uses them. It does no more than it
 * must: on two processors a client that costs more than the server would be what is measured.
 */
export class Connection {
  readonly #socket: TLSSocket;
  #answered: ((error: Error | null) => void) | null = null;
  #lost: Error | null = null;
  #received: Buffer | null = null;
  /** Of head and body; 0: the head has not been read yet. */
  #wanted = 0;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error: Error) => {
      this.#lost = error;
    });
    socket.on('close', () => {
      this.#lost ??= new Error('the server closed the connection');
      this.#finish(this.#lost);
    });
    socket.setTimeout(answerTimeoutMs, () => {
      if (this.#answered !== null) socket.destroy(new Error(`no answer within ${answerTimeoutMs} ms`));
    });
  }

  /** Resolves when the handshake is done. */
  static async open(port: number, secureContext: SecureContext): Promise<Connection> {
    const socket = connect({
      host: '127.0.0.1',
      port,
      secureContext,
      servername: 'localhost',
      ALPNProtocols: ['http/1.1'],
    });
    await once(socket, 'secureConnect');
    socket.setNoDelay(true);
    return new Connection(socket);
  }

  /** Sends a whole request, and calls back when its whole answer is there; anything but 200 is an error. */
  send(request: Buffer, answered: (error: Error | null) => void): void {
    if (this.#lost !== null) {
      answered(this.#lost);
      return;
    }
    this.#answered = answered;
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received === null ? chunk : Buffer.concat([this.#received, chunk]);
    if (this.#wanted === 0) {
      const end = this.#received.indexOf('\r\n\r\n');
      if (end === -1) return;
      const head = this.#received.toString('latin1', 0, end);
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
      if (!head.startsWith('HTTP/1.1 200 ') || length === undefined) {
        this.#finish(new Error(`unexpected answer: ${this.#received.toString('utf8', 0, 1_000)}`));
        return;
      }
      this.#wanted = end + 4 + Number(length);
    }
    if (this.#received.length >= this.#wanted) this.#finish(null);
  }

  #finish(error: Error | null): void {
    const answered = this.#answered;
    this.#answered = null;
    this.#received = null;
    this.#wanted = 0;
    answered?.(error);
  }
}

/** The bytes of a request as the API server sends it. */
export function requestOf(body: Buffer): Buffer {
  const head = [
    'POST /mutate?timeout=5s HTTP/1.1',
    'Host: restore-hooks-webhook.restore-hooks.svc:443',
    'User-Agent: kube-apiserver-admission',
    `Content-Length: ${body.length}`,
    'Accept: application/json, */*',
    'Content-Type: application/json',
    'Accept-Encoding: gzip',
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}
