import type { Hooks, Size } from './bodies.ts';

/** How long each measurement of a size takes, and how often it is repeated. */
export interface SizePlan {
  readonly size: Size;
  readonly rounds: number;
  readonly durationMs: number;
  /** Of each server before the first round. */
  readonly warmUpMs: number;
  /** Whether the webhook is also measured at the bare server's rate. */
  readonly atBaresRate: boolean;
}

export interface BenchPlan {
  readonly sizes: readonly SizePlan[];
  /** After it no round is begun but the first of each size. */
  readonly budgetMs: number;
  /** After it the run is given up: the machine is too busy to measure anything. */
  readonly limitMs: number;
}

/** What is measured in turn with the bare server: reviews of pods with and without hooks, at one number of known Restores. */
export interface Group {
  readonly restores: number;
  readonly hooks: readonly Hooks[];
}

export const groups: readonly Group[] = [
  { restores: 0, hooks: ['none', 'annotations'] },
  { restores: 1, hooks: ['none', 'Restore'] },
  { restores: 1_000, hooks: ['none', 'Restore'] },
];

/**
 * Short measurements and many rounds: a machine's speed drifts within seconds, and servers are compared within a round. An
 * engine optimizes the webhook's code over some ten thousand requests, so what comes first gets the longest warm-up.
 */
export const fullPlan: BenchPlan = {
  sizes: [
    { size: 'small', rounds: 5, durationMs: 300, warmUpMs: 3_000, atBaresRate: false },
    { size: 'typical', rounds: 15, durationMs: 300, warmUpMs: 2_500, atBaresRate: true },
    { size: 'huge', rounds: 3, durationMs: 800, warmUpMs: 500, atBaresRate: false },
  ],
  budgetMs: 255_000,
  limitMs: 300_000,
};

export const quickPlan: BenchPlan = {
  sizes: [
    { size: 'small', rounds: 1, durationMs: 200, warmUpMs: 800, atBaresRate: false },
    { size: 'typical', rounds: 3, durationMs: 200, warmUpMs: 600, atBaresRate: true },
    { size: 'huge', rounds: 1, durationMs: 300, warmUpMs: 100, atBaresRate: false },
  ],
  budgetMs: 40_000,
  // Done within a minute or so where nothing else runs; where much does, servers start and first rounds take several times that.
  limitMs: 300_000,
};
