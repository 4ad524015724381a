import { describe, expect, it } from '@jest/globals';
import { hookLogs } from '../../../../cli/runs/hook-logs.ts';
import type { HookRun } from '../../../../shared/hook-run.ts';
import { buildHookRun, execPlan, failed } from '../../../support/hook-runs.ts';
import { at } from '../../../support/pods.ts';

const [first] =
  failed({
    stderr: { text: 'bad\u001b[2J\n', droppedBytes: 1200 },
    stdout: { text: 'row 1\nrow 2\n', droppedBytes: 0 },
  }).exec ?? [];
if (first === undefined) throw new Error('no hook');

const object = buildHookRun({
  spec: {
    init: [{ name: 'fix', source: 'annotation' }],
    exec: [execPlan(['sh', '-c', 'load it'], { name: 'load' }), execPlan(['date']), execPlan(['id'])],
  },
  status: {
    phase: 'Failed',
    exec: [
      first,
      { state: 'Cancelled', reason: 'Cancelled', message: 'not run', attempts: 0 },
      { state: 'Succeeded', attempts: 1, exitCode: 0, stdout: { text: '', droppedBytes: 0 } },
    ],
  },
});

const shown = (run: HookRun, hook: number | null = null) =>
  hookLogs(run, hook).parts.map(({ to, text }) => `${to === 'out' ? '1' : '2'} ${text}`);

const firstLines = [
  "2 ==> hook 1 load, container a, Failed, NonZeroExit, exit code 3: sh -c 'load it'",
  '2     the command ended with exit code 3',
  '2 --> stderr, without the first 1200 bytes',
  '2 bad\\u001b[2J',
  '2 --> stdout',
  '1 row 1',
  '1 row 2',
];

describe('hookLogs', () => {
  it('has only what went to standard output on standard output', () => {
    expect(shown(object)).toEqual([
      '2 ==> init hook fix: kubectl logs -n shop db -c fix',
      ...firstLines,
      '2 ==> hook 2, container a, Cancelled: date',
      '2     not run',
      '2 ==> hook 3, container a, Succeeded, exit code 0: id',
    ]);
  });

  it('shows one hook', () => {
    expect(shown(object, 1)).toEqual(firstLines);
  });

  it.each([
    [object, 4, 'shop/db has 3 exec hooks, and no hook 4'],
    [buildHookRun(), 2, 'shop/db has 1 exec hook, and no hook 2'],
  ])('says that there is no such hook (case %#)', (run, hook, says) => {
    expect(hookLogs(run, hook)).toEqual({ found: false, parts: [{ to: 'error', text: says }] });
  });

  it.each([
    ['before anything is written', buildHookRun({ status: null })],
    ['of the run before a rerun that has begun', buildHookRun({ spec: { run: 2, rerun: at(60) }, status: failed() })],
  ])('shows nothing %s', (_title, run) => {
    expect(shown(run)).toEqual(['2 ==> hook 1, container a, Waiting: date']);
  });

  it('says that there are none', () => {
    expect(shown(buildHookRun({ spec: { exec: [] } }))).toEqual([
      '2 shop/db has no exec hooks, whose output would be kept',
    ]);
  });
});
