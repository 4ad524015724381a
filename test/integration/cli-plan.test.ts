import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'yaml';
import { pageExecRestore, pageInitRestore } from '../support/page-restores.ts';
import { annotated, annotationExample, deployment, execExample, initExample, notRestored } from './cli-golden.ts';
import { buildCli, everyNode, type CliBundle } from './cli-bundle.ts';

const elementFields = ['pod', 'restored', 'restore', 'init', 'patch', 'exec', 'warnings'];
const execFields = [
  ...['container', 'command', 'onError', 'execTimeoutMs', 'waitTimeoutMs', 'waitForReady', 'source', 'rule'],
];

// Each test runs processes, and waits for them alone.
jest.setTimeout(60_000);

let cli: CliBundle;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(async () => {
  await cli.remove();
});

describe.each(everyNode())('restore-hooks plan on Node $version', ({ node }) => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'restore-hooks-plan-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function plan(stdin: string, ...words: string[]) {
    return await cli.run(['plan', '-f', '-', ...words], { node, stdin, cwd: folder });
  }

  async function planJson(stdin: string, ...words: string[]): Promise<unknown> {
    const { code, stdout, stderr } = await plan(stdin, '-o', 'json', ...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout);
  }

  it.each<[string, string, string[], unknown[]]>([
    ['the annotation examples of the page', annotated, ['--as-restored', 'r1'], [annotationExample]],
    ['the first Restore of the page', `${pageInitRestore}---\n${deployment}`, ['--as-restored'], [initExample]],
    ['the second Restore of the page', `${deployment}---\n${pageExecRestore}`, ['--as-restored'], [execExample]],
    ['a Deployment as it is', `${deployment}---\n${pageExecRestore}`, [], [notRestored]],
    ['nothing', '', [], []],
  ])('plans %s', async (title, stdin, words, expected) => {
    const { code, stdout, stderr } = await plan(stdin, '-o', 'json', ...words);
    expect(code).toBe(0);
    expect(stderr).toBe(title === 'nothing' ? 'there are no pods among the 0 objects\n' : '');
    const elements = JSON.parse(stdout) as Record<string, unknown>[];
    expect(elements).toEqual(expected);
    for (const element of elements) {
      expect(Object.keys(element)).toEqual(elementFields);
      for (const exec of element.exec as object[]) expect(Object.keys(exec)).toEqual(execFields);
    }
    expect(stdout).toBe(`${JSON.stringify(elements, null, 2)}\n`);
  });

  it('gives an element for each pod, in the order of files, documents and items', async () => {
    await writeFile(
      join(folder, 'a.json'),
      '{"apiVersion":"v1","kind":"PodList","items":[' +
        '{"metadata":{"name":"one"},"spec":{"containers":[{"name":"a"}]}},' +
        '{"metadata":{"name":"two"},"spec":{"containers":[{"name":"a"}]}}]}\n' +
        '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"three"},"spec":{"containers":[{"name":"a"}]}}',
    );
    await writeFile(join(folder, 'b.yaml'), deployment);
    const { stdout } = await cli.run(['plan', '-f', 'b.yaml', '-f', '-', '-f', 'a.json', '-n', 'other', '-o', 'json'], {
      node,
      cwd: folder,
      stdin: annotated,
    });
    const pods = (JSON.parse(stdout) as { pod: string }[]).map(({ pod }) => pod);
    expect(pods).toEqual(['app/web', 'app/db', 'other/one', 'other/two', 'other/three']);
  });

  it('prints the same as YAML, so that readers of YAML 1.1 read it too', async () => {
    const stdin = `${deployment}---\n${pageExecRestore.replace('date > /start', 'yes')}`;
    const json = await planJson(stdin, '--as-restored');
    const { stdout } = await plan(stdin, '--as-restored', '-o', 'yaml');
    expect(parse(stdout)).toEqual(json);
    expect(stdout).toContain('- "yes"\n');
  });

  it('prints a table for people', async () => {
    const { code, stdout } = await plan(`${deployment}---\n${pageExecRestore}`, '--as-restored');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'app/web, restored by Restore r2',
      '  EXEC  CONTAINER  COMMAND                                              ON ERROR  TIMEOUT  WAITS  FROM',
      "  1     postgres   /bin/bash -c 'while ! pg_isready; do sleep 1; done'  Fail      1m       5m     Restore, rule restore-hook-1",
      "  2     postgres   /bin/bash -c 'psql < /backup/backup.sql'             Continue  1m       6m     Restore, rule restore-hook-1",
      "  3     sidecar    /bin/bash -c 'date > /start'                         Continue  30s      none   Restore, rule restore-hook-1",
      '',
    ]);
  });

  it.each<[string, string[], string, unknown]>([
    ['auto, with a Restore: takeover', ['--mode', 'auto'], pageExecRestore, 'left to Velero: its Restore still holds'],
    ['auto, without: standalone', ['--mode', 'auto'], '', 'no hooks'],
    ['takeover', ['--mode=takeover'], pageExecRestore, 'left to Velero: its Restore still holds'],
    ['standalone, by default', [], pageExecRestore, 'while ! pg_isready'],
    ['observe', ['--mode', 'observe'], pageExecRestore, 'observed: nothing is patched'],
  ])('plans by the mode %s', async (_title, words, restore, expected) => {
    const { stdout } = await plan(`${deployment}---\n${restore}`, '--as-restored', 'r2', ...words);
    expect(stdout).toContain(expected);
  });

  it('names the Restores to choose from', async () => {
    const two = `${pageExecRestore}---\n${pageInitRestore.replace('name: r2', 'name: r3')}`;
    expect(await plan(two, '--as-restored')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'restore-hooks plan: --as-restored needs a NAME: one of r2, r3\nTry "restore-hooks plan --help".\n',
    });
  });

  it.each<[string, string, string]>([
    [
      'broken YAML',
      `${annotated}---\na: b\n  c: d\n`,
      '<stdin>:33:4: Nested mappings are not allowed in compact mappings\n',
    ],
    ['broken JSON', '{\n\t"kind": "Pod",\n\t"metadata" {}\n}\n', '<stdin>:3:13: '],
    ['text', 'only text', '<stdin>:1:1: object: is no Kubernetes object\n'],
    [
      'a pod without containers',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: db\nspec: {}\n',
      '<stdin>:5:7: Pod db: spec.containers is missing\n',
    ],
    [
      'containers that are no list',
      annotated.replace('  - name: postgres', '    name: postgres'),
      '<stdin>:28:5: Pod app/db: spec.containers is a map, not a list\n',
    ],
    [
      'a label that is no text',
      annotated.replace('app: db', 'app: 1'),
      '<stdin>:10:10: Pod app/db: metadata.labels.app is a number, not text\n',
    ],
  ])('ends with 1, and says where there is %s', async (_title, stdin, expected) => {
    const { code, stdout, stderr } = await plan(stdin, '-o', 'json');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(expected);
  });

  it('ends with 1 for a file that is not there', async () => {
    expect(await cli.run(['plan', '-f', 'nope.yaml'], { node, cwd: folder })).toEqual({
      code: 1,
      stdout: '',
      stderr: 'nope.yaml: there is no such file or folder\n',
    });
  });
});
