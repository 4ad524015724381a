import { describe, expect, it } from '@jest/globals';
import { boundOutput, outputLimitBytes } from '../../../shared/bound-output.ts';
import type { OutputTail } from '../../../shared/outcome.ts';
import { changeHook, newRecord, type RunRecord } from '../../../shared/record.ts';

const tail = (text: string): OutputTail => ({ text, droppedBytes: 0 });
const encoded = ({ hooks }: RunRecord) =>
  hooks.reduce((sum, { stdout, stderr }) => sum + size(stdout) + size(stderr), 0);
const size = (output: OutputTail | null) => (output === null ? 0 : Buffer.byteLength(JSON.stringify(output.text)));

function fill(hooks: number, stdout: string, stderr: string): RunRecord {
  let record = newRecord(hooks, 0);
  for (let index = 0; index < hooks; index += 1) {
    const output = boundOutput(record.hooks, index, { stdout: tail(stdout), stderr: tail(stderr) });
    record = changeHook(record, index, { state: 'Succeeded', ...output });
  }
  return record;
}

describe('the output in one record', () => {
  it.each([
    { name: 'letters', text: 'x'.repeat(65_536) },
    { name: 'control characters, of six bytes each as encoded', text: '\u0001'.repeat(65_536) },
    { name: 'characters beyond the basic plane', text: '😀'.repeat(16_384) },
    { name: 'lone surrogates', text: '\ud800'.repeat(20_000) },
  ])('stays within the bound, of $name', ({ text }) => {
    for (const hooks of [1, 3, 50]) expect(encoded(fill(hooks, text, text))).toBeLessThanOrEqual(outputLimitBytes);
  });

  it('is left as it is where it fits', () => {
    const record = fill(20, 'x'.repeat(4_000), 'y'.repeat(4_000));
    expect(record.hooks.every(({ stdout, stderr }) => stdout?.droppedBytes === 0 && stderr?.droppedBytes === 0)).toBe(
      true,
    );
  });

  it('keeps the end, and counts what was cut off', () => {
    const text = `${'a'.repeat(300_000)}the end`;
    const { stdout } = boundOutput(newRecord(1, 0).hooks, 0, { stdout: tail(text), stderr: null });
    expect(stdout?.text.endsWith('the end')).toBe(true);
    expect((stdout?.text.length ?? 0) + (stdout?.droppedBytes ?? 0)).toBe(text.length);
  });

  it('counts bytes, and never cuts a character in two', () => {
    const { stdout } = boundOutput(newRecord(1, 0).hooks, 0, { stdout: tail('é'.repeat(200_000)), stderr: null });
    expect(stdout?.text).toMatch(/^é+$/);
    expect(2 * (stdout?.text.length ?? 0) + (stdout?.droppedBytes ?? 0)).toBe(400_000);
  });

  it('leaves to hooks that print much what others have not used', () => {
    let record = newRecord(3, 0);
    for (const index of [0, 1]) record = changeHook(record, index, { state: 'Succeeded', stdout: tail('') });
    const output = boundOutput(record.hooks, 2, { stdout: tail('x'.repeat(150_000)), stderr: tail('') });
    expect(output.stdout?.droppedBytes).toBe(0);
  });
});
