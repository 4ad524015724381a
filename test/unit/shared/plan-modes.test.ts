import { describe, expect, it } from '@jest/globals';
import { admittedForKey, execKeys, movedCommandKey, movedHooksKey } from '../../../shared/annotations.ts';
import type { JsonPatchOperation } from '../../../shared/json-patch.ts';
import { admissionPatch } from '../../../shared/patch.ts';
import type { PlanContext } from '../../../shared/plan-context.ts';
import { planPod } from '../../../shared/plan.ts';
import type { RestoreFinding } from '../../../shared/restore.ts';
import { applyPatch } from '../../support/apply-patch.ts';
import { buildPod } from '../../support/pods.ts';
import { buildContext, buildPolicy, execRule, found, restoreObject, withRules } from '../../support/rules.ts';

const moved = JSON.stringify({ resources: [execRule('restore')] });
const running = { phase: 'InProgress', startTimestamp: '2026-03-01T09:59:30Z' };

/** What the Restore of the pod is. In a takeover, Velero is at work on most: `started` has moved hooks. */
const restores = {
  none: { is: 'none' },
  plain: found(restoreObject()),
  holds: withRules(execRule('restore')),
  moved: found(restoreObject({ metadata: { annotations: { [movedHooksKey]: moved } } })),
  started: found(restoreObject({ metadata: { annotations: { [movedHooksKey]: moved } }, status: running })),
  unreadable: { is: 'unreadable' },
} as const satisfies Record<string, RestoreFinding>;

/** Where the pod's one annotated command stands. */
const commands = {
  nowhere: {},
  'in place': { [execKeys.command]: 'annotation' },
  moved: { [movedCommandKey]: 'annotation' },
  both: { [execKeys.command]: 'annotation', [movedCommandKey]: 'earlier' },
} as const satisfies Record<string, Record<string, string>>;

type Cells = readonly [keyof typeof commands, ...string[]];

/**
 * Section 10 of hooks.md. A policy has a hook for every pod. A cell tells whose exec hooks are planned (A: the annotation's,
 * R: the Restore's, P: the policy's, -: none), then `>`: the command moves, `<`: it moves back, `!`: the pod is stamped, and
 * why it is none of ours.
 */
const columns = ['none', 'plain', 'holds', 'moved', 'started', 'unreadable'] as const;
const table: readonly (readonly [PlanContext['mode'], PlanContext['stage'], readonly Cells[]])[] = [
  [
    'standalone',
    'admission',
    [
      ['nowhere', 'P!', 'P!', 'RP!', 'RP!', '- velero-at-work', 'P!'],
      ['in place', 'A!', 'A!', 'A!', 'A!', '- velero-at-work', 'A!'],
      ['moved', 'A!', 'A!', 'A!', 'A!', '- velero-at-work', 'A!'],
      ['both', 'A!', 'A!', 'A!', 'A!', '- velero-at-work', 'A!'],
    ],
  ],
  [
    'standalone',
    'run',
    [
      ['nowhere', 'P!', 'P!', 'RP!', 'RP!', '- velero-at-work', 'P!'],
      ['in place', 'A!', 'A!', 'A!', 'A!', '- velero-at-work', 'A!'],
      ['moved', 'A!', 'A!', 'A!', 'A!', '- velero-at-work', 'A!'],
      ['both', 'A!', 'A!', 'A!', 'A!', '- velero-at-work', 'A!'],
    ],
  ],
  [
    'takeover',
    'admission',
    [
      ['nowhere', 'P!', 'P!', '- restore-holds-hooks', 'RP!', 'RP!', 'P!'],
      ['in place', 'A>!', 'A>!', '- restore-holds-hooks', 'A>!', 'A>!', '-!'],
      ['moved', 'A!', 'A!', '-< restore-holds-hooks', 'A!', 'A!', 'A!'],
      ['both', 'A>!', 'A>!', '-< restore-holds-hooks', 'A>!', 'A>!', '-!'],
    ],
  ],
  [
    // A command in place is Velero's now: it has seen it. It hides other sources as ever.
    'takeover',
    'run',
    [
      ['nowhere', 'P!', 'P!', '- restore-holds-hooks', 'RP!', 'RP!', 'P!'],
      ['in place', '-', '-', '- restore-holds-hooks', '-', '-', '-!'],
      ['moved', 'A!', 'A!', '-< restore-holds-hooks', 'A!', 'A!', 'A!'],
      ['both', '-', '-', '-< restore-holds-hooks', '-', '-', '-!'],
    ],
  ],
  ...(['admission', 'run'] as const).map((stage) => {
    const observed = ['- observed', '- observed', '- observed', '- observed', '- observed', '- observed'] as const;
    const rows: Cells[] = [
      ['nowhere', ...observed],
      ['in place', ...observed],
      ['moved', ...observed],
      ['both', ...observed],
    ];
    return ['observe', stage, rows] as const;
  }),
];
const cases = table.flatMap(([mode, stage, rows]) =>
  rows.flatMap(([command, ...cells]) =>
    columns.map((restore, at) => ({ mode, stage, command, restore, cell: cells[at] })),
  ),
);

const policies = [buildPolicy('p', [execRule('policy')])];

function podWith(annotations: Readonly<Record<string, string>>) {
  return buildPod({ metadata: { annotations: { ...annotations, [admittedForKey]: 'r0' } } });
}

describe('the owner of a hook', () => {
  it('stands in a table of all that can be', () => expect(cases).toHaveLength(3 * 2 * 4 * 6));

  it.each(cases)('$mode, at $stage, command $command, Restore $restore: $cell', ({ cell = '', ...given }) => {
    const { mode, stage, command, restore } = given;
    const pod = podWith(commands[command]);
    const context = buildContext({ mode, stage, restore: restores[restore], policies });
    const plan = planPod(pod, 'r1', context);
    const [signs = '', left = null] = cell.split(' ');
    expect({
      exec: plan.exec.map((hook) => [hook.source, ...hook.command]),
      left: plan.left,
      command: plan.command,
      stamp: plan.stamp,
      // Of hooks that Velero runs nothing is said, and of the others that they are not run.
      warned: plan.warnings.length > 0,
      patch: admissionPatch(pod, plan, 'r1'),
    }).toEqual({
      exec: sourcesOf(signs),
      left,
      command: signs.includes('>') ? 'moves' : signs.includes('<') ? 'moves back' : 'stays',
      stamp: signs.includes('!'),
      warned: left === 'velero-at-work' || (left === 'restore-holds-hooks' && command === 'nowhere'),
      patch: left === 'observed' ? [] : [...commandOperations(signs, command), ...stampOperations(signs)],
    });
  });

  it.each(cases)('$mode, at $stage, command $command, Restore $restore: decided once', (given) => {
    const { mode, stage, command, restore } = given;
    const pod = podWith(commands[command]);
    const context = buildContext({ mode, stage, restore: restores[restore], policies });
    const patched = applyPatch(pod, admissionPatch(pod, planPod(pod, 'r1', context), 'r1'));
    const again = planPod(patched, 'r1', context);
    expect(admissionPatch(patched, again, 'r1')).toEqual([]);
    expect(again.exec).toEqual(planPod(pod, 'r1', context).exec);
  });
});

/** No cell has another order: annotation alone, or Restore before policy. */
function sourcesOf(signs: string): string[][] {
  return Object.entries({ A: 'annotation', R: 'restore', P: 'policy' }).flatMap(([sign, source]) =>
    signs.includes(sign) ? [[source, source]] : [],
  );
}

const veleros = '/metadata/annotations/post.hook.restore.velero.io~1command';
const ours = '/metadata/annotations/post.hook.restorehooks.io~1command';
const stampPath = '/metadata/annotations/restorehooks.io~1admitted-for';

function commandOperations(signs: string, command: keyof typeof commands): JsonPatchOperation[] {
  if (signs.includes('>')) return [{ op: 'move', from: veleros, path: ours }];
  if (!signs.includes('<')) return [];
  return command === 'both' ? [{ op: 'remove', path: ours }] : [{ op: 'move', from: ours, path: veleros }];
}

/** The pod brings the stamp of an earlier restore along, which is overwritten or taken off. */
function stampOperations(signs: string): JsonPatchOperation[] {
  return signs.includes('!') ? [{ op: 'add', path: stampPath, value: 'r1' }] : [{ op: 'remove', path: stampPath }];
}
