import { expect, it } from '@jest/globals';
import { steadyClock } from '../../../../shared/service/steady-clock.ts';

const hour = 3_600_000;

it.each([
  ['goes with both', 0, 5],
  ['does not jump ahead with the wall clock', hour, 5],
  ['does not jump back with it', -hour, 5],
])('%s', (_, jumpMs, passedMs) => {
  let wall = Date.parse('2026-01-01T12:00:00Z');
  let monotonic = 1_000.25;
  const nowMs = steadyClock({ wallMs: () => wall, monotonicMs: () => monotonic });
  const before = nowMs();
  wall += jumpMs + passedMs;
  monotonic += passedMs;
  expect(nowMs() - before).toBe(passedMs);
});

it('tells the time of the wall clock, in whole milliseconds', () => {
  const wall = Date.parse('2026-01-01T12:00:00Z');
  expect(steadyClock({ wallMs: () => wall, monotonicMs: () => 12.5 })()).toBe(wall);
});
