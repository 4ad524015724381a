/** Restored pods that are Running before the executor comes to lead, against as many bare execs. */
export interface BurstPlan {
  readonly pods: number;
  /** Of each pod. */
  readonly hooks: number;
  readonly rounds: number;
}

export interface PacePlan {
  readonly podsPerSecond: number;
  readonly pods: number;
}

/** Waves of pods, each gone before the next one comes: what the executor keeps of them would show. */
export interface SoakPlan {
  readonly waves: number;
  /** Of each wave. */
  readonly pods: number;
  /** Of each pod. */
  readonly hooks: number;
  /** Waves after which its memory should not grow any more. */
  readonly warmUpWaves: number;
}

export interface ExecutorPlan {
  readonly pace: PacePlan;
  readonly bursts: readonly BurstPlan[];
  readonly soak: SoakPlan;
  /** Its pods stay, for the executor that idles beside them. */
  readonly largest: BurstPlan;
  readonly idleMs: number;
  /** After it the run is given up: the machine is too busy to measure anything. */
  readonly limitMs: number;
}

export const fullExecutorPlan: ExecutorPlan = {
  pace: { podsPerSecond: 10, pods: 400 },
  bursts: [
    { pods: 200, hooks: 1, rounds: 2 },
    { pods: 1_000, hooks: 1, rounds: 3 },
    { pods: 1_000, hooks: 10, rounds: 1 },
  ],
  soak: { waves: 20, pods: 100, hooks: 10, warmUpWaves: 5 },
  largest: { pods: 5_000, hooks: 1, rounds: 1 },
  idleMs: 20_000,
  limitMs: 40 * 60_000,
};

export const quickExecutorPlan: ExecutorPlan = {
  pace: { podsPerSecond: 10, pods: 50 },
  bursts: [
    { pods: 50, hooks: 1, rounds: 2 },
    { pods: 20, hooks: 10, rounds: 1 },
  ],
  soak: { waves: 8, pods: 10, hooks: 5, warmUpWaves: 2 },
  largest: { pods: 200, hooks: 1, rounds: 1 },
  idleMs: 5_000,
  limitMs: 10 * 60_000,
};
