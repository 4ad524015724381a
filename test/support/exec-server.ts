import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Cluster } from '../../shared/service/cluster.ts';

/** One exec as its server sees it. */
export class ExecPeer {
  readonly socket: WebSocket;
  readonly #request: IncomingMessage;

  constructor(socket: WebSocket, request: IncomingMessage) {
    this.socket = socket;
    this.#request = request;
  }

  get command(): string[] {
    return new URL(this.#request.url ?? '', 'http://localhost').searchParams.getAll('command');
  }

  /** The token in a shell's command, by which its group is reported. null: the command is no shell's. */
  get token(): string | null {
    return /restore-hooks-group:(\w+):/.exec(this.command[2] ?? '')?.[1] ?? null;
  }

  send(channel: number, payload: string | Buffer): void {
    this.socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(payload as string)]));
  }

  reportGroup(group: number): void {
    this.send(2, `restore-hooks-group:${this.token ?? ''}:${group}\n`);
  }

  /** Ends as a kubelet does: the status, then the close. */
  end(status: unknown = success): void {
    this.send(3, JSON.stringify(status));
    this.socket.close(1000);
  }

  exit(code: number): void {
    this.end(exitStatus(code));
  }

  /** Ends the connection without a word. */
  cut(): void {
    this.socket.terminate();
  }
}

export const success = { metadata: {}, status: 'Success' };

export function exitStatus(code: number): unknown {
  const details = { causes: [{ reason: 'ExitCode', message: String(code) }] };
  return { status: 'Failure', reason: 'NonZeroExitCode', message: `exit code ${code}`, details };
}

/** What an API server answers, byte for byte, to an upgrade with protocols none of which it speaks. */
export const unspokenProtocol = 'HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n';

/** An HTTP answer that refuses an upgrade. */
export function refusal(status: number, body: string, type = 'application/json'): string {
  const head = `HTTP/1.1 ${status} Refused\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
  return `${head}connection: close\r\n\r\n${body}`;
}

export interface ExecServerOptions {
  readonly protocols?: readonly string[];
  /** What is written to each upgrade instead of an answer; the connection then stays open. null: the upgrade is accepted. */
  readonly answer?: (request: IncomingMessage) => string | null;
  /** False: a peer that is there and answers no ping. */
  readonly autoPong?: boolean;
}

/** An API server on loopback, of which there is pods/exec alone, made to fail on purpose. */
export class ExecServer {
  /** The protocols asked for, one entry for each upgrade. */
  readonly asked: string[] = [];
  readonly #http = createServer();
  readonly #sockets = new Set<Duplex>();
  readonly #arrived: ExecPeer[] = [];
  readonly #wanted: ((peer: ExecPeer) => void)[] = [];

  static async start(options: ExecServerOptions = {}): Promise<ExecServer> {
    const server = new ExecServer(options);
    server.#http.listen(0, '127.0.0.1');
    await once(server.#http, 'listening');
    return server;
  }

  private constructor({ protocols = ['v4.channel.k8s.io'], answer = () => null, autoPong = true }: ExecServerOptions) {
    const acceptor = new WebSocketServer({
      noServer: true,
      autoPong,
      handleProtocols: (asked) => protocols.find((protocol) => asked.has(protocol)) ?? false,
    });
    this.#http.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
    });
    this.#http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const asked = request.headers['sec-websocket-protocol'] ?? '';
      this.asked.push(asked);
      const refused = answer(request) ?? (protocols.includes(asked) ? null : unspokenProtocol);
      if (refused === null) {
        acceptor.handleUpgrade(request, socket, head, (peer) => this.#arrive(peer, request));
        return;
      }
      // Read on, so that the client's end of the connection is seen.
      socket.on('end', () => socket.destroy()).resume();
      if (refused === unspokenProtocol) socket.end(refused);
      else socket.write(refused);
    });
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  readonly connection: Cluster['connection'] = (path) =>
    Promise.resolve({ url: `ws://127.0.0.1:${this.port}${path}`, agent: new Agent(), headers: {} });

  /** A cluster with this server for its execs; its other calls are the test's. */
  cluster(call: Cluster['call'] = () => Promise.reject(new Error('no call was expected'))): Cluster {
    return {
      call,
      stream: () => Promise.reject(new Error('no watch was expected')),
      connection: this.connection,
    };
  }

  /** The next exec that has not been asked for yet, past or future. */
  next(): Promise<ExecPeer> {
    const peer = this.#arrived.shift();
    return peer === undefined ? new Promise((resolve) => this.#wanted.push(resolve)) : Promise.resolve(peer);
  }

  #arrive(socket: WebSocket, request: IncomingMessage): void {
    socket.on('error', () => undefined);
    const peer = new ExecPeer(socket, request);
    const wanted = this.#wanted.shift();
    if (wanted === undefined) this.#arrived.push(peer);
    else wanted(peer);
  }

  /** True once an exec came that nobody asked for. */
  get unexpected(): boolean {
    return this.#arrived.length > 0;
  }

  async close(): Promise<void> {
    const closed = once(this.#http, 'close');
    this.#http.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
