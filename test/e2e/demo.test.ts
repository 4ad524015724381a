import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';

const main = fileURLToPath(new URL('../demo/main.ts', import.meta.url));

describe('npm run demo, on a cluster of its own beside that of the tests', () => {
  let output = '';
  let code: number | null = null;
  beforeAll(async () => {
    const child = spawn(process.execPath, [main], {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    [code] = (await once(child, 'close')) as [number | null];
  }, 900_000);

  it('ends with exit code 0', () => {
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
  });

  it.each([
    {
      what: 'the page’s init hook',
      row: /^web +init +restore-hook +Succeeded +(< 1|\d+) s +0 +\w+ \w+ +\d+ [\d:]+ UTC \d{4}$/m,
    },
    {
      what: 'the page’s exec hook on a real PostgreSQL',
      row: /^db +exec +postgres +Succeeded +[\d.]+ s +0 +.*COPY 3/m,
    },
    {
      what: 'the hook after the wait container',
      row: /restore-wait.*\n.*restore-hook.*after the wait container\n.*setup/,
    },
    { what: 'the record of the database’s hook', row: /^db-[-0-9a-f]{36} +nightly +db +Succeeded +1\/1 +\d+s$/m },
    { what: 'the data that is back', row: /2 \| Grace +\| 250\.00\n.*\n\(3 rows\)/ },
  ])('shows $what', ({ row }) => {
    expect(output).toMatch(row);
  });
});
