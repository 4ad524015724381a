import { describe, expect, it } from '@jest/globals';
import { commands } from '../../../../cli/program/commands.ts';
import { parseCommandLine } from '../../../../cli/program/parse.ts';

function parsed(...words: string[]): unknown {
  const line = parseCommandLine(words);
  switch (line.is) {
    case 'command':
      return { [line.command.name]: Object.fromEntries(line.options), positional: line.positional };
    case 'wrong':
      return `${line.command?.name ?? 'program'}: ${line.message}`;
    case 'help':
      return `help ${line.command?.name ?? 'program'}`;
    case 'version':
      return 'version';
  }
}

describe('parseCommandLine', () => {
  it.each<[string[], Record<string, readonly string[]>]>([
    [['-f', 'a.yaml'], { filename: ['a.yaml'] }],
    [['-fa.yaml'], { filename: ['a.yaml'] }],
    [['-f=a.yaml'], { filename: ['a.yaml'] }],
    [['--filename', 'a.yaml'], { filename: ['a.yaml'] }],
    [['--filename=a=b.yaml'], { filename: ['a=b.yaml'] }],
    [['-f', '-'], { filename: ['-'] }],
    [['-f-'], { filename: ['-'] }],
    [['-f', 'a', '-f', 'b'], { filename: ['a', 'b'] }],
    [['-o', 'json', '-o', 'yaml'], { output: ['yaml'] }],
    [['--live', '-f', 'a'], { live: [], filename: ['a'] }],
    [
      ['--inherit', 'resources, volumeMounts', '--inherit=securityContext'],
      { inherit: ['resources', 'volumeMounts', 'securityContext'] },
    ],
    [['--exclude-namespaces', 'a,,b'], { 'exclude-namespaces': ['a', 'b'] }],
    [['--exclude-namespaces='], { 'exclude-namespaces': [] }],
    [['--as-restored'], { 'as-restored': [''] }],
    [['--as-restored', '-f', 'a'], { 'as-restored': [''], filename: ['a'] }],
    [['--as-restored', 'r2'], { 'as-restored': ['r2'] }],
    [['--as-restored=r2'], { 'as-restored': ['r2'] }],
    [['--as-restored='], { 'as-restored': [''] }],
    [[], {}],
  ])('reads plan %j', (words, options) => {
    expect(parsed('plan', ...words)).toEqual({ plan: options, positional: null });
  });

  it.each<[string[], unknown]>([
    [['completion', 'bash'], { completion: {}, positional: 'bash' }],
    [['completion', '--', 'zsh'], { completion: {}, positional: 'zsh' }],
    [['help'], { help: {}, positional: null }],
    [['help', 'plan'], { help: {}, positional: 'plan' }],
    [['status'], { status: {}, positional: null }],
    [['status', 'r1', '-A', '-w'], { status: { 'all-namespaces': [], watch: [] }, positional: 'r1' }],
    [['wait', 'r1', '--timeout', '5m'], { wait: { timeout: ['5m'] }, positional: 'r1' }],
    [['logs', '--hook=2', 'db'], { logs: { hook: ['2'] }, positional: 'db' }],
    [['rerun', 'pod/db', '--failed'], { rerun: { failed: [] }, positional: 'pod/db' }],
    [['cancel', '-n', 'a', 'r1'], { cancel: { namespace: ['a'] }, positional: 'r1' }],
    [['-h'], 'help program'],
    [['--help'], 'help program'],
    [['--version'], 'version'],
    [['plan', '--help'], 'help plan'],
    [['plan', '-f', 'a', '-h'], 'help plan'],
    [['lint', '--help', '--nonsense'], 'help lint'],
  ])('reads %j', (words, expected) => {
    expect(parsed(...words)).toEqual(expected);
  });

  it.each<[string[], string]>([
    [[], 'program: a command is missing'],
    [['pln'], 'program: unknown command pln; did you mean plan?'],
    [['Lint'], 'program: unknown command Lint; did you mean lint?'],
    [['comp'], 'program: unknown command comp; did you mean completion?'],
    [['a b\u001b'], 'program: unknown command "a b\\u001b"; did you mean plan?'],
    [['--helps'], 'program: unknown option --helps; did you mean --help?'],
    [['--mode', 'auto', 'plan'], 'program: --mode must come after its command, such as plan'],
    [['plan', '--moed', 'auto'], 'plan: unknown option --moed; did you mean --mode?'],
    [['plan', '--file=x'], 'plan: unknown option --file; did you mean --filename?'],
    [['plan', '-x'], 'plan: unknown option -x; did you mean --mode?'],
    [['plan', '-hf'], 'plan: unknown option -hf; did you mean --help?'],
    [['plan', '--live=yes'], 'plan: --live takes no value'],
    [['plan', '-f'], 'plan: -f needs a value: -f FILE'],
    [['plan', '-f', '--live'], 'plan: -f needs a value: -f FILE'],
    [['plan', '--mode'], 'plan: --mode needs a value: --mode MODE'],
    [['plan', '--mode='], 'plan: --mode needs a MODE'],
    [['plan', '-n', ''], 'plan: --namespace needs a NAMESPACE'],
    [
      ['plan', '--mode', 'takeove'],
      'plan: --mode takeove is none of auto, takeover, standalone, observe; did you mean takeover?',
    ],
    [['plan', '-o', 'josn'], 'plan: --output josn is none of table, json, yaml; did you mean json?'],
    [['lint', '-o', 'table'], 'lint: --output table is none of text, json, github; did you mean text?'],
    [
      ['plan', '--inherit', 'resources,volumes'],
      'plan: --inherit volumes is none of securityContext, volumeMounts, resources; did you mean volumeMounts?',
    ],
    [['plan', 'a.yaml'], 'plan: unexpected a.yaml; files are given by -f a.yaml'],
    [['plan', '-f', 'a', '-'], 'plan: unexpected -; files are given by -f -'],
    [['completion'], 'completion: SHELL is missing: one of bash, zsh'],
    [['completion', 'fish'], 'completion: fish is none of bash, zsh; did you mean bash?'],
    [['completion', 'bash', 'zsh'], 'completion: unexpected zsh'],
    [['wait'], 'wait: RESTORE is missing'],
    [['logs', 'a', 'b'], 'logs: unexpected b'],
    [['rerun', '--fail', 'a'], 'rerun: unknown option --fail; did you mean --failed?'],
    [
      ['help', 'lnt'],
      'help: lnt is none of plan, lint, status, wait, logs, rerun, cancel, completion; did you mean lint?',
    ],
  ])('refuses %j', (words, expected) => {
    expect(parsed(...words)).toBe(expected);
  });

  it('knows every option of every command by its name', () => {
    for (const { name, options } of commands) {
      for (const option of options) {
        const word = option.value?.choices?.[0] ?? 'x';
        const line = parseCommandLine([name, `--${option.name}`, ...(option.value === null ? [] : [word])]);
        expect(line.is === 'wrong' ? line.message : '').not.toContain('unknown option');
      }
    }
  });
});
