import { describe, expect, it } from '@jest/globals';
import { readArguments } from '../../../../image/build/arguments.ts';

describe('readArguments', () => {
  it.each([
    { args: [], command: { kind: 'archive', out: null, source: null, cache: null } },
    {
      args: ['--out', 'a.tar', '--source', 'https://example.org/x', '--cache', 'c'],
      command: { kind: 'archive', out: 'a.tar', source: 'https://example.org/x', cache: 'c' },
    },
    { args: ['--app', 'folder'], command: { kind: 'app', folder: 'folder' } },
    { args: ['--help', '--out', 'a'], command: { kind: 'help' } },
  ])('reads $args', ({ args, command }) => {
    expect(readArguments(args)).toEqual({ command });
  });

  it.each([
    { args: ['--app', 'folder', '--out', 'a'], error: '--app stands alone' },
    { args: ['--app', 'folder', '--cache', 'c'], error: '--app stands alone' },
    { args: ['--app', ''], error: '--app needs a folder' },
    { args: ['--out', ''], error: '--out needs a file' },
    { args: ['--cache', ''], error: '--cache needs a folder' },
    { args: ['--source', 'here'], error: '--source is a URL' },
    { args: ['--push'], error: "Unknown option '--push'" },
    { args: ['x'], error: "Unexpected argument 'x'" },
  ])('refuses $args', ({ args, error }) => {
    const reading = readArguments(args);
    expect('error' in reading && reading.error).toContain(error);
  });
});
