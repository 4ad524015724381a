import { destination as createDestination, pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export type { Logger };

/** Beyond it lines are written at once: a turn that logs much must not fill memory. */
const mostHeldCharacters = 8_192;

/**
 * A logger that writes one JSON object a line: `level` as a word and `time` in RFC 3339, so that both a person and a log
 * collector read it without a table.
 *
 * @param destination standard output unless given.
 */
export function createLogger(options: { name: string; level: LogLevel }, destination?: DestinationStream): Logger {
  const settings = {
    name: options.name,
    level: options.level,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(settings, destination ?? standardOutput());
}

/**
 * Lines of one turn of the event loop leave in one write, at its end: under load a write for each is a twentieth of what a pod
 * costs the webhook. The write is synchronous, and an exit waits for it, one by an uncaught error too, so that no line is lost.
 */
function standardOutput(): DestinationStream & { flushSync(): void } {
  const output = createDestination({ sync: true });
  let held = '';
  const flush = () => {
    const lines = held;
    held = '';
    if (lines !== '') output.write(lines);
  };
  process.on('exit', flush);
  return {
    write(line) {
      if (held === '') setImmediate(flush);
      held += line;
      if (held.length > mostHeldCharacters) flush();
    },
    flushSync: flush,
  };
}
