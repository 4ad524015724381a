/** A package `go build` would have to work on. `dependencies` is empty but for programs. */
export interface Stale {
  readonly path: string;
  readonly dependencies: readonly string[];
}

/** How much of a build is done, in packages compiled. */
export interface Work {
  readonly total: number;
  done(): number;
  /** How many packages a program still waits for. */
  left(program: string): number;
  /** Notes that the compiler has begun with a package. False: it is none that was waited for. */
  compiled(path: string): boolean;
  /** Notes that a program is there, and with it, whatever Go said before, all it is made of. */
  linked(program: string): void;
}

/**
 * Linking takes as long as compiling this many packages: 3 s against 1416 packages in 147 s (kube-scheduler from cold, two
 * cores). Counting packages foretold the time to 5 % on average there; counting bytes of source, only to 13 %.
 */
const LINK_PACKAGES = 30;

/** Measures what is to be built: every stale package once, whichever programs share it, and a link for each program. */
export function measure(stale: readonly Stale[]): Work {
  const programs = new Map(stale.filter((each) => each.dependencies.length > 0).map((each) => [each.path, each]));
  const waiting = new Set(stale.map((each) => each.path).filter((path) => !programs.has(path)));
  const unlinked = new Set(programs.keys());
  const remaining = (): number => waiting.size + unlinked.size * LINK_PACKAGES;
  const total = remaining();
  const dependenciesOf = (program: string): readonly string[] => programs.get(program)?.dependencies ?? [];
  return {
    total,
    done: () => total - remaining(),
    left: (program) => dependenciesOf(program).filter((path) => waiting.has(path)).length,
    compiled: (path) => waiting.delete(path),
    linked(program) {
      for (const path of dependenciesOf(program)) waiting.delete(path);
      unlinked.delete(program);
    },
  };
}
