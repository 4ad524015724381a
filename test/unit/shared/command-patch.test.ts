import { describe, expect, it } from '@jest/globals';
import { execKeys, movedCommandKey } from '../../../shared/annotations.ts';
import { commandPatch } from '../../../shared/command-patch.ts';
import { applyPatch } from '../../support/apply-patch.ts';
import { buildPod } from '../../support/pods.ts';

const here = execKeys.command;
const there = movedCommandKey;

function after(annotations: Record<string, string>, ...commands: Parameters<typeof commandPatch>[1][]) {
  let pod = buildPod({ metadata: { annotations } });
  for (const command of commands) pod = applyPatch(pod, commandPatch(pod, command));
  return pod.metadata.annotations;
}

describe('a command', () => {
  it.each<[string, Parameters<typeof commandPatch>[1][], Record<string, string>, Record<string, string>]>([
    ['that stays', ['stays'], { [here]: 'x', [there]: 'y', a: 'b' }, { [here]: 'x', [there]: 'y', a: 'b' }],
    ['that moves', ['moves'], { [here]: 'x', a: 'b' }, { [there]: 'x', a: 'b' }],
    ['that moves over an earlier one', ['moves'], { [here]: 'x', [there]: 'y' }, { [there]: 'x' }],
    ['that moves back', ['moves back'], { [there]: 'x', a: 'b' }, { [here]: 'x', a: 'b' }],
    [
      'that would move back over what was written since',
      ['moves back'],
      { [here]: 'x', [there]: 'y' },
      { [here]: 'x' },
    ],
    ['that moves and moves back is as it was', ['moves', 'moves back'], { [here]: ' ["x"]\n' }, { [here]: ' ["x"]\n' }],
    ['that is empty moves back as well', ['moves back'], { [there]: '' }, { [here]: '' }],
    ['in place that is empty counts as written', ['moves back'], { [here]: '', [there]: 'x' }, { [here]: '' }],
  ])('%s', (_, commands, before, expected) => expect(after(before, ...commands)).toEqual(expected));

  it('that stays needs no annotations', () => {
    expect(commandPatch(buildPod({ metadata: { annotations: null } }), 'stays')).toEqual([]);
  });
});
