import { describe, expect, it } from '@jest/globals';
import { createInsistence } from '../../../certs/insistence.ts';

const make = () => createInsistence({ backoff: { firstMs: 1_000, maxMs: 8_000 }, peaceMs: 20_000, random: () => 1 });

describe('how often something is put right', () => {
  it('is at once for the first time', () => {
    expect(make().unsound(0)).toBeLessThanOrEqual(0);
    const seen = make();
    seen.sound(0);
    expect(seen.unsound(5)).toBe(5);
  });

  it('grows with each time it is undone, up to a bound', () => {
    const insistence = make();
    const waits: number[] = [];
    let nowMs = 0;
    for (let index = 0; index < 6; index += 1) {
      insistence.sound(nowMs);
      const notBeforeMs = insistence.unsound(nowMs);
      waits.push(notBeforeMs - nowMs);
      nowMs = notBeforeMs;
      insistence.written(nowMs);
    }
    expect(waits).toEqual([0, 2_000, 8_000, 8_000, 8_000, 8_000]);
  });

  it('grows also for whoever only sees another put it right', () => {
    const insistence = make();
    const waits: number[] = [];
    for (let nowMs = 0; nowMs < 50; nowMs += 10) {
      insistence.sound(nowMs);
      waits.push(insistence.unsound(nowMs) - nowMs);
    }
    expect(waits).toEqual([0, 1_000, 2_000, 4_000, 8_000]);
  });

  it('is at once again after a time of peace', () => {
    const insistence = make();
    insistence.written(0);
    insistence.written(0);
    insistence.sound(100);
    insistence.sound(20_100);
    expect(insistence.unsound(20_200)).toBe(20_200);
  });

  it('waits between two writes of which the first had no effect', () => {
    const insistence = make();
    insistence.unsound(0);
    insistence.written(0);
    expect(insistence.unsound(10)).toBe(1_000);
    expect(insistence.unsound(20)).toBe(1_000);
  });
});
