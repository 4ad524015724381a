import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What one case costs: milliseconds of processor time of the thread of the event loop, of the first run and of later ones. */
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

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/**
 * Measures a case. By processor time, since others may be at work on this machine, and of this thread alone: what the engine does beside
 * it holds nothing up. What other cases have left is collected before, so that it is nobody's cost.
 */
export function measure({ what, where, inBytes, run }: Case): Cost {
  const time = () => {
    collectGarbage();
    const before = process.threadCpuUsage();
    const outBytes = run();
    const { user, system } = process.threadCpuUsage(before);
    return { ms: (user + system) / 1000, outBytes };
  };
  const first = time();
  const later = Array.from({ length: laterRuns }, () => time().ms);
  return { what, where, inBytes, outBytes: first.outBytes, firstMs: first.ms, laterMs: Math.max(...later) };
}
