import type { Hooks, Size } from './bodies.ts';
import type { Load, Saturated } from './load.ts';
import type { SizePlan } from './plan.ts';
import type { Server, Webhook } from './servers.ts';

/** One server in one round. */
export interface Measured {
  readonly saturated: Saturated;
  /** At half of its own throughput. */
  readonly latenciesUs: readonly number[];
  /** At half of the bare server's. */
  readonly atBaresRateUs: readonly number[];
  /** Requests that were due and could not be sent. */
  readonly unsent: number;
}

/** A review's kind with all its rounds, each beside the bare server's. */
export interface CaseResult {
  readonly size: Size;
  readonly hooks: Hooks;
  readonly restores: number;
  readonly rounds: readonly { readonly bare: Measured; readonly webhook: Measured }[];
}

export interface Contender {
  readonly server: Server;
  readonly bodies: readonly string[];
}

/** The bare server, and one webhook with each kind of review. */
export interface GroupContenders {
  readonly webhook: Webhook;
  readonly bare: Contender;
  readonly cases: readonly (Contender & { readonly hooks: Hooks })[];
}

/** Measures the servers of a group one after the other, in the other order each time. */
export async function measureRound(
  load: Load,
  { bare, cases }: GroupContenders,
  { durationMs, atBaresRate }: SizePlan,
  isReversed: boolean,
): Promise<{ readonly bare: Measured; readonly cases: readonly Measured[] }> {
  const contenders = [bare, ...cases];
  const saturated = await inTurn(contenders, isReversed, ({ server, bodies }) =>
    load.saturate(server, bodies, durationMs),
  );
  const halfOf = (index: number) => (saturated[index]?.perSecond ?? 0) / 2;
  const steady = await inTurn(contenders, isReversed, ({ server, bodies }, index) =>
    load.steady(server, bodies, durationMs, halfOf(index)),
  );
  const atBares = await inTurn(atBaresRate ? cases : [], isReversed, ({ server, bodies }) =>
    load.steady(server, bodies, durationMs, halfOf(0)),
  );
  const of = (index: number): Measured => {
    const [peak, own] = [saturated[index], steady[index]];
    if (peak === undefined || own === undefined) throw new Error('a server was not measured');
    const atBaresRateUs = atBares[index - 1]?.latenciesUs ?? [];
    return { saturated: peak, latenciesUs: own.latenciesUs, atBaresRateUs, unsent: own.unsent };
  };
  return { bare: of(0), cases: cases.map((_, index) => of(index + 1)) };
}

/** What was measured comes back in the order of the elements, whatever the order in time. */
async function inTurn<Element, Result>(
  elements: readonly Element[],
  isReversed: boolean,
  measure: (element: Element, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const order = [...elements.entries()];
  if (isReversed) order.reverse();
  const results = new Map<number, Result>();
  for (const [index, element] of order) results.set(index, await measure(element, index));
  return elements.flatMap((_, index) => results.get(index) ?? []);
}
