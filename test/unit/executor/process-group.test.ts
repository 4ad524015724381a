import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { GroupReport, shellOf, signalGroup, withGroupReport } from '../../../executor/process-group.ts';

const token = 'abc123';
const report = `restore-hooks-group:${token}:4711\n`;

function take(chunks: string[]): { own: string; group: number | null } {
  const reader = new GroupReport(token);
  const pieces = chunks.map((chunk) => reader.take(Buffer.from(chunk)));
  return { own: Buffer.concat([...pieces, reader.rest()]).toString(), group: reader.group };
}

describe('the report of a process group', () => {
  it.each([
    { name: 'alone', chunks: [report], own: '', group: 4711 },
    { name: 'before the command has written', chunks: [`${report}error\n`], own: 'error\n', group: 4711 },
    { name: 'after a noisy profile', chunks: [`hello\n${report}error\n`], own: 'hello\nerror\n', group: 4711 },
    { name: 'byte by byte', chunks: Array.from(`${report}x`), own: 'x', group: 4711 },
    { name: 'missing', chunks: ['error\n'], own: 'error\n', group: null },
    {
      name: 'of another run',
      chunks: ['restore-hooks-group:zzz:1\n'],
      own: 'restore-hooks-group:zzz:1\n',
      group: null,
    },
    { name: 'a second time, by the command itself', chunks: [report, report], own: report, group: 4711 },
    { name: 'missing in much output', chunks: ['x'.repeat(5000), 'y'], own: `${'x'.repeat(5000)}y`, group: null },
    { name: 'no number', chunks: [`restore-hooks-group:${token}:\n`], own: '', group: null },
  ])('$name', ({ chunks, own, group }) => {
    expect(take(chunks)).toEqual({ own, group });
  });
});

describe('which commands are a shell’s', () => {
  it.each([
    { command: ['/bin/bash', '-c', 'x'], shell: '/bin/bash' },
    { command: ['sh', '-c', 'x'], shell: 'sh' },
    { command: ['/usr/bin/env', 'bash'], shell: null },
    { command: ['/bin/bash -c date'], shell: null },
    { command: ['psql'], shell: null },
    { command: ['/usr/local/bin/bash/psql'], shell: null },
  ])('$command', ({ command, shell }) => {
    expect(shellOf(command)).toBe(shell);
  });
});

describe('in a real shell', () => {
  it.each(['/bin/sh', '/bin/bash'])(
    '%s reports, and runs the command unchanged, quotes, blanks, exit code and all',
    (shell) => {
      const script = `printf '%s|' "$0" "$@"; exit 7`;
      const [program = '', ...words] = withGroupReport(shell, [shell, '-c', script, 'zero', 'a b', '', '"$x"'], token);
      const run = spawnSync(program, words, { encoding: 'utf8' });
      expect(run.stdout).toBe('zero|a b||"$x"|');
      expect(run.status).toBe(7);
      expect(run.stderr).toBe(`restore-hooks-group:${token}:${run.pid}\n`);
    },
  );

  it.each(['/bin/sh', '/bin/bash'])('%s can ask for a group that is not there', (shell) => {
    const [program = '', ...words] = signalGroup(shell, 2 ** 22 + 1, '0');
    expect(spawnSync(program, words).status).toBe(1);
  });
});
