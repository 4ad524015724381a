import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { execute, type ExecEnd, type ExecTiming } from '../../executor/exec-session.ts';
import { busyAnswer } from '../support/busy.ts';
import { ExecServer, refusal, success, type ExecPeer, type ExecServerOptions } from '../support/exec-server.ts';

const target = { namespace: 'shop', pod: 'db', container: 'main' };
const timing: ExecTiming = { handshakeTimeoutMs: 5_000, pingIntervalMs: 1_000, pongTimeoutMs: 3_000 };

let server: ExecServer;
afterEach(() => server.close());

/** A session begun: its end, and what its listener was told. */
function begin(bounds: Partial<ExecTiming> = {}, signal: AbortSignal = new AbortController().signal) {
  const heard = { opened: 0, stdout: '', stderr: '', bytes: 0 };
  const listener = {
    opened: () => (heard.opened += 1),
    stdout: (chunk: Buffer) => {
      heard.bytes += chunk.length;
      if (heard.bytes < 1_000) heard.stdout += chunk.toString();
    },
    stderr: (chunk: Buffer) => (heard.stderr += chunk.toString()),
  };
  const end = execute(server.cluster(), target, ['/bin/true'], listener, { ...timing, ...bounds }, signal);
  return { heard, end };
}

async function open(options: ExecServerOptions = {}, bounds: Partial<ExecTiming> = {}) {
  server = await ExecServer.start(options);
  const session = begin(bounds);
  return { ...session, peer: await server.next() };
}

/** Everything of the client's is gone from the server's side: no socket is kept. */
async function allClosed(): Promise<void> {
  while (server.openSockets > 0) await new Promise((resolve) => setImmediate(resolve));
}

describe('an upgrade that is refused', () => {
  const status = JSON.stringify({ kind: 'Status', reason: 'NotFound', message: 'pods "db" not found' });
  it.each([
    { name: 'a Status object', httpStatus: 404, body: status, message: 'pods "db" not found' },
    {
      name: 'a Status object that happens to speak of a protocol',
      httpStatus: 403,
      body: JSON.stringify({ kind: 'Status', message: 'pods "protocol-db" is forbidden' }),
      message: 'pods "protocol-db" is forbidden',
    },
    {
      name: 'plain text',
      httpStatus: 500,
      body: ' error dialing backend\n',
      type: 'text/plain',
      message: 'error dialing backend',
    },
    { name: 'no body', httpStatus: 503, body: '', message: 'no message' },
    { name: 'JSON of another kind', httpStatus: 500, body: '[1]', message: 'no message' },
    { name: 'a huge body', httpStatus: 500, body: 'x'.repeat(4_000_000), type: 'text/html', message: 'x'.repeat(300) },
    { name: 'another upgrade than was asked for', httpStatus: 200, body: 'hello', message: 'hello' },
  ])('with $httpStatus and $name', async ({ httpStatus, body, type, message }) => {
    server = await ExecServer.start({ answer: () => refusal(httpStatus, body, type) });
    const { end, heard } = begin();
    expect(await end).toEqual({ how: 'refused', httpStatus, message });
    expect(heard.opened).toBe(0);
    expect(server.asked).toHaveLength(1);
    await allClosed();
  });

  it.each([502, 504])(
    'with %s, by a proxy that may have passed it on: nothing is known of the command',
    async (httpStatus) => {
      server = await ExecServer.start({ answer: () => refusal(httpStatus, 'upstream went away') });
      const { end } = begin();
      expect(await end).toEqual({ how: 'lost', message: `HTTP ${httpStatus}: upstream went away` });
      expect(server.asked).toHaveLength(1);
      await allClosed();
    },
  );

  it.each([
    { asked: 7, retryAfterMs: 7_000 },
    { asked: 0, retryAfterMs: 0 },
    { asked: null, retryAfterMs: null },
  ])('with 429 and a Retry-After of $asked: the server is busy, and no other protocol is tried', async (busy) => {
    server = await ExecServer.start({ answer: () => busyAnswer(busy.asked) });
    const { end, heard } = begin();
    expect(await end).toEqual({ how: 'busy', retryAfterMs: busy.retryAfterMs, message: 'too many requests' });
    expect(heard.opened).toBe(0);
    expect(server.asked).toHaveLength(1);
    await allClosed();
  });

  it('is busy, within the bound, when the body of a 429 never ends', async () => {
    const half = 'HTTP/1.1 429 No\r\nretry-after: 3\r\ncontent-length: 100\r\n\r\nhalf';
    server = await ExecServer.start({ answer: () => half });
    expect(await begin({ handshakeTimeoutMs: 100 }).end).toMatchObject({ how: 'busy', retryAfterMs: 3_000 });
    await allClosed();
  });

  it('is refused, within the bound, when the body of the answer never ends', async () => {
    server = await ExecServer.start({ answer: () => 'HTTP/1.1 500 No\r\ncontent-length: 100\r\n\r\nhalf' });
    expect(await begin({ handshakeTimeoutMs: 100 }).end).toMatchObject({ how: 'refused', httpStatus: 500 });
    await allClosed();
  });
});

describe('the protocols', () => {
  it.each([
    { speaks: ['v4.channel.k8s.io', 'v5.channel.k8s.io'], asked: ['v4.channel.k8s.io'] },
    { speaks: ['v5.channel.k8s.io'], asked: ['v4.channel.k8s.io', 'v5.channel.k8s.io'] },
  ])('a server that speaks $speaks is asked for $asked', async ({ speaks, asked }) => {
    const { peer, end } = await open({ protocols: speaks });
    peer.end();
    expect(await end).toEqual({ how: 'status', text: JSON.stringify(success) });
    expect(server.asked).toEqual(asked);
  });

  it('a server that speaks neither has refused', async () => {
    server = await ExecServer.start({ protocols: ['v3.channel.k8s.io'] });
    expect(await begin().end).toMatchObject({ how: 'refused', httpStatus: 403 });
    expect(server.asked).toHaveLength(2);
  });

  it('one that upgrades to no protocol may have begun the command, so it is not sent again', async () => {
    const accept = 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n';
    server = await ExecServer.start({ answer: () => accept });
    expect(await begin().end).toMatchObject({ how: 'lost' });
    expect(server.asked).toHaveLength(1);
  });
});

describe('no connection', () => {
  it('is unreachable where nobody listens: the command was not begun', async () => {
    server = await ExecServer.start();
    const cluster = server.cluster();
    const listener = { opened: () => undefined, stdout: () => undefined, stderr: () => undefined };
    await server.close();
    const { signal } = new AbortController();
    expect(await execute(cluster, target, ['true'], listener, timing, signal)).toMatchObject({ how: 'unreachable' });
    server = await ExecServer.start();
  });

  it('is unreachable where the cluster gives no identity', async () => {
    server = await ExecServer.start();
    const cluster = { ...server.cluster(), connection: () => Promise.reject(new Error('no token')) };
    const listener = { opened: () => undefined, stdout: () => undefined, stderr: () => undefined };
    const { signal } = new AbortController();
    const end = await execute(cluster, target, ['true'], listener, timing, signal);
    expect(end).toEqual({ how: 'unreachable', message: 'no token' });
  });

  it('is lost, within the bound, where the request was taken and never answered: the command may have begun', async () => {
    server = await ExecServer.start({ answer: () => '' });
    expect(await begin({ handshakeTimeoutMs: 50 }).end).toMatchObject({ how: 'lost' });
    await allClosed();
  });

  it('is lost within the bound where the answer drips for ever', async () => {
    server = await ExecServer.start({ answer: () => 'HTTP/1.1 101 Swi' });
    const { end } = begin({ handshakeTimeoutMs: 200 });
    expect(await end).toMatchObject({ how: 'lost', message: expect.stringContaining('200 ms') });
  });
});

describe('a connection that ends', () => {
  const half = JSON.stringify(success).slice(0, 10);
  const binary = (...bytes: number[]) => Buffer.from(bytes);
  const lost = { how: 'lost' } as const;
  const status = { how: 'status', text: JSON.stringify(success) } as const;
  const cases: { name: string; act: (peer: ExecPeer) => void; expected: Partial<ExecEnd> }[] = [
    { name: 'cut without a status', act: (peer) => peer.cut(), expected: lost },
    { name: 'closed in order without a status', act: (peer) => peer.socket.close(1000), expected: lost },
    {
      name: 'cut after output',
      act: (peer) => {
        peer.send(1, 'out');
        peer.cut();
      },
      expected: lost,
    },
    {
      name: 'closed in order after the status',
      act: (peer) => {
        peer.send(1, 'out');
        peer.end();
      },
      expected: status,
    },
    {
      name: 'cut after half a status',
      act: (peer) => {
        peer.send(3, half);
        peer.socket.close();
      },
      expected: { how: 'status', text: half },
    },
    {
      name: 'closed after a status in two frames',
      act: (peer) => {
        peer.send(3, half);
        peer.send(3, JSON.stringify(success).slice(10));
        peer.socket.close();
      },
      expected: status,
    },
    {
      name: 'closed after a status over 64 KiB, with a success behind it',
      act: (peer) => {
        peer.send(3, ' '.repeat(65_537));
        peer.end();
      },
      expected: lost,
    },
    {
      name: 'closed after a status over 64 KiB in small frames',
      act: (peer) => {
        for (let frames = 0; frames < 70; frames += 1) peer.send(3, ' '.repeat(1_024));
        peer.end();
      },
      expected: lost,
    },
    {
      name: 'closed after frames that are empty, of unknown channels, of v5’s close channel and of text',
      act: (peer) => {
        for (const frame of [binary(), binary(1), binary(3), binary(9, 65), binary(255, 1)]) peer.socket.send(frame);
        peer.socket.send('text');
        peer.socket.send('');
        peer.end();
      },
      expected: status,
    },
    {
      name: 'closed after a message over the limit',
      act: (peer) => {
        peer.send(1, Buffer.alloc(5 * 1024 * 1024));
        peer.end();
      },
      expected: { how: 'lost', message: 'Max payload size exceeded' },
    },
    {
      name: 'cut for what is no WebSocket frame',
      act: (peer) => void (peer.socket as unknown as { _socket: NodeJS.WritableStream })._socket.write('HTTP/1.1 500'),
      expected: lost,
    },
  ];
  it.each(cases)('$name is $expected.how', async ({ act, expected }) => {
    const { peer, end, heard } = await open();
    act(peer);
    expect(await end).toMatchObject(expected);
    expect(heard.opened).toBe(1);
    await allClosed();
  });

  it('gives each output stream its own', async () => {
    const { peer, end, heard } = await open();
    peer.send(1, 'out');
    peer.send(2, 'err');
    peer.send(1, ' more');
    peer.end();
    await end;
    expect(heard).toMatchObject({ stdout: 'out more', stderr: 'err' });
  });
});

describe('pings', () => {
  it('find a peer that is there and does not answer', async () => {
    const { end, peer } = await open({ autoPong: false }, { pingIntervalMs: 20, pongTimeoutMs: 60 });
    expect(await end).toMatchObject({ how: 'lost', message: expect.stringContaining('silent') });
    peer.cut();
  });

  it('keep a peer that answers them, however long its command says nothing', async () => {
    const { end, peer } = await open({}, { pingIntervalMs: 5, pongTimeoutMs: 15 });
    for (let pings = 0; pings < 20; pings += 1) await once(peer.socket, 'ping');
    peer.end();
    expect(await end).toMatchObject({ how: 'status' });
  });

  it('do not take a stall of this process for the peer’s silence', async () => {
    const { end, peer } = await open({}, { pingIntervalMs: 10, pongTimeoutMs: 30 });
    await once(peer.socket, 'ping');
    const until = performance.now() + 200;
    while (performance.now() < until);
    await once(peer.socket, 'ping');
    peer.end();
    expect(await end).toMatchObject({ how: 'status' });
  });
});

describe('an abort', () => {
  it('before the connection sends nothing', async () => {
    server = await ExecServer.start();
    expect(await begin({}, AbortSignal.abort()).end).toMatchObject({ how: 'unreachable' });
    expect(server.asked).toEqual([]);
  });

  it('while the upgrade is being answered leaves the command unknown', async () => {
    const stop = new AbortController();
    server = await ExecServer.start({
      answer: () => {
        stop.abort();
        return '';
      },
    });
    expect(await begin({}, stop.signal).end).toMatchObject({ how: 'lost' });
    await allClosed();
  });

  it('of an open connection cuts it', async () => {
    server = await ExecServer.start();
    const stop = new AbortController();
    const { end } = begin({}, stop.signal);
    const peer = await server.next();
    stop.abort();
    expect(await end).toMatchObject({ how: 'lost' });
    if (peer.socket.readyState !== peer.socket.CLOSED) await once(peer.socket, 'close');
  });
});

it('takes 256 MiB of output as fast as it comes, in flat memory', async () => {
  const { end, peer, heard } = await open();
  const frame = Buffer.alloc(32 * 1024, 1);
  const before = process.memoryUsage().rss;
  for (let sent = 0; sent < 8_192; sent += 1) {
    peer.socket.send(frame);
    while (peer.socket.bufferedAmount > 1024 * 1024) await new Promise((resolve) => setImmediate(resolve));
  }
  peer.end();
  expect(await end).toMatchObject({ how: 'status' });
  expect(heard.bytes).toBe(8_192 * (frame.length - 1));
  expect((process.memoryUsage().rss - before) / 1024 ** 2).toBeLessThan(128);
}, 30_000);
