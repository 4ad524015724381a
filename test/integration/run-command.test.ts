import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultExecTiming } from '../../executor/exec-session.ts';
import { runCommand, type CommandLimits } from '../../executor/run-command.ts';
import { busyAnswer } from '../support/busy.ts';
import { ExecServer, refusal, type ExecPeer } from '../support/exec-server.ts';

const target = { namespace: 'shop', pod: 'db', container: 'main' };
const shell = ['/bin/sh', '-c', 'true'];
const direct = ['/bin/true'];

let server: ExecServer;
beforeEach(async () => {
  server = await ExecServer.start();
});
afterEach(() => server.close());

interface Given {
  readonly command?: string[];
  readonly execTimeoutMs?: number;
  readonly limits?: Partial<CommandLimits>;
  readonly signal?: AbortSignal;
}

function run({ command = shell, execTimeoutMs = 5_000, limits = {}, signal }: Given = {}) {
  const all: CommandLimits = { exec: defaultExecTiming, startTimeoutMs: 5_000, outputLimitBytes: 64, ...limits };
  const token = crypto.randomUUID().replaceAll('-', '');
  const never = new AbortController().signal;
  return runCommand(server.cluster(), target, command, execTimeoutMs, all, token, signal ?? never);
}

describe('the outcome of a command', () => {
  const cases: { name: string; act: (peer: ExecPeer) => void; expected: object }[] = [
    { name: 'success', act: (peer) => peer.end(), expected: { outcome: { ok: true }, mayStillRun: false } },
    {
      name: 'an exit code',
      act: (peer) => peer.exit(3),
      expected: { outcome: { reason: 'NonZeroExit', exitCode: 3 }, mayStillRun: false },
    },
    {
      name: 'a cut',
      act: (peer) => peer.cut(),
      expected: { outcome: { reason: 'ConnectionLost' }, mayStillRun: true },
    },
    {
      name: 'a close in order without a status',
      act: (peer) => peer.socket.close(1000),
      expected: { outcome: { reason: 'ConnectionLost' }, mayStillRun: true },
    },
    {
      name: 'half a status',
      act: (peer) => {
        peer.send(3, '{"status":"Succ');
        peer.socket.close();
      },
      expected: { outcome: { reason: 'ConnectionLost' }, mayStillRun: true },
    },
    {
      name: 'a program that is not there',
      act: (peer) => peer.end({ status: 'Failure', reason: 'InternalError', message: 'OCI runtime exec failed' }),
      expected: { outcome: { reason: 'StartFailed' }, mayStillRun: false },
    },
  ];
  it.each(cases)('$name', async ({ act, expected }) => {
    const result = run();
    act(await server.next());
    expect(await result).toMatchObject(expected);
  });

  it('is ConnectFailed where the upgrade was refused: nothing runs', async () => {
    await server.close();
    server = await ExecServer.start({ answer: () => refusal(500, '{"message":"error dialing backend"}') });
    expect(await run()).toMatchObject({
      outcome: { reason: 'ConnectFailed', message: expect.stringContaining('HTTP 500: error dialing backend') },
      mayStillRun: false,
    });
  });

  it('is ConnectFailed, and not sent, where the server was too busy: it may be tried again', async () => {
    await server.close();
    server = await ExecServer.start({ answer: () => busyAnswer(2) });
    expect(await run()).toMatchObject({
      outcome: { reason: 'ConnectFailed', message: expect.stringContaining('too many requests') },
      sent: false,
      retryAfterMs: 2_000,
      mayStillRun: false,
    });
  });

  it('is ConnectionLost where the upgrade was not answered: the command may run', async () => {
    await server.close();
    server = await ExecServer.start({ answer: () => '' });
    const limits = { exec: { ...defaultExecTiming, handshakeTimeoutMs: 50 } };
    expect(await run({ limits })).toMatchObject({ outcome: { reason: 'ConnectionLost' }, mayStillRun: true });
  });

  it('keeps the ends of both outputs, whatever it is, and counts the rest', async () => {
    const result = run();
    const peer = await server.next();
    peer.reportGroup(7);
    peer.send(1, 'x'.repeat(100));
    peer.send(2, 'why');
    peer.cut();
    expect(await result).toMatchObject({
      stdout: { text: 'x'.repeat(64), droppedBytes: 36 },
      stderr: { text: 'why', droppedBytes: 0 },
    });
  });
});

describe('the report of the process group', () => {
  it('is found in frames of one byte, and taken out of stderr', async () => {
    const result = run();
    const peer = await server.next();
    for (const sign of `restore-hooks-group:${peer.token ?? ''}:4711\nmine`) peer.send(2, sign);
    peer.end();
    expect(await result).toMatchObject({ group: 4711, stderr: { text: 'mine', droppedBytes: 0 } });
  });

  it('is not asked of a command that is no shell’s', async () => {
    const result = run({ command: direct });
    const peer = await server.next();
    expect(peer.command).toEqual(direct);
    peer.end();
    expect(await result).toMatchObject({ group: null, outcome: { ok: true } });
  });

  it('of which only a part came stays in the output', async () => {
    const result = run();
    const peer = await server.next();
    peer.send(2, 'restore-hooks-gr');
    peer.end();
    expect(await result).toMatchObject({ group: null, stderr: { text: 'restore-hooks-gr' } });
  });
});

describe('the exec-timeout', () => {
  it('begins with the report of a shell, not with the upgrade', async () => {
    const result = run({ execTimeoutMs: 300, limits: { startTimeoutMs: 60_000 } });
    const peer = await server.next();
    // Nothing but time makes a command late.
    await new Promise((resolve) => setTimeout(resolve, 600));
    const reportedAtMs = performance.now();
    peer.reportGroup(7);
    expect(await result).toMatchObject({ outcome: { reason: 'ExecTimeout' }, group: 7, mayStillRun: true });
    expect(performance.now() - reportedAtMs).toBeGreaterThan(290);
  });

  it('begins with the upgrade where there is no report to come', async () => {
    const result = run({ command: direct, execTimeoutMs: 50, limits: { startTimeoutMs: 60_000 } });
    await server.next();
    expect(await result).toMatchObject({ outcome: { reason: 'ExecTimeout' }, group: null, mayStillRun: true });
  });

  it('and the time to start bound a shell that never reports', async () => {
    const result = run({ execTimeoutMs: 30, limits: { startTimeoutMs: 30 } });
    await server.next();
    expect(await result).toMatchObject({ outcome: { reason: 'ExecTimeout' }, group: null });
  });

  it('is not begun anew by a second report, which is the command’s own word', async () => {
    const result = run({ execTimeoutMs: 200 });
    const peer = await server.next();
    peer.reportGroup(7);
    const again = setInterval(() => peer.reportGroup(8), 20);
    expect(await result).toMatchObject({ outcome: { reason: 'ExecTimeout' }, group: 7 });
    clearInterval(again);
  });

  it('of more than a timer can hold does not end the command at once', async () => {
    const result = run({ execTimeoutMs: 2 ** 40 });
    const peer = await server.next();
    peer.reportGroup(7);
    await new Promise((resolve) => setTimeout(resolve, 50));
    peer.end();
    expect(await result).toMatchObject({ outcome: { ok: true } });
  });
});

describe('an abort', () => {
  it('before the connection: interrupted, and nothing runs', async () => {
    const result = await run({ signal: AbortSignal.abort() });
    expect(result).toMatchObject({
      outcome: { reason: 'Interrupted', message: expect.stringContaining('not run') },
      mayStillRun: false,
    });
  });

  it('while it runs: interrupted, and it may run on', async () => {
    const stop = new AbortController();
    const result = run({ signal: stop.signal });
    (await server.next()).reportGroup(7);
    stop.abort();
    expect(await result).toMatchObject({ outcome: { reason: 'Interrupted' }, mayStillRun: true });
  });
});
