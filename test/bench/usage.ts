import { readFileSync } from 'node:fs';

/** In which Linux tells processor time to processes, on every architecture. */
const ticksPerSecond = 100;

/** Processor time of a process with all its threads, user and system. Throws if there is no such process. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name, which may hold anything but ends at the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

export interface Memory {
  readonly rssMb: number;
  /** The most it has been so far. */
  readonly peakMb: number;
}

/** Resident memory of a process, in 10^6 bytes. */
export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string) => (Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(status)?.[1]) * 1024) / 1e6;
  return { rssMb: field('VmRSS'), peakMb: field('VmHWM') };
}
