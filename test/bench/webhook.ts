import { loadavg } from 'node:os';
import type { Asked } from './api-server.ts';
import type { Size } from './bodies.ts';
import { checkAnswer } from './check.ts';
import { groups, type BenchPlan, type Group, type SizePlan } from './plan.ts';
import { measureRound, type CaseResult, type GroupContenders, type Measured } from './rounds.ts';
import { startScene, type Scene } from './scene.ts';
import type { Server } from './servers.ts';
import { memoryOf, type Memory } from './usage.ts';

export interface MemoryResult {
  /** That the webhook knows. null: the bare server. */
  readonly restores: number | null;
  readonly atStart: Memory;
  readonly after: readonly { readonly size: Size; readonly memory: Memory }[];
}

/** What the webhook asked its API server while it was measured. */
export interface CallsResult extends Asked {
  readonly restores: number;
}

export interface BenchResult {
  readonly cases: readonly CaseResult[];
  readonly memory: readonly MemoryResult[];
  readonly calls: readonly CallsResult[];
  readonly pinned: boolean;
  /** Of the last minute; what else ran is in the first. */
  readonly loadAverage: { readonly before: number; readonly after: number };
  readonly seconds: number;
}

export interface BenchOptions {
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
  /** For the webhooks, such as a profiler's. */
  readonly nodeArguments: readonly string[];
}

/** Measures the webhook beside the bare server; every process it starts has ended when it resolves or rejects. */
export async function benchWebhook(plan: BenchPlan, options: BenchOptions): Promise<BenchResult> {
  const { progress, nodeArguments } = options;
  const startMs = performance.now();
  const secondsSince = () => (performance.now() - startMs) / 1000;
  const [before = NaN] = loadavg();
  await using stack = new AsyncDisposableStack();
  const limit = new AbortController();
  const why = `not done after ${plan.limitMs / 1000} s: this machine is too busy now`;
  const timer = setTimeout(() => limit.abort(new Error(why)), plan.limitMs);
  stack.defer(() => clearTimeout(timer));
  const signal = AbortSignal.any([options.signal, limit.signal]);
  progress('starting the servers, their API servers and the load');
  const scene = await startScene(stack, nodeArguments, signal);
  const { bare, webhooks } = scene;
  const memory = [bare, ...webhooks].map((server) => new MemoryLog(server));
  const asked = webhooks.map(({ apiServer }) => apiServer.asked());
  const cases: CaseResult[] = [];
  for (const sizePlan of plan.sizes) {
    const isOver = () => secondsSince() * 1000 > plan.budgetMs;
    cases.push(...(await measureSize(scene, sizePlan, { isOver, signal, progress })));
    for (const log of memory) log.note(sizePlan.size);
  }
  const [after = NaN] = loadavg();
  return {
    cases,
    memory: memory.map(({ result }) => result),
    calls: webhooks.map(({ restores, apiServer }, index) => ({
      restores,
      ...difference(apiServer.asked(), asked[index]),
    })),
    pinned: scene.pinned,
    loadAverage: { before, after },
    seconds: secondsSince(),
  };
}

/** The rounds of one size, through all groups; at least one, however late it is. */
async function measureSize(
  scene: Scene,
  plan: SizePlan,
  options: { readonly isOver: () => boolean } & Pick<BenchOptions, 'signal' | 'progress'>,
): Promise<CaseResult[]> {
  const { isOver, signal, progress } = options;
  const contenders: GroupContenders[] = [];
  for (const group of groups) {
    signal.throwIfAborted();
    contenders.push(await prepare(scene, group, plan));
  }
  const results = groups.map(({ hooks }) => hooks.map((): { bare: Measured; webhook: Measured }[] => []));
  for (let round = 0; round < plan.rounds && (round === 0 || !isOver()); round += 1) {
    progress(`${plan.size} reviews, round ${round + 1} of ${plan.rounds}`);
    for (const [index, group] of contenders.entries()) {
      signal.throwIfAborted();
      const measured = await measureRound(scene.load, group, plan, round % 2 === 1);
      for (const [number, webhook] of measured.cases.entries()) {
        results[index]?.[number]?.push({ bare: measured.bare, webhook });
      }
    }
  }
  return groups.flatMap(({ restores, hooks }, index) =>
    hooks.map((kind, number) => ({
      size: plan.size,
      hooks: kind,
      restores,
      rounds: results[index]?.[number] ?? [],
    })),
  );
}

/** Makes the reviews, sees that they are answered as they should be, and has them compiled. */
async function prepare(scene: Scene, { restores, hooks }: Group, plan: SizePlan): Promise<GroupContenders> {
  const { bare, load, ca } = scene;
  const webhook = scene.webhooks.find((each) => each.restores === restores);
  if (webhook === undefined) throw new Error(`there is no webhook that knows ${restores} Restores`);
  const cases: GroupContenders['cases'][number][] = [];
  for (const kind of hooks) {
    const bodies = await scene.bodies({ size: plan.size, hooks: kind, restores });
    for (const file of bodies) await checkAnswer(webhook, ca, file, kind);
    await load.saturate(webhook, bodies, plan.warmUpMs);
    cases.push({ server: webhook, bodies, hooks: kind });
  }
  // Its work is that of the length alone, which is the same for all.
  const bodies = cases.at(-1)?.bodies ?? [];
  await load.saturate(bare, bodies, plan.warmUpMs);
  return { webhook, bare: { server: bare, bodies }, cases };
}

class MemoryLog {
  readonly #pid: number;
  readonly #after: { readonly size: Size; readonly memory: Memory }[] = [];
  readonly result: MemoryResult;

  constructor(server: Server & { readonly restores?: number }) {
    this.#pid = server.pid;
    this.result = { restores: server.restores ?? null, atStart: memoryOf(server.pid), after: this.#after };
  }

  note(size: Size): void {
    this.#after.push({ size, memory: memoryOf(this.#pid) });
  }
}

function difference(after: Asked, before: Asked | undefined): Asked {
  return {
    byClock: after.byClock - (before?.byClock ?? 0),
    forPods: after.forPods - (before?.forPods ?? 0),
  };
}
