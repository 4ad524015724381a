import { describe, expect, it } from '@jest/globals';
import { createQueue } from '../../../executor/queue.ts';

/** A queue whose handlers wait until they are released, so that every overlap is made on purpose. */
function controlled(concurrency: number) {
  const began: string[] = [];
  const gates = new Map<string, () => void>();
  let notify: () => void = () => undefined;
  const queue = createQueue(async (key) => {
    began.push(key);
    const gate = new Promise<void>((resolve) => gates.set(key, resolve));
    notify();
    await gate;
  }, concurrency);
  const until = async (count: number) => {
    while (began.length < count) await new Promise<void>((resolve) => (notify = resolve));
  };
  const release = (key: string) => gates.get(key)?.();
  return { queue, began, until, release };
}

describe('the queue of keys', () => {
  it('handles a key once that was added several times', async () => {
    const { queue, began, until, release } = controlled(1);
    const stop = new AbortController();
    for (const key of ['a', 'a', 'b', 'a']) queue.add(key);
    const run = queue.run(stop.signal);
    await until(1);
    release('a');
    await until(2);
    stop.abort();
    release('b');
    await run;
    expect(began).toEqual(['a', 'b']);
  });

  it('handles a key again that was added while it was handled, and never twice at once', async () => {
    const { queue, began, until, release } = controlled(4);
    const stop = new AbortController();
    const run = queue.run(stop.signal);
    queue.add('a');
    await until(1);
    queue.add('a');
    queue.add('b');
    await until(2);
    expect(began).toEqual(['a', 'b']);
    release('a');
    await until(3);
    expect(began).toEqual(['a', 'b', 'a']);
    stop.abort();
    release('a');
    release('b');
    await run;
  });

  it('keeps the earliest of several delays of a key', async () => {
    const { queue, began, until, release } = controlled(1);
    const stop = new AbortController();
    const run = queue.run(stop.signal);
    queue.addAfter('a', 1_000_000);
    queue.addAfter('a', 1);
    queue.addAfter('a', 500_000);
    await until(1);
    stop.abort();
    release('a');
    await run;
    expect(began).toEqual(['a']);
  });

  it('keeps no timer once it has ended, so that the process can', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const before = timers();
    const { queue } = controlled(1);
    const stop = new AbortController();
    const run = queue.run(stop.signal);
    queue.addAfter('before', 1_000_000);
    expect(timers()).toBe(before + 1);
    stop.abort();
    await run;
    queue.addAfter('after', 1_000_000);
    expect(timers()).toBe(before);
  });

  it('takes no further key once the signal has aborted, and waits for the one in hand', async () => {
    const { queue, began, until, release } = controlled(1);
    const stop = new AbortController();
    const run = queue.run(stop.signal);
    queue.add('a');
    queue.add('b');
    await until(1);
    stop.abort();
    let ended = false;
    void run.then(() => (ended = true));
    await Promise.resolve();
    expect(ended).toBe(false);
    release('a');
    await run;
    expect(began).toEqual(['a']);
  });
});
