import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { ApiError, ApiUnreachable } from '../../../../shared/service/api-error.ts';
import type { Cluster } from '../../../../shared/service/cluster.ts';
import { createWatch, type Watched, type WatchNote, type WatchTiming } from '../../../../shared/service/watch.ts';

interface Thing extends Watched {
  readonly value: string;
}

interface Page {
  readonly version: string;
  readonly items: readonly Thing[];
  readonly continue?: string;
}

function thing(name: string, version: number, value = ''): Thing {
  return { metadata: { namespace: 'ns', name, resourceVersion: String(version) }, value };
}

function event(type: string, object: unknown): string {
  return `${JSON.stringify({ type, object })}\n`;
}

const bookmark = (version: number) => event('BOOKMARK', { metadata: { resourceVersion: String(version) } });
const gone = event('ERROR', { code: 410, message: 'too old resource version', metadata: {} });

/**
 * An API server whose faults are made on purpose. Each list and each watch is one entry of its script: a page, an error, or
 * what a watch writes, and how it ends.
 */
function scripted(lists: (Page | Error)[], watches: ({ lines: string[]; then: 'end' | 'cut' | 'silence' } | Error)[]) {
  const asked: string[] = [];
  const stop = new AbortController();
  const cluster: Pick<Cluster, 'call' | 'stream'> = {
    call<T>({ path }: { path: string }): Promise<T> {
      asked.push(path);
      const next = lists.shift();
      if (next === undefined) return Promise.reject(new Error('no list is left in the script'));
      if (next instanceof Error) return Promise.reject(next);
      const metadata = {
        resourceVersion: next.version,
        ...(next.continue === undefined ? {} : { continue: next.continue }),
      };
      return Promise.resolve({ metadata, items: next.items } as T);
    },
    stream(path, signal) {
      asked.push(path);
      const next = watches.shift();
      if (next === undefined) {
        stop.abort();
        return Promise.reject(new Error('the script has ended'));
      }
      if (next instanceof Error) return Promise.reject(next);
      const stream = new PassThrough();
      for (const line of next.lines) stream.write(line);
      if (next.then === 'end') stream.end();
      else if (next.then === 'cut') setImmediate(() => stream.destroy(new Error('socket hang up')));
      else signal.addEventListener('abort', () => stream.destroy(signal.reason as Error));
      return Promise.resolve(stream as unknown as IncomingMessage);
    },
  };
  return { cluster: cluster as Cluster, asked, stop: stop.signal };
}

async function follow(
  lists: Parameters<typeof scripted>[0],
  watches: Parameters<typeof scripted>[1],
  timing: Partial<WatchTiming> = {},
) {
  const { cluster, asked, stop } = scripted(lists, watches);
  const changes: string[] = [];
  const notes: WatchNote[] = [];
  const watch = createWatch<Thing, string>(cluster, {
    path: '/api/v1/things',
    labelSelector: 'x',
    keep: ({ value }) => value,
    changed: (key, kept) => changes.push(`${key}=${kept ?? 'gone'}`),
    noted: (note) => notes.push(note),
    timing: { backoff: { firstMs: 1, maxMs: 2 }, ...timing },
    random: () => 0,
  });
  expect(watch.synced()).toBe(false);
  await watch.run(stop);
  const versions = asked.map((path) => new URLSearchParams(path.split('?')[1]).get('resourceVersion'));
  const delays = notes.flatMap((note) => (note.kind === 'broken' ? [note.retryInMs] : []));
  return { watch, changes, notes: notes.map(({ kind }) => kind), asked, versions, delays };
}

describe('the watch that never gives up', () => {
  it('lists by pages, then watches from the version of the list, with bookmarks', async () => {
    const { changes, asked, watch } = await follow(
      [
        { version: '10', items: [thing('a', 1, 'one')], continue: 'next page' },
        { version: '10', items: [thing('b', 2, 'two')] },
      ],
      [],
    );
    expect(changes).toEqual(['ns/a=one', 'ns/b=two']);
    expect(asked[1]).toContain('continue=next+page');
    expect(asked[2]).toContain('resourceVersion=10');
    expect(asked[2]).toContain('allowWatchBookmarks=true');
    expect(asked.every((path) => path.includes('labelSelector=x'))).toBe(true);
    expect(watch.synced()).toBe(true);
  });

  it('reports what is added, modified and deleted', async () => {
    const { changes, watch } = await follow(
      [{ version: '10', items: [thing('a', 1, 'one')] }],
      [
        {
          lines: [
            event('MODIFIED', thing('a', 11, 'changed')),
            event('ADDED', thing('b', 12, 'two')),
            event('DELETED', thing('a', 13)),
          ],
          then: 'end',
        },
      ],
    );
    expect(changes).toEqual(['ns/a=one', 'ns/a=changed', 'ns/b=two', 'ns/a=gone']);
    expect([...watch.values()]).toEqual(['two']);
  });

  it('goes on from the last bookmark after the server ended the watch in order', async () => {
    const { versions, notes } = await follow([{ version: '10', items: [] }], [{ lines: [bookmark(25)], then: 'end' }]);
    expect(versions).toEqual([null, '10', '25']);
    expect(notes.filter((kind) => kind === 'listed')).toHaveLength(1);
  });

  it('goes on from the last event after the connection was cut', async () => {
    const { versions, notes } = await follow(
      [{ version: '10', items: [] }],
      [{ lines: [event('ADDED', thing('a', 14))], then: 'cut' }],
    );
    expect(versions).toEqual([null, '10', '14']);
    expect(notes).toContain('broken');
  });

  it.each([
    { name: 'as an event', fault: { lines: [gone], then: 'end' as const } },
    { name: 'as the answer', fault: new ApiError('GET: 410 Gone', 410, 'Expired', null) },
  ])(
    'lists again when its history is gone (410, $name), and reports what changed and went between',
    async ({ fault }) => {
      const { changes, versions } = await follow(
        [
          { version: '10', items: [thing('a', 1, 'one'), thing('b', 2, 'two'), thing('c', 3, 'three')] },
          { version: '50', items: [thing('a', 1, 'one'), thing('b', 40, 'new')] },
        ],
        [fault],
      );
      expect(versions).toEqual([null, '10', null, '50']);
      expect(changes.slice(3)).toEqual(['ns/b=new', 'ns/c=gone']);
    },
  );

  it('lists again after any other error event', async () => {
    const { versions, notes } = await follow(
      [
        { version: '10', items: [] },
        { version: '20', items: [] },
      ],
      [{ lines: [event('ERROR', { code: 500, message: 'etcd', metadata: {} })], then: 'end' }],
    );
    expect(versions).toEqual([null, '10', null, '20']);
    expect(notes).toContain('broken');
  });

  it('takes a silent connection for dead, and goes on', async () => {
    const { versions, notes } = await follow([{ version: '10', items: [] }], [{ lines: [], then: 'silence' }], {
      silenceMs: 20,
    });
    expect(versions).toEqual([null, '10', '10']);
    expect(notes).toContain('broken');
  });

  it('survives half an event, and one that is no JSON', async () => {
    const { changes, versions } = await follow(
      [{ version: '10', items: [] }],
      [
        { lines: [event('ADDED', thing('a', 11, 'one')), '{"type":"ADD'], then: 'cut' },
        { lines: ['no JSON\n'], then: 'end' },
      ],
    );
    expect(changes).toEqual(['ns/a=one']);
    expect(versions).toEqual([null, '10', '11', '11']);
  });

  it('tries again while the server cannot be reached or refuses', async () => {
    const { changes, notes } = await follow(
      [
        new ApiUnreachable('GET', '/api/v1/things', new Error('connect ECONNREFUSED')),
        new ApiError('GET: 429', 429, 'TooManyRequests', 1),
        { version: '10', items: [thing('a', 1, 'one')] },
      ],
      [new ApiError('GET: 500', 500, 'InternalError', null)],
    );
    expect(changes).toEqual(['ns/a=one']);
    expect(notes.filter((kind) => kind === 'broken')).toHaveLength(3);
  });

  it.each([
    { retryAfterMs: 0, delay: 2 },
    { retryAfterMs: -5, delay: 2 },
    { retryAfterMs: 30, delay: 30 },
  ])('waits $delay ms when the server asks for $retryAfterMs', async ({ retryAfterMs, delay }) => {
    const { delays } = await follow(
      [new ApiError('GET: 429', 429, 'TooManyRequests', retryAfterMs), { version: '10', items: [] }],
      [],
      { backoff: { firstMs: 4, maxMs: 4 } },
    );
    expect(delays).toEqual([delay]);
  });

  it('does not let the server send it away for longer than a minute', async () => {
    const { cluster } = scripted([new ApiError('GET: 503', 503, '', 86_400_000)], []);
    const stop = new AbortController();
    const told = await new Promise<WatchNote>((resolve) => {
      const watch = createWatch<Thing, string>(cluster, {
        path: '/api/v1/things',
        keep: ({ value }) => value,
        changed: () => undefined,
        noted: (note) => {
          resolve(note);
          stop.abort();
        },
      });
      void watch.run(stop.signal);
    });
    expect(told).toMatchObject({ kind: 'broken', retryInMs: 60_000 });
  });

  it('forgets earlier failures as soon as an event comes, however the watch ends', async () => {
    const cut = (version: number) => ({ lines: [event('ADDED', thing('a', version))], then: 'cut' as const });
    const { delays } = await follow([{ version: '10', items: [] }], [cut(11), cut(12), cut(13)], {
      backoff: { firstMs: 4, maxMs: 1000 },
    });
    expect(delays).toEqual([2, 2, 2]);
  });

  it('slows down when every list is out of date at once', async () => {
    const began = performance.now();
    await follow(
      Array.from({ length: 4 }, (_, index) => ({ version: String(index), items: [] })),
      Array.from({ length: 3 }, () => ({ lines: [gone], then: 'end' as const })),
      { backoff: { firstMs: 40, maxMs: 1000 } },
    );
    // Half of 80 and 160 ms; the first one is asked again at once.
    expect(performance.now() - began).toBeGreaterThan(110);
  });

  it('does not report an object that a list brings unchanged', async () => {
    const { changes } = await follow(
      [
        { version: '10', items: [thing('a', 1, 'one')] },
        { version: '20', items: [thing('a', 1, 'one')] },
      ],
      [{ lines: [gone], then: 'end' }],
    );
    expect(changes).toEqual(['ns/a=one']);
  });
});
