import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export type { Logger };

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
  return destination === undefined ? pino(settings) : pino(settings, destination);
}
