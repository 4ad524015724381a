export const usage = `Measures the project on this machine.

Usage: npm run bench -- NAME [--quick]

  webhook     the webhook beside a bare node:https server: processor time, throughput, latency, memory;
              writes docs/bench.md and docs/bench/*.svg
  --quick     within a minute or so on a machine that is idle, and writes nothing
  --help      prints this`;

export type Command =
  | { readonly is: 'help' }
  | { readonly is: 'webhook'; readonly isQuick: boolean }
  | { readonly is: 'misuse'; readonly message: string };

/** Reads the command line. */
export function parseArguments(args: readonly string[]): Command {
  if (args.some((word) => word === '--help' || word === '-h')) return { is: 'help' };
  const names = args.filter((word) => !word.startsWith('-'));
  const strange =
    args.find((word) => word.startsWith('-') && word !== '--quick') ?? names.find((name) => name !== 'webhook');
  if (strange !== undefined) return { is: 'misuse', message: `bench does not take ${JSON.stringify(strange)}` };
  if (names.length !== 1) return { is: 'misuse', message: 'which benchmark?' };
  return { is: 'webhook', isQuick: args.includes('--quick') };
}
