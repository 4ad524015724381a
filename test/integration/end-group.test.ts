import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { endGroup, type EndGroupTiming } from '../../executor/end-group.ts';
import { defaultExecTiming } from '../../executor/exec-session.ts';
import type { CommandLimits } from '../../executor/run-command.ts';
import { ExecServer, refusal, type ExecPeer, type ExecServerOptions } from '../support/exec-server.ts';

const target = { namespace: 'shop', pod: 'db', container: 'main' };
const limits: CommandLimits = { exec: defaultExecTiming, startTimeoutMs: 5_000, outputLimitBytes: 4_096 };
const timing: EndGroupTiming = { termGraceMs: 5_000, pollMs: 1, reachMs: 5_000 };

let server: ExecServer;
afterEach(() => server.close());

async function end(
  more: Partial<EndGroupTiming> = {},
  sameContainer: () => Promise<boolean> = () => Promise.resolve(true),
  signal: AbortSignal = new AbortController().signal,
) {
  const group = { target, shell: '/bin/sh', group: 4711, sameContainer };
  return endGroup(server.cluster(), group, limits, { ...timing, ...more }, signal);
}

/** Answers the signals in turn; resolves to what was sent. */
async function answer(...answers: ((peer: ExecPeer) => void)[]): Promise<string[]> {
  const sent: string[] = [];
  for (const act of answers) {
    const peer = await server.next();
    // The signal is wrapped like any other shell command.
    sent.push(peer.command.at(-1) ?? '');
    act(peer);
  }
  return sent;
}

const there = (peer: ExecPeer) => peer.end();
const gone = (peer: ExecPeer) => peer.exit(1);

describe('a process group', () => {
  beforeEach(async () => {
    server = await ExecServer.start();
  });

  it('that goes at TERM is ended', async () => {
    const ending = end();
    expect(await answer(there, there, gone)).toEqual(['kill -TERM -4711', 'kill -0 -4711', 'kill -0 -4711']);
    expect(await ending).toBe('ended');
  });

  it('that has gone already is ended', async () => {
    const ending = end();
    expect(await answer(gone)).toEqual(['kill -TERM -4711']);
    expect(await ending).toBe('ended');
  });

  it('that ignores TERM gets KILL after the grace time', async () => {
    const ending = end({ termGraceMs: 30, pollMs: 100 });
    expect(await answer(there, there, there)).toEqual(['kill -TERM -4711', 'kill -0 -4711', 'kill -KILL -4711']);
    expect(await ending).toBe('ended');
  });

  it('that may not be signalled is unknown', async () => {
    const ending = end();
    await answer((peer) => {
      peer.send(2, 'sh: kill: (-4711) - Operation not permitted\n');
      peer.exit(1);
    });
    expect(await ending).toBe('unknown');
  });

  it.each([126, 127, 137])('is not taken for gone because the shell that asks ends with %d', async (code) => {
    const ending = end();
    expect(await answer((peer) => peer.exit(code), gone)).toHaveLength(2);
    expect(await ending).toBe('ended');
  });

  it('is asked for again after a connection without an answer', async () => {
    const ending = end();
    await answer((peer) => peer.cut(), gone);
    expect(await ending).toBe('ended');
  });

  it('of a container that was replaced is ended with it: no signal is sent', async () => {
    expect(await end({}, () => Promise.resolve(false))).toBe('ended');
    expect(server.asked).toEqual([]);
  });

  it('of a container that is replaced after TERM gets no KILL', async () => {
    let asked = 0;
    const ending = end({}, () => Promise.resolve((asked += 1) === 1));
    await answer(there);
    expect(await ending).toBe('ended');
    expect(server.asked).toHaveLength(1);
  });

  it('is signalled where nobody can say whether the container is the same, since an exec tells', async () => {
    const ending = end({}, () => Promise.reject(new Error('ECONNREFUSED')));
    await answer(gone);
    expect(await ending).toBe('ended');
  });

  it('is unknown once the signal has aborted', async () => {
    const stop = new AbortController();
    const ending = end({ pollMs: 60_000 }, undefined, stop.signal);
    await answer(there);
    stop.abort();
    expect(await ending).toBe('unknown');
  });
});

describe('a container that cannot be reached', () => {
  it('at first, is tried until it can', async () => {
    let refused = 0;
    const options: ExecServerOptions = {
      answer: () => ((refused += 1) <= 2 ? refusal(500, '{"message":"error dialing backend"}') : null),
    };
    server = await ExecServer.start(options);
    const ending = end();
    expect(await answer(gone)).toEqual(['kill -TERM -4711']);
    expect(await ending).toBe('ended');
    expect(server.asked).toHaveLength(3);
  });

  it('for good, leaves the group unknown within the bound', async () => {
    server = await ExecServer.start({ answer: () => refusal(500, '') });
    expect(await end({ reachMs: 300 })).toBe('unknown');
  });

  it('and hangs, leaves it unknown within the bound, too', async () => {
    server = await ExecServer.start({ answer: () => '' });
    expect(await end({ reachMs: 100 })).toBe('unknown');
  });
});
