import { describe, expect, it } from '@jest/globals';
import { createEventRecorder, fitNote, type PodEvent } from '../../executor/events.ts';
import { ApiError } from '../../shared/service/api-error.ts';
import type { ApiRequest, Cluster } from '../../shared/service/cluster.ts';
import { createLogger } from '../../shared/service/logger.ts';

interface Written {
  readonly metadata: { readonly name: string };
  readonly note: string;
  readonly eventTime: string;
}

const pod = { namespace: 'shop', name: 'db', uid: 'uid-1' };
const started: PodEvent = { type: 'Normal', reason: 'HookStarted', note: 'hook 1 of 1 started' };
const refusal = (status: number) => new ApiError(`POST: ${status}`, status, '', null);

/** A recorder on an API server that answers each request by the next of the script, and accepts what comes after. */
function record(script: (Error | Promise<void>)[] = []) {
  const asked: ApiRequest[] = [];
  const written: Written[] = [];
  const logged: string[] = [];
  let dropped = 0;
  const call = async (request: ApiRequest) => {
    asked.push(request);
    const next = script.shift();
    if (next instanceof Error) throw next;
    await next;
    written.push(request.body as Written);
    return {};
  };
  const log = createLogger({ name: 'executor', level: 'info' }, { write: (line: string) => logged.push(line) });
  const cluster = { call } as unknown as Cluster;
  const recorder = createEventRecorder(cluster, { instance: 'host', log, dropped: () => (dropped += 1) });
  return { recorder, asked, written, logged, dropped: () => dropped };
}

async function nameOf(ref = pod, event: PodEvent = started): Promise<string> {
  const { recorder, written } = record();
  recorder.record(ref, event);
  await recorder.flush();
  return written[0]?.metadata.name ?? '';
}

describe('the name of an Event', () => {
  it('is the same whenever the same is told of the same pod, and another one for anything else', async () => {
    const name = await nameOf();
    expect(name).toMatch(/^db\.[0-9a-f]{16}$/);
    expect(await nameOf()).toBe(name);
    const others = [
      await nameOf({ ...pod, uid: 'uid-2' }),
      await nameOf(pod, { ...started, note: 'hook 2 of 2 started' }),
      await nameOf(pod, { ...started, reason: 'HookFailed' }),
    ];
    expect(new Set([name, ...others]).size).toBe(4);
  });

  it.each([
    { name: 'a'.repeat(253), begin: 'a'.repeat(236) },
    { name: `${'a'.repeat(235)}-${'b'.repeat(17)}`, begin: 'a'.repeat(235) },
    { name: `${'a'.repeat(234)}-.${'b'.repeat(17)}`, begin: 'a'.repeat(234) },
  ])('is valid for the longest names of pods', async ({ name, begin }) => {
    expect(await nameOf({ ...pod, name })).toMatch(new RegExp(`^${begin}\\.[0-9a-f]{16}$`));
  });
});

describe('the note', () => {
  it.each([
    { name: 'short', note: 'short', expected: 'short' },
    { name: 'of exactly 1 KiB', note: 'x'.repeat(1024), expected: 'x'.repeat(1024) },
    { name: 'one byte over', note: 'x'.repeat(1025), expected: `${'x'.repeat(1021)}…` },
    { name: 'cut within a character of 2 bytes', note: 'ü'.repeat(600), expected: `${'ü'.repeat(510)}…` },
    { name: 'cut within a character of 4 bytes', note: `x${'🐘'.repeat(300)}`, expected: `x${'🐘'.repeat(255)}…` },
  ])('$name fits', ({ note, expected }) => {
    expect(fitNote(note)).toBe(expected);
    expect(Buffer.byteLength(fitNote(note))).toBeLessThanOrEqual(1024);
  });
});

describe('writing', () => {
  it.each([
    { name: 'told already', script: [refusal(409)], requests: 1, dropped: 0 },
    { name: 'of a namespace that is gone', script: [refusal(404)], requests: 1, dropped: 0 },
    { name: 'forbidden', script: [refusal(403)], requests: 1, dropped: 1 },
    { name: 'invalid', script: [refusal(422)], requests: 1, dropped: 1 },
    { name: 'after a 503', script: [refusal(503)], requests: 2, dropped: 0 },
    { name: 'after a 429', script: [refusal(429)], requests: 2, dropped: 0 },
    { name: 'after no answer at all', script: [new Error('ECONNRESET')], requests: 2, dropped: 0 },
    {
      name: 'after an answer that was lost',
      script: [new Error('ECONNRESET'), refusal(409)],
      requests: 2,
      dropped: 0,
    },
  ])('$name: $requests requests, $dropped dropped', async ({ script, requests, dropped }) => {
    const writing = record([...script]);
    writing.recorder.record(pod, started);
    await writing.recorder.flush();
    expect(writing.asked).toHaveLength(requests);
    expect(writing.dropped()).toBe(dropped);
    expect(writing.logged).toHaveLength(dropped);
  });

  it('gives up after five tries, and says so', async () => {
    const writing = record(Array.from({ length: 9 }, () => refusal(500)));
    writing.recorder.record(pod, started);
    await writing.recorder.flush();
    expect([writing.asked.length, writing.dropped()]).toEqual([5, 1]);
    expect(writing.logged[0]).toContain('event dropped');
  }, 20_000);

  it('tells when something happened, not when it could be written', async () => {
    const writing = record([refusal(503)]);
    const before = Date.now();
    writing.recorder.record(pod, started);
    const after = Date.now();
    await writing.recorder.flush();
    const toldMs = Date.parse(writing.written[0]?.eventTime ?? '');
    expect(toldMs).toBeGreaterThanOrEqual(before);
    expect(toldMs).toBeLessThanOrEqual(after);
    expect(writing.written[0]?.eventTime).toMatch(/\.\d{6}Z$/);
  });
});

describe('the queue of Events', () => {
  it('is written by four at a time', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const writing = record(Array.from({ length: 10 }, () => gate));
    for (let count = 0; count < 10; count += 1) writing.recorder.record(pod, { ...started, note: `${count}` });
    expect(writing.asked).toHaveLength(4);
    release();
    await writing.recorder.flush();
    expect(writing.written).toHaveLength(10);
  });

  it('is bounded: what does not fit is dropped and counted', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const writing = record([gate, gate, gate, gate]);
    for (let count = 0; count < 10_010; count += 1) writing.recorder.record(pod, { ...started, note: `${count}` });
    expect(writing.dropped()).toBe(6);
    release();
    await writing.recorder.flush();
    expect(writing.written).toHaveLength(10_004);
  });

  it('loses none that is recorded in the very moment in which its writers end', async () => {
    for (let moments = 0; moments < 12; moments += 1) {
      let release: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => (release = resolve));
      const writing = record([gate, gate, gate, gate]);
      for (let count = 0; count < 4; count += 1) writing.recorder.record(pod, { ...started, note: `${count}` });
      release();
      for (let turns = 0; turns < moments; turns += 1) await Promise.resolve();
      writing.recorder.record(pod, { ...started, note: 'late' });
      await writing.recorder.flush();
      expect(writing.written.map(({ note }) => note)).toContain('late');
    }
  });

  it('is flushed at once when there is nothing to write', async () => {
    await expect(record().recorder.flush()).resolves.toBeUndefined();
  });
});
