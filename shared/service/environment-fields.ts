import { z } from 'zod';
import { logLevels } from './logger.ts';

/** A TCP port; 0 lets the system choose a free one. */
export function port(fallback: number) {
  return integer({ fallback, least: 0, most: 65_535, what: 'a port' });
}

/** A span of time in whole or fractional seconds, read into milliseconds. */
export function seconds(limits: { fallback: number; least: number; most: number }) {
  const { fallback, least, most } = limits;
  const wanted = `a number of seconds between ${least} and ${most}`;
  return z
    .string(wanted)
    .regex(/^\d{1,9}(\.\d{1,3})?$/, wanted)
    .transform(Number)
    .refine((value) => value >= least && value <= most, wanted)
    .default(fallback)
    .transform((value) => value * 1000);
}

/** A whole number within bounds; `what` says what it counts, with its article. */
export function integer(limits: { fallback: number; least: number; most: number; what: string }) {
  const { fallback, least, most, what } = limits;
  const wanted = `${what} between ${least} and ${most}`;
  return z
    .string(wanted)
    .regex(/^\d{1,15}$/, wanted)
    .transform(Number)
    .refine((value) => value >= least && value <= most, wanted)
    .default(fallback);
}

/** A text that must be set unless there is a fallback; `what` says what it is, with its article. */
export function text(what: string, fallback?: string) {
  const schema = z.string(what).trim().min(1, what);
  return fallback === undefined ? schema : schema.default(fallback);
}

/** Names parted by commas, surrounding blanks and empty parts dropped. */
export function list(what: string, fallback: readonly string[]) {
  return z
    .string(what)
    .default(fallback.join(','))
    .transform((value): readonly string[] =>
      value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    );
}

/** One of pino's levels, from trace to silent. */
export function logLevel() {
  return z.enum(logLevels, `one of ${logLevels.join(', ')}`).default('info');
}
