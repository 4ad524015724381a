export const usage = `Measures the project on this machine.

Usage: npm run bench -- NAME [--quick]

  webhook     the webhook beside a bare node:https server: processor time, throughput, latency, memory
  executor    the executor beside bare execs, on an embedded API server with fake nodes whose exec runs real commands:
              time, delay, requests, memory; needs root, as the embedded cluster does
  hostile     what the worst inputs cost webhook and executor, in processor time of one turn of the event loop; writes nothing
              Each of the others writes its section of docs/bench.md, and docs/bench/NAME-*.svg
  --quick     within two minutes or so on a machine that is idle, and writes nothing
  --help      prints this`;

const benches = ['webhook', 'executor', 'hostile'] as const;

export type Command =
  | { readonly is: 'help' }
  | { readonly is: (typeof benches)[number]; readonly isQuick: boolean }
  | { readonly is: 'misuse'; readonly message: string };

/** Reads the command line. */
export function parseArguments(args: readonly string[]): Command {
  if (args.some((word) => word === '--help' || word === '-h')) return { is: 'help' };
  const names = args.filter((word) => !word.startsWith('-'));
  const known = names.map((name) => benches.find((bench) => bench === name));
  const strange =
    args.find((word) => word.startsWith('-') && word !== '--quick') ??
    names.find((_, index) => known[index] === undefined);
  if (strange !== undefined) return { is: 'misuse', message: `bench does not take ${JSON.stringify(strange)}` };
  const [bench] = known;
  if (bench === undefined || known.length > 1) return { is: 'misuse', message: 'which benchmark?' };
  return { is: bench, isQuick: args.includes('--quick') };
}
