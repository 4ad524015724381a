import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Transform, type Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { createAuthority, createServingCertificate, type CertificatePair } from '../../certs/certificates.ts';
import { refuse, refuseUpgrade, type Refusal } from './proxy-refusal.ts';
import { shapeOf, type Point, type RequestShape } from './proxy-point.ts';
import { FrameCutter } from './web-socket-frames.ts';

/** What becomes of a point. `pass`: it goes its way; `drop`: it never does, and the connection ends; else the client is answered. */
export type Verdict = 'pass' | 'drop' | Refusal;

/** Decides about a point; until it resolves, the point is held. */
export type Gate = (point: Point) => Verdict | Promise<Verdict>;

/** A server to be forwarded to, and those who may be believed to be it. */
export interface Upstream {
  /** Its URL. */
  readonly server: string;
  /** PEM. */
  readonly ca: string;
}

/** By which proxies prove to be themselves. */
export interface ProxyIdentity {
  readonly authority: CertificatePair;
  readonly serving: CertificatePair;
}

const address = '127.0.0.1';

/** Makes the identity of any number of proxies. */
export async function createProxyIdentity(): Promise<ProxyIdentity> {
  const authority = await createAuthority(Date.now());
  const subjects = { dnsNames: [], ipAddresses: [address] };
  return { authority, serving: await createServingCertificate(authority, subjects, Date.now()) };
}

/**
 * An HTTPS proxy between one client and an API server. It forwards requests, watches and exec, says who comes by at each point
 * of the client's life, and can hold, drop, delay or answer what comes, or fall silent as a cut cable does.
 */
export class RecordingProxy {
  /** All points so far, in the order in which they came. */
  readonly points: Point[] = [];
  gate: Gate = () => 'pass';
  /** What each request and each frame waits. */
  latencyMs = 0;

  readonly #upstream: Upstream;
  readonly #agent: Agent;
  readonly #server;
  readonly #sockets = new Set<Duplex>();
  readonly #seen = new Map<string, number>();
  #line: PromiseWithResolvers<undefined> | null = null;

  /** Starts one on a free port of loopback. */
  static async start(upstream: Upstream, identity: ProxyIdentity): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(upstream, identity);
    proxy.#server.listen(0, address);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  private constructor(upstream: Upstream, { serving }: ProxyIdentity) {
    this.#upstream = upstream;
    this.#agent = new Agent({ keepAlive: true, ca: upstream.ca });
    this.#server = createServer({ key: serving.key, cert: serving.cert, keepAliveTimeout: 0, requestTimeout: 0 });
    this.#server.on('secureConnection', (socket: Duplex) => this.#note(socket));
    this.#server.on('request', (request, response) => void this.#forward(request, response));
    this.#server.on('upgrade', (request, socket, head) => void this.#tunnel(request, socket, head));
  }

  get url(): string {
    return `https://${address}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on nothing comes through, either way, and no connection ends. */
  cutOff(): void {
    this.#line ??= Promise.withResolvers<undefined>();
  }

  /** What was on its way when the line was cut arrives. */
  reconnect(): void {
    this.#line?.resolve(undefined);
    this.#line = null;
  }

  /** Ends all connections; what is held will never arrive. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#agent.destroy();
    this.reconnect();
    await closed;
  }

  #note(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    // The other end is told by the close that follows.
    socket.on('error', () => undefined);
  }

  async #flow(): Promise<void> {
    if (this.latencyMs > 0) await delay(this.latencyMs);
    while (this.#line !== null) await this.#line.promise;
  }

  async #meet(phase: Point['phase'], { shape, pod }: RequestShape): Promise<Verdict> {
    const kind = `${phase} ${shape}`;
    const count = (this.#seen.get(`${pod ?? ''} ${kind}`) ?? 0) + 1;
    this.#seen.set(`${pod ?? ''} ${kind}`, count);
    const point = { phase, shape, pod, label: `${kind} ${count}` };
    this.points.push(point);
    const verdict = await this.gate(point);
    await this.#flow();
    return verdict;
  }

  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    if (body === null) return;
    const about = shapeOf({ method: request.method ?? '', url: request.url ?? '', body: body.toString('utf8') });
    const verdict = await this.#meet('request', about);
    if (verdict === 'drop' || response.destroyed) {
      response.destroy();
      return;
    }
    if (verdict !== 'pass') {
      refuse(response, verdict);
      return;
    }
    const upstream = this.#ask(request);
    // Whoever hung up wants no answer: the server must see that, too.
    response.on('close', () => upstream.destroy());
    upstream.on('error', () => response.destroy());
    upstream.on('response', (answer: IncomingMessage) => void this.#passOn(answer, response, about));
    upstream.end(body);
  }

  async #passOn(answer: IncomingMessage, response: ServerResponse, about: RequestShape): Promise<void> {
    const { statusCode = 502 } = answer;
    const refused = statusCode < 400 ? '' : ` refused with ${statusCode}`;
    const verdict = await this.#meet('answer', { ...about, shape: about.shape + refused });
    if (verdict !== 'pass') {
      response.destroy();
      return;
    }
    response.writeHead(statusCode, passable(answer.rawHeaders));
    const line = new Transform({
      transform: (chunk, _encoding, done) => void this.#flow().then(() => done(null, chunk)),
    });
    answer.on('error', () => response.destroy());
    answer.on('close', () => {
      if (!answer.complete) response.destroy();
    });
    response.flushHeaders();
    answer.pipe(line).pipe(response);
  }

  async #tunnel(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    this.#note(socket);
    const about = shapeOf({ method: request.method ?? '', url: request.url ?? '', body: '' });
    const verdict = await this.#meet('request', about);
    if (verdict !== 'pass' || socket.destroyed) {
      if (verdict === 'pass' || verdict === 'drop') socket.destroy();
      else refuseUpgrade(socket, verdict);
      return;
    }
    const upstream = this.#ask(request);
    socket.on('close', () => upstream.destroy());
    upstream.on('error', () => socket.destroy());
    upstream.on('response', (answer) => void this.#refuseUpgrade(answer, socket, about));
    upstream.on('upgrade', (answer, server, serverHead) => {
      this.#note(server);
      socket.on('close', () => server.destroy());
      void this.#meet('answer', about).then((verdict) => {
        if (verdict !== 'pass') socket.destroy();
        if (socket.destroyed) return;
        socket.write(headOf(answer));
        this.#carry(socket, server, 'frame out', about, head);
        this.#carry(server, socket, 'frame in', about, serverHead);
      });
    });
    upstream.end();
  }

  async #refuseUpgrade(answer: IncomingMessage, socket: Duplex, about: RequestShape): Promise<void> {
    const body = await readAll(answer);
    if (body === null || (await this.#meet('answer', about)) !== 'pass') socket.destroy();
    else socket.end(Buffer.concat([Buffer.from(headOf(answer)), body]));
  }

  /** Passes frames on, one after the other. */
  #carry(from: Duplex, to: Duplex, phase: Point['phase'], { shape, pod }: RequestShape, head: Buffer): void {
    const cutter = new FrameCutter();
    let last = Promise.resolve();
    const take = (piece: Buffer) => {
      for (const { bytes, kind } of cutter.take(piece)) {
        last = last.then(async () => {
          const verdict = await this.#meet(phase, { shape: `${shape} ${kind}`, pod });
          if (verdict !== 'pass') to.destroy();
          else if (!to.destroyed) to.write(bytes);
        });
      }
    };
    take(head);
    from.on('data', take);
    from.on('end', () => void last.then(() => to.end()));
    // What is still on its way arrives before.
    const over = () => void last.then(() => to.end(() => to.destroy()));
    if (from.destroyed) over();
    else from.on('close', over);
  }

  #ask(request: IncomingMessage) {
    return httpsRequest(new URL(request.url ?? '', this.#upstream.server), {
      method: request.method ?? '',
      agent: this.#agent,
      headers: { ...request.headers, host: new URL(this.#upstream.server).host },
    });
  }
}

/** null: it was broken off. */
async function readAll(stream: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch (error) {
    if (stream.destroyed) return null;
    throw error;
  }
  return Buffer.concat(chunks);
}

/** Without what concerns one connection alone. */
function passable(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    if (!/^(connection|transfer-encoding|keep-alive)$/i.test(name)) kept.push(name, value);
  }
  return kept;
}

function headOf({ statusCode = 502, statusMessage = '', rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    lines.push(`${name}: ${value}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
