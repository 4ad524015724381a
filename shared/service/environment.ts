import type { z } from 'zod';

export type Environment = Readonly<Record<string, string | undefined>>;

export type EnvironmentReading<Config> =
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly message: string };

/** Longer values are cut in messages: a certificate pasted into the wrong variable is not to fill the log. */
const longestShownValue = 80;

/**
 * Reads a process's configuration out of its environment. An empty variable counts as absent, as charts write it.
 *
 * @param schema an object schema whose keys are names of variables; it may be followed by a transform into a config.
 *   The words of its issues say what is wanted ("a port between 0 and 65535"); those of environment-fields.ts do.
 * @returns the config, or one message with a line for every bad variable: its name, its value, and what is wanted.
 */
export function readEnvironment<Config>(schema: z.ZodType<Config>, env: Environment): EnvironmentReading<Config> {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(present);
  if (parsed.success) return { ok: true, config: parsed.data };
  return { ok: false, message: parsed.error.issues.map((issue) => describe(issue, present)).join('\n') };
}

function describe(issue: z.core.$ZodIssue, present: Environment): string {
  const name = String(issue.path[0] ?? 'the environment');
  const value = present[name];
  if (value === undefined) return `${name} is not set: wanted is ${issue.message}`;
  const shown = value.length > longestShownValue ? `${value.slice(0, longestShownValue)}…` : value;
  return `${name} is ${JSON.stringify(shown)}: wanted is ${issue.message}`;
}
