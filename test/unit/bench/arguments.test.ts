import { describe, expect, it } from '@jest/globals';
import { parseArguments } from '../../bench/arguments.ts';

describe('parseArguments', () => {
  it.each([
    [['webhook'], { is: 'webhook', isQuick: false }],
    [['webhook', '--quick'], { is: 'webhook', isQuick: true }],
    [['--quick', 'webhook'], { is: 'webhook', isQuick: true }],
    [['executor', '--quick'], { is: 'executor', isQuick: true }],
    [['webhook', '--help'], { is: 'help' }],
    [[], { is: 'misuse', message: 'which benchmark?' }],
    [['webhook', 'executor'], { is: 'misuse', message: 'which benchmark?' }],
    [['webhook', 'webhook'], { is: 'misuse', message: 'which benchmark?' }],
    [['webhok'], { is: 'misuse', message: 'bench does not take "webhok"' }],
    [['webhook', '--fast'], { is: 'misuse', message: 'bench does not take "--fast"' }],
  ])('reads %j', (args, command) => {
    expect(parseArguments(args)).toEqual(command);
  });
});
