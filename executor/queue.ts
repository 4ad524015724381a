/**
 * A queue of keys: a key added while it waits is handled once; one added while it is handled is handled again afterwards,
 * never by two at a time. Like client-go's workqueue, whose rules have carried every controller.
 */
export interface KeyQueue {
  add(key: string): void;
  /** Adds the key after a delay. Of several delays of one key the earliest counts. Once `run` has ended it does nothing. */
  addAfter(key: string, delayMs: number): void;
  /** Handles keys until the signal aborts; resolves when the last handler has ended. */
  run(signal: AbortSignal): Promise<void>;
}

/** A Node timer holds at most this many milliseconds; a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Makes a queue. Nothing is handled before `run`.
 *
 * @param handle must not throw: what it throws ends `run`
 * @param concurrency how many keys are handled at a time
 */
export function createQueue(handle: (key: string) => Promise<void>, concurrency: number): KeyQueue {
  const waiting = new Set<string>();
  const handled = new Set<string>();
  const again = new Set<string>();
  const timers = new Map<string, { readonly dueMs: number; readonly timer: NodeJS.Timeout }>();
  let wake: () => void = () => undefined;
  let ended = false;

  return { add, addAfter, run };

  function add(key: string): void {
    if (handled.has(key)) again.add(key);
    else {
      waiting.add(key);
      wake();
    }
  }

  function addAfter(key: string, delayMs: number): void {
    if (ended) return;
    const dueMs = performance.now() + delayMs;
    const earlier = timers.get(key);
    if (earlier !== undefined && earlier.dueMs <= dueMs) return;
    clearTimeout(earlier?.timer);
    const timer = setTimeout(
      () => {
        timers.delete(key);
        add(key);
      },
      Math.min(Math.max(delayMs, 0), longestTimerMs),
    );
    timers.set(key, { dueMs, timer });
  }

  async function run(signal: AbortSignal): Promise<void> {
    const onAbort = () => wake();
    signal.addEventListener('abort', onAbort);
    try {
      await Promise.all(Array.from({ length: concurrency }, () => work(signal)));
    } finally {
      signal.removeEventListener('abort', onAbort);
      ended = true;
      for (const { timer } of timers.values()) clearTimeout(timer);
      timers.clear();
    }
  }

  async function work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const key = waiting.values().next().value;
      if (key === undefined) {
        await nextWake();
        continue;
      }
      waiting.delete(key);
      handled.add(key);
      await handle(key);
      handled.delete(key);
      if (again.delete(key)) add(key);
    }
  }

  /** All idle workers share one wake-up; each looks for itself whether there is work. */
  function nextWake(): Promise<void> {
    return new Promise((resolve) => {
      const earlier = wake;
      wake = () => {
        wake = () => undefined;
        earlier();
        resolve();
      };
    });
  }
}
