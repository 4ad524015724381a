import type { Cluster } from '../shared/service/api-client.ts';
import { readLines } from '../shared/service/lines.ts';
import { configurationsPath } from './registrations.ts';

/** Notices that the registration has changed, sooner than the next look at it would. */
export interface RegistrationWatch {
  /** Begins a watch, unless one is running. Never throws. */
  ensure(signal: AbortSignal): void;
}

export interface RegistrationWatchOptions {
  readonly name: string;
  /** Called with the version of every event; the first tells what is there already. */
  readonly changed: (resourceVersion: string) => void;
  /** Called when a watch has ended with an error. */
  readonly ended: (error: unknown) => void;
}

interface Event {
  readonly type: string;
  readonly object: { readonly metadata?: { readonly resourceVersion?: string } };
}

/** Asked of the server, which then ends the watch by itself. */
const watchSeconds = 300;
/** A connection that nobody closed is given up after that: without bookmarks, silence is no sign of it. */
const limitMs = (watchSeconds + 10) * 1000;

/**
 * Makes a watch of one registration. Each `ensure` is one attempt at most: whoever looks regularly begins it anew, so that it needs
 * no back-off of its own, and a watch that is refused costs nothing but the sooner.
 */
export function watchRegistration(cluster: Cluster, options: RegistrationWatchOptions): RegistrationWatch {
  let running = false;
  // From whatever version the server has at hand: that of the object may be gone from its history.
  const query = new URLSearchParams({
    watch: 'true',
    fieldSelector: `metadata.name=${options.name}`,
    resourceVersion: '0',
    timeoutSeconds: String(watchSeconds),
  });

  async function watch(signal: AbortSignal): Promise<void> {
    try {
      const either = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
      const answer = await cluster.stream(`${configurationsPath}?${query.toString()}`, either);
      for await (const line of readLines(answer)) {
        const { type, object } = JSON.parse(line) as Event;
        if (type === 'ERROR') throw new Error(`the watch ended with an error: ${JSON.stringify(object)}`);
        options.changed(object.metadata?.resourceVersion ?? '');
      }
    } catch (error) {
      if (!signal.aborted) options.ended(error);
    } finally {
      running = false;
    }
  }

  return {
    ensure(signal) {
      if (running || signal.aborted) return;
      running = true;
      void watch(signal);
    },
  };
}
