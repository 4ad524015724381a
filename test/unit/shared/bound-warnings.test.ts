import { describe, expect, it } from '@jest/globals';
import { boundWarnings } from '../../../shared/bound-warnings.ts';
import type { HookWarning } from '../../../shared/warning.ts';

function warn(text: string): HookWarning {
  return { code: 'UnknownKey', text, place: text };
}

describe('boundWarnings', () => {
  it('gives every text once, in order', () => {
    expect(boundWarnings([warn('b'), warn('a'), warn('b')])).toEqual(['b', 'a']);
  });

  it('keeps within 4 KiB of UTF-8, and says how many were left out', () => {
    const many = Array.from({ length: 100 }, (_, index) => warn(`${index}`.padEnd(120, 'ä')));
    const texts = boundWarnings(many);
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    expect(bytes).toBeLessThanOrEqual(4_096);
    expect(bytes).toBeGreaterThan(3_600);
    expect(texts.at(-1)).toBe(`restore hooks: ${100 - texts.length + 1} more warnings about this pod`);
  });
});
