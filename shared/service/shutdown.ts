const signals = ['SIGTERM', 'SIGINT'] as const;

/** What of `process` is needed here. */
export interface SignalSource {
  on(name: NodeJS.Signals, listener: () => void): unknown;
  removeListener(name: NodeJS.Signals, listener: () => void): unknown;
}

/** Why a shutdown signal was aborted. */
export class ShutdownRequested extends Error {
  override readonly name = 'ShutdownRequested';
}

/**
 * The root of a process's tree of AbortSignals: aborted, with a ShutdownRequested as reason, at the first SIGTERM or SIGINT.
 * The second one has Node's own effect again and ends the process, for whoever does not want to wait.
 */
export function shutdownSignal(source: SignalSource = process): AbortSignal {
  const controller = new AbortController();
  const handlers = signals.map((name) => {
    const handler = () => {
      for (const each of handlers) source.removeListener(each.name, each.handler);
      controller.abort(new ShutdownRequested(name));
    };
    source.on(name, handler);
    return { name, handler };
  });
  return controller.signal;
}
