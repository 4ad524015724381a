import { describe, expect, it } from '@jest/globals';
import { commands } from '../../../../cli/program/commands.ts';
import { commandHelp, programHelp } from '../../../../cli/program/help.ts';
import { parseCommandLine } from '../../../../cli/program/parse.ts';

describe('help', () => {
  it('names every command of the program', () => {
    const help = programHelp('restore-hooks');
    for (const { name, summary } of commands) expect(help).toMatch(new RegExp(`^ {2}${name} +${summary}$`, 'm'));
  });

  it.each(commands)('tells the options, examples and exit codes of $name', (command) => {
    const help = commandHelp('restore-hooks', command);
    for (const { name, value } of command.options) {
      expect(help).toMatch(new RegExp(`--${name}(?: |$)${value === null ? '' : '.*'}`, 'm'));
      for (const choice of value?.choices ?? []) expect(help).toContain(choice);
    }
    for (const { code } of command.exitCodes) expect(help).toMatch(new RegExp(`^ {2}${code} {2}`, 'm'));
    for (const { line } of command.examples) expect(help).toContain(line);
    expect(help.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  it('shows examples as a kubectl plugin is called', () => {
    const [plan] = commands;
    const help = plan === undefined ? '' : commandHelp('kubectl restore-hooks', plan);
    expect(help).toContain('\n  kubectl restore-hooks plan -f pod.yaml --as-restored\n');
    expect(help).toContain('\n  kubectl get pods -n app -o json | kubectl restore-hooks plan --live');
    const wait = commands.find(({ name }) => name === 'wait');
    expect(wait === undefined ? '' : commandHelp('kubectl restore-hooks', wait)).toContain(
      '\n  kubectl restore-hooks wait nightly --timeout 30m || kubectl restore-hooks status nightly\n',
    );
  });

  it('has examples that the program takes', () => {
    for (const { line } of commands.flatMap(({ examples }) => examples)) {
      const typed = /restore-hooks (?<words>[^|>;]*)/.exec(line)?.groups?.words?.trim().split(' ') ?? [];
      expect(parseCommandLine(typed)).toMatchObject({ is: 'command' });
    }
  });
});
