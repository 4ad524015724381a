/** What one case costs: milliseconds of processor time of this process, in user mode, of the first run and of later ones. */
export interface Cost {
  readonly what: string;
  readonly where: 'webhook' | 'executor';
  readonly firstMs: number;
  readonly laterMs: number;
  /** Of what was given, and of what came out. */
  readonly inBytes: number;
  readonly outBytes: number;
}

/** One hostile input, and what is done with it in one turn of the event loop. */
export interface Case {
  readonly what: string;
  readonly where: Cost['where'];
  readonly inBytes: number;
  /** Returns how many bytes came out. */
  readonly run: () => number;
}

const laterRuns = 1;

/**
 * Measures a case. By processor time, since others may be at work on this machine; that of the engine's own threads, for garbage
 * and compilation, is in it, so that a turn of the loop took less.
 */
export function measure({ what, where, inBytes, run }: Case): Cost {
  const time = () => {
    const before = process.cpuUsage();
    const outBytes = run();
    return { ms: process.cpuUsage(before).user / 1000, outBytes };
  };
  const first = time();
  const later = Array.from({ length: laterRuns }, () => time().ms);
  return { what, where, inBytes, outBytes: first.outBytes, firstMs: first.ms, laterMs: Math.max(...later) };
}
