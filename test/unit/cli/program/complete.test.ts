import { describe, expect, it } from '@jest/globals';
import { commands } from '../../../../cli/program/commands.ts';
import { complete, renderCompletion } from '../../../../cli/program/complete.ts';

function offered(...words: string[]): unknown {
  const { candidates, files } = complete(words);
  return files === 'none' ? candidates.map(({ value }) => value) : files;
}

const manifests = { endingIn: ['yaml', 'yml', 'json'] };

describe('complete', () => {
  it.each<[string[], unknown]>([
    [[''], ['plan', 'lint', 'status', 'wait', 'logs', 'rerun', 'cancel', 'completion', 'help']],
    [['pl'], ['plan']],
    [['x'], []],
    [['-'], ['--help', '--version']],
    [['nonsense', ''], []],
    [
      ['plan', '--re'],
      ['--restore-namespaces', '--restore-label'],
    ],
    [['plan', '--live', '--l'], []],
    [['plan', '-f', 'a', '--f'], ['--filename']],
    [['plan', '-o', 'json', '--o'], []],
    [
      ['plan', '--mode', ''],
      ['auto', 'takeover', 'standalone', 'observe'],
    ],
    [['plan', '--mode', 's'], ['standalone']],
    [['plan', '--mode=t'], ['takeover']],
    [['plan', '--mode=takeover', '--mod'], []],
    [
      ['plan', '-o', ''],
      ['table', 'json', 'yaml'],
    ],
    [
      ['lint', '-o', ''],
      ['text', 'json', 'github'],
    ],
    [
      ['plan', '--inherit', ''],
      ['securityContext', 'volumeMounts', 'resources'],
    ],
    [
      ['plan', '--inherit', 'resources,'],
      ['resources,securityContext', 'resources,volumeMounts'],
    ],
    [['plan', '--inherit=resources,v'], ['resources,volumeMounts']],
    [['plan', '-f', ''], manifests],
    [['plan', '--filename', 'p'], manifests],
    [['plan', '--filename=p'], manifests],
    [['plan', '--kubeconfig', ''], 'all'],
    [['plan', '--context', ''], []],
    [['plan', '--nonsense=x'], []],
    [['plan', '--as-restored', '--l'], ['--live']],
    [
      ['completion', ''],
      ['bash', 'zsh'],
    ],
    [['completion', 'z'], ['zsh']],
    [
      ['completion', '--', ''],
      ['bash', 'zsh'],
    ],
    [
      ['help', ''],
      ['plan', 'lint', 'status', 'wait', 'logs', 'rerun', 'cancel', 'completion'],
    ],
    [
      ['status', '-'],
      ['--namespace', '--all-namespaces', '--watch', '--output', '--kubeconfig', '--context', '--help'],
    ],
    [
      ['wait', ''],
      ['--namespace', '--timeout', '--kubeconfig', '--context', '--help'],
    ],
    [['rerun', 'x'], []],
    [['rerun', '--', ''], []],
    [
      ['status', '-o', ''],
      ['table', 'json'],
    ],
    [['status', '-A', '--a'], []],
  ])('offers for %j', (words, expected) => {
    expect(offered(...words)).toEqual(expected);
  });

  it.each(commands.filter(({ positional }) => positional === null).map(({ name, options }) => ({ name, options })))(
    'offers every option of $name',
    ({ name, options }) => {
      expect(offered(name, '')).toEqual(options.map((option) => `--${option.name}`));
    },
  );
});

describe('renderCompletion', () => {
  it.each<[string, Parameters<typeof renderCompletion>[0], string]>([
    [
      'candidates with what they are',
      {
        candidates: [
          { value: 'a', says: 'A b.' },
          { value: 'c', says: '' },
        ],
        files: 'none',
      },
      'a\tA b.\nc\n:4\n',
    ],
    ['nothing', { candidates: [], files: 'none' }, ':4\n'],
    ['all files', { candidates: [], files: 'all' }, ':0\n'],
    ['files by their ends', { candidates: [], files: { endingIn: ['yaml', 'json'] } }, 'yaml\njson\n:8\n'],
  ])('tells a script of %s', (_title, completion, expected) => {
    expect(renderCompletion(completion)).toBe(expected);
  });
});
