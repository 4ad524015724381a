import { describe, expect, it } from '@jest/globals';
import { nextStep } from '../../../shared/next-step.ts';
import { changeHook, newRecord } from '../../../shared/record.ts';
import { runOrder } from '../../../shared/run-order.ts';
import { buildHook, buildPod, createdAtMs, runningStatus } from '../../support/pods.ts';

function hooksOf(names: readonly string[]) {
  return names.map((name) => buildHook(name.charAt(0), { command: [name] }));
}

const cases: [string, string[], string[]][] = [
  ['nothing of nothing', [], []],
  ['one container in the order of the list', ['a1', 'a2', 'a3'], ['a1', 'a2', 'a3']],
  ['all of a container before another', ['a1', 'b1', 'a2'], ['a1', 'a2', 'b1']],
  ['the container of the first hook first', ['b1', 'a1', 'b2', 'a2'], ['b1', 'b2', 'a1', 'a2']],
];

describe('runOrder', () => {
  it.each(cases)('gives %s', (_title, hooks, expected) => {
    expect(runOrder(hooksOf(hooks)).map(({ command }) => command[0])).toEqual(expected);
  });

  it('leaves the list it is given as it is', () => {
    const hooks = hooksOf(['a1', 'b1', 'a2']);
    runOrder(hooks);
    expect(hooks).toEqual(hooksOf(['a1', 'b1', 'a2']));
  });

  it.each(cases)('says what the executor does: %s', (_title, names) => {
    const hooks = hooksOf(names);
    const pod = buildPod({ statuses: [runningStatus('a', 1), runningStatus('b', 1)] });
    const done = { state: 'Succeeded', startedAtMs: createdAtMs, finishedAtMs: createdAtMs } as const;
    let record = newRecord(hooks.length, createdAtMs);
    const ran: number[] = [];
    for (;;) {
      const step = nextStep(hooks, pod, record, createdAtMs + 5_000);
      if (step.do !== 'run') break;
      ran.push(step.hook);
      record = changeHook(record, step.hook, done);
    }
    expect(ran.map((index) => hooks[index])).toEqual(runOrder(hooks));
  });
});
