import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { buildCli, type CliBundle } from './cli-bundle.ts';

const execute = promisify(execFile);

// Each test runs processes, and waits for them alone.
jest.setTimeout(60_000);

let cli: CliBundle;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(async () => {
  await cli.remove();
});

describe('completion', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'restore-hooks-completion-'));
    await mkdir(join(folder, 'bin'));
    await mkdir(join(folder, 'work/some folder'), { recursive: true });
    for (const name of ['restore-hooks', 'kubectl-restore_hooks']) await symlink(cli.script, join(folder, 'bin', name));
    for (const name of ['pod.yaml', 'my pod.json', 'list.yml', 'notes.txt'])
      await writeFile(join(folder, 'work', name), '');
    await writeFile(join(folder, 'script.bash'), (await cli.run(['completion', 'bash'])).stdout);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  /** What a bash that has loaded the script would offer for the last of the words, which it parts at `=` as bash does. */
  async function offeredByBash(program: string, words: readonly string[]): Promise<string[]> {
    const driver = [
      'source "$1"; shift',
      'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))',
      '"$(complete -p "$1" | sed "s/.*-F \\([^ ]*\\) .*/\\1/")" "$1"',
      'for each in "${COMPREPLY[@]}"; do printf "%s\\n" "$each"; done',
    ].join('\n');
    const parted = words
      .flatMap((word) => word.split(/(=)/))
      .filter((word, index, all) => word !== '' || index === all.length - 1);
    const { stdout } = await execute('bash', ['-c', driver, 'bash', join(folder, 'script.bash'), program, ...parted], {
      cwd: join(folder, 'work'),
      env: { PATH: [join(folder, 'bin'), process.env.PATH ?? ''].join(delimiter) },
    });
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .sort();
  }

  it.each<[string[], string[]]>([
    [['pl'], ['plan']],
    [[''], ['cancel', 'completion', 'help', 'lint', 'logs', 'plan', 'rerun', 'status', 'wait']],
    [['status', '--w'], ['--watch']],
    [
      ['status', '-o', ''],
      ['json', 'table'],
    ],
    [['plan', '--mo'], ['--mode']],
    [['plan', '--mode', 't'], ['takeover']],
    [['plan', '--mode=t'], ['takeover']],
    [
      ['plan', '--mode='],
      ['auto', 'observe', 'standalone', 'takeover'],
    ],
    [
      ['plan', '-o', ''],
      ['json', 'table', 'yaml'],
    ],
    [['plan', '--inherit', 'resources,v'], ['resources,volumeMounts']],
    [
      ['plan', '-f', ''],
      ['list.yml', 'my pod.json', 'pod.yaml', 'some folder'],
    ],
    [['plan', '-f', 'my'], ['my pod.json']],
    [['plan', '--filename=p'], ['pod.yaml']],
    [
      ['plan', '--kubeconfig', ''],
      ['list.yml', 'my pod.json', 'notes.txt', 'pod.yaml', 'some folder'],
    ],
    [['plan', '--context', ''], []],
    [
      ['completion', ''],
      ['bash', 'zsh'],
    ],
  ])('in bash offers for %j', async (words, expected) => {
    expect(await offeredByBash('restore-hooks', words)).toEqual(expected);
  });

  it('in bash completes the plugin by its own name', async () => {
    expect(await offeredByBash('kubectl-restore_hooks', ['lint', '-o', 'g'])).toEqual(['github']);
  });

  it('in bash, option and value are offered as one word where "=" parts none', async () => {
    const driver =
      'COMP_WORDBREAKS=" "; source "$1"; COMP_WORDS=(restore-hooks plan --mode=t); COMP_CWORD=2; __restore_hooks; echo "${COMPREPLY[@]}"';
    const { stdout } = await execute('bash', ['-c', driver, 'bash', join(folder, 'script.bash')], {
      env: { PATH: [join(folder, 'bin'), process.env.PATH ?? ''].join(delimiter) },
    });
    expect(stdout).toBe('--mode=takeover\n');
  });

  const zsh = (process.env.PATH ?? '')
    .split(delimiter)
    .map((path) => join(path, 'zsh'))
    .find(existsSync);
  if (zsh !== undefined) {
    it.each<[string[], string[]]>([
      [['pl'], ['plan:Show what will happen to pods when they are restored']],
      [['plan', '--mode', 't'], ['takeover']],
      [
        ['plan', '--mode=t'],
        ['without --mode=', 'takeover'],
      ],
      [['plan', '-f', ''], ['files -g *.(yaml|yml|json)(-.)']],
      [['plan', '--kubeconfig', ''], ['files']],
      [['completion', 'z'], ['zsh']],
    ])('in zsh offers for %j', async (words, expected) => {
      // What zsh's own completion system would be asked to do.
      const driver = [
        'compdef() { : }',
        '_describe() { print -rl -- "${(@P)4}" }',
        '_files() { print -r -- files "$@" }',
        'compset() { print -r -- "without ${words[CURRENT]%%=*}=" }',
        'source "$1"; shift; words=("$@"); CURRENT=$#; __restore_hooks',
      ].join('\n');
      await writeFile(join(folder, 'script.zsh'), (await cli.run(['completion', 'zsh'])).stdout);
      const { stdout } = await execute(
        zsh,
        ['-f', '-c', driver, 'zsh', join(folder, 'script.zsh'), 'restore-hooks', ...words],
        {
          env: { PATH: [join(folder, 'bin'), process.env.PATH ?? ''].join(delimiter) },
        },
      );
      expect(stdout.trimEnd().split('\n')).toEqual(expected);
    });
  }
});
