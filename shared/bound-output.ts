import type { OutputTail } from './outcome.ts';
import { hasEnded, type HookRecord } from './record.ts';
import { storedBytes } from './stored-bytes.ts';

/** All output in one HookRun is at most 256 KiB as it is stored (hooks.md section 8): of the run itself, and of those before it. */
export const outputLimitBytes = 192 * 1024;
export const earlierOutputLimitBytes = 64 * 1024;

type Output = Pick<HookRecord, 'stdout' | 'stderr'>;

/**
 * A hook's output cut so that all of a record stay within the bound: what earlier hooks have left is parted equally among
 * the hooks to come, this one included. Deterministic, so that a write tried again is the same.
 */
export function boundOutput(hooks: readonly HookRecord[], index: number, output: Output): Output {
  const others = hooks.filter((_, at) => at !== index);
  const used = others.reduce((sum, { stdout, stderr }) => sum + encodedBytes(stdout) + encodedBytes(stderr), 0);
  const toCome = others.filter((hook) => !hasEnded(hook)).length + 1;
  const share = Math.max(0, outputLimitBytes - used) / toCome;
  const stderr = fitOutput(output.stderr, Math.max(share / 2, share - encodedBytes(output.stdout)));
  return { stderr, stdout: fitOutput(output.stdout, share - encodedBytes(stderr)) };
}

function encodedBytes(tail: OutputTail | null): number {
  return tail === null ? 0 : storedBytes(tail.text);
}

/** The end of a text that takes at most so many bytes as encoded; what was cut off is counted as dropped. */
export function fitOutput(tail: OutputTail | null, limit: number): OutputTail | null {
  if (tail === null || encodedBytes(tail) <= limit) return tail;
  const characters = Array.from(tail.text);
  let room = Math.max(0, limit - 2);
  let from = characters.length;
  while (from > 0) {
    const cost = storedBytes(characters[from - 1]) - 2;
    if (cost > room) break;
    room -= cost;
    from -= 1;
  }
  const cut = characters.slice(0, from).join('');
  return { text: characters.slice(from).join(''), droppedBytes: tail.droppedBytes + Buffer.byteLength(cut) };
}
