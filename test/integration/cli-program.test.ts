import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { buildCli, everyNode, type CliBundle } from './cli-bundle.ts';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

const pod = (name: string, annotations: Readonly<Record<string, string>> = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, annotations },
  spec: { containers: [{ name: 'a', image: 'b' }] },
});
const wrongPod = pod('db', { 'post.hook.restore.velero.io/comand': 'date' });

// Each test runs processes, and waits for them alone.
jest.setTimeout(60_000);

let cli: CliBundle;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(async () => {
  await cli.remove();
});

describe.each(everyNode())('restore-hooks on Node $version', ({ node }) => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'restore-hooks-program-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it.each<[string[], string]>([
    [['--version'], `${manifest.version}\n`],
    [['--help'], 'Usage:\n  restore-hooks COMMAND [OPTIONS]\n'],
    [['help', 'lint'], 'Usage:\n  restore-hooks lint -f FILE... [OPTIONS]\n'],
    [['plan', '-h'], 'Exit codes:\n  0  '],
    [['completion', 'bash'], 'complete -F __restore_hooks restore-hooks kubectl-restore_hooks\n'],
    [['completion', 'zsh'], '#compdef restore-hooks kubectl-restore_hooks\n'],
    [['__complete', 'plan', '--mode', 'ta'], 'takeover\n:4\n'],
  ])('prints for %j, and ends with 0', async (words, expected) => {
    const { code, stdout, stderr } = await cli.run(words, { node });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(expected);
  });

  it.each<[string[], string]>([
    [[], 'restore-hooks: a command is missing\nTry "restore-hooks --help".\n'],
    [['paln'], 'restore-hooks: unknown command paln; did you mean plan?\nTry "restore-hooks --help".\n'],
    [
      ['plan', '--mod', 'auto'],
      'restore-hooks plan: unknown option --mod; did you mean --mode?\nTry "restore-hooks plan --help".\n',
    ],
    [
      ['plan'],
      'restore-hooks plan: files are missing: -f FILE, or -f - for standard input\nTry "restore-hooks plan --help".\n',
    ],
    [
      ['lint'],
      'restore-hooks lint: files are missing: -f FILE, or -f - for standard input\nTry "restore-hooks lint --help".\n',
    ],
    [
      ['plan', '-f', '-', '--context', 'x'],
      'restore-hooks plan: --context means nothing without --live\nTry "restore-hooks plan --help".\n',
    ],
  ])('refuses %j with 2', async (words, stderr) => {
    expect(await cli.run(words, { node })).toEqual({ code: 2, stdout: '', stderr });
  });

  it.each<[string, string[], string, number, string]>([
    ['an error, with 1', [], JSON.stringify(wrongPod), 1, '<stdin>:1:'],
    ['an error, for GitHub', ['-o', 'github'], JSON.stringify(wrongPod), 1, '::error file=<stdin>,line=1,'],
    ['an error, as JSON', ['-o', 'json'], JSON.stringify(wrongPod), 1, '"code": "UnknownKey"'],
    ['broken YAML, with 1', [], 'a: 1\na: 2\n', 1, '<stdin>:2:1: error InvalidYAML: the key "a" stands twice'],
    ['nothing wrong, with 0', [], JSON.stringify(pod('db')), 0, '0 errors'],
  ])('lints and finds %s', async (_title, words, stdin, code, expected) => {
    const result = await cli.run(['lint', '-f', '-', ...words], { node, stdin });
    expect(result).toMatchObject({ code, stderr: '' });
    expect(result.stdout).toContain(expected);
  });

  it('lints what can be read, and ends with 1 for what cannot', async () => {
    await writeFile(join(folder, 'good.yaml'), JSON.stringify(pod('db')));
    expect(await cli.run(['lint', '-f', 'nope.yaml', '-f', 'good.yaml'], { node, cwd: folder })).toEqual({
      code: 1,
      stdout: expect.stringContaining('0 errors'),
      stderr: 'nope.yaml: there is no such file or folder\n',
    });
  });

  it('escapes on standard error what would move the cursor', async () => {
    const { code, stderr } = await cli.run(['plan', '-f', 'a\u001b[2Jb\nc'], { node });
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'a\\u001b[2Jb\\nc: there is no such file or folder\n' });
  });

  it('ends quietly when its reader has seen enough', async () => {
    const pods = Array.from({ length: 5_000 }, (_, index) => pod(`p${index}`));
    await writeFile(join(folder, 'many.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods }));
    const child = spawn(node, [cli.script, 'plan', '-f', join(folder, 'many.json')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'close') as Promise<[number | null, string | null]>;
    const complaints = text(child.stderr);
    const lines = createInterface({ input: child.stdout });
    const [first] = (await once(lines, 'line')) as [string];
    lines.close();
    child.stdout.destroy();
    expect([first, await ended, await complaints]).toEqual(['default/p0', [0, null], '']);
  });

  it.each([
    ['kubectl-restore_hooks', ['plan', '--help'], 'Usage:\n  kubectl restore-hooks plan -f FILE... [OPTIONS]\n'],
    ['kubectl_complete-restore_hooks', ['completion', ''], 'bash\nzsh\n:4\n'],
  ])('knows that it is called as %s', async (name, words, expected) => {
    const link = join(folder, name);
    await symlink(cli.script, link);
    const child = spawn(node, [link, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
    expect(await text(child.stdout)).toContain(expected);
  });
});
