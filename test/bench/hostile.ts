import { executorCases } from './hostile/executor.ts';
import { hostileInputs } from './hostile/inputs.ts';
import { measure, type Cost } from './hostile/measure.ts';
import { webhookCases } from './hostile/webhook.ts';

/** The loop is not to be held up longer than this, whatever comes. */
export const limitMs = 100;

/** Measures what each hostile input costs, one after the other, in this process. */
export function benchHostile(options: {
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}): Cost[] {
  const cases = [...webhookCases(hostileInputs()), ...executorCases()];
  return cases.map((each) => {
    options.signal.throwIfAborted();
    options.progress(`${each.where}: ${each.what}`);
    return measure(each);
  });
}

/** A table, the dearest first. */
export function renderHostile(costs: readonly Cost[]): string {
  const rows = [...costs]
    .sort((one, other) => worst(other) - worst(one))
    .map(
      ({ what, where, firstMs, laterMs, inBytes, outBytes }) =>
        `| ${[what, where, firstMs, laterMs, inBytes, outBytes].map((cell) => (typeof cell === 'number' ? cell.toFixed(0) : cell)).join(' | ')} |`,
    );
  const over = costs.filter((cost) => worst(cost) > limitMs).length;
  return [
    '| input | where | first, ms of CPU of the loop | later | bytes in | bytes out |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
    `${over} of ${costs.length} cost more than ${limitMs} ms of the event loop's thread.`,
  ].join('\n');
}

function worst({ firstMs, laterMs }: Cost): number {
  return Math.max(firstMs, laterMs);
}
