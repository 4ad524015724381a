import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { buildHookRun, failed, succeeded } from '../support/hook-runs.ts';
import { openRunsApi, type Answer, type RunsApi } from '../support/runs-api.ts';
import { buildCli, everyNode, type CliBundle } from './cli-bundle.ts';

// Each test runs processes, and waits for them alone.
jest.setTimeout(60_000);

const path = '/apis/restorehooks.io/v1alpha1/hookruns';
const list = `${path}?limit=200`;
const listed = (...items: object[]) => ({ body: { metadata: { resourceVersion: '1' }, items } });
const good = buildHookRun({ pod: 'web', status: succeeded() });
const bad = buildHookRun({ status: failed({ stdout: { text: 'row 1\n', droppedBytes: 0 } }) });
const open = buildHookRun({ pod: 'slow' });

let cli: CliBundle;
let api: RunsApi;
beforeAll(async () => {
  cli = await buildCli();
  api = await openRunsApi();
});
afterAll(async () => {
  await api.close();
  await cli.remove();
});
beforeEach(() => {
  api.answers = {};
  api.asked = [];
});

describe.each(everyNode())('restore-hooks about HookRuns on Node $version', ({ node }) => {
  const run = (...words: string[]) => cli.run([...words, '--kubeconfig', api.kubeconfig], { node });

  it.each([
    ['all succeeded', [good], 0, '1 restore, 1 pod: 1 succeeded\n'],
    ['some failed', [good, bad], 1, '1 restore, 2 pods: 1 succeeded, 1 failed\n'],
    ['some go on', [good, bad, open], 2, '1 restore, 3 pods: 1 waiting, 1 succeeded, 1 failed\n'],
  ])('shows the status when %s', async (_title, items, code, end) => {
    api.answers = { [list]: listed(...items) };
    const result = await run('status');
    expect(result).toMatchObject({ code, stderr: '' });
    expect(result.stdout.endsWith(`\n\n${end}`)).toBe(true);
    expect(result.stdout).not.toContain('\u001b');
    expect(api.asked).toEqual([`GET ${list}`]);
  });

  it('shows it as JSON, of one restore', async () => {
    api.answers = { [list]: listed(bad, buildHookRun({ pod: 'x', spec: { restore: { label: 'r2' } } })) };
    const { code, stdout, stderr } = await run('status', 'nightly', '-o', 'json');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const shown: unknown = JSON.parse(stdout);
    expect(shown).toMatchObject([
      { namespace: 'shop', pod: 'db', restore: 'nightly', failed: 1, exec: [{ command: ['date'], exitCode: 3 }] },
    ]);
    expect(shown).toHaveLength(1);
  });

  it.each<[string, string[], number, string, string]>([
    ['nothing at all', ['status'], 2, '', 'there are no HookRuns in any namespace\n'],
    [
      'nothing, as JSON',
      ['status', 'r9', '-o', 'json'],
      2,
      '[]\n',
      'there are no HookRuns of restore r9 in any namespace\n',
    ],
    ['no pod for logs', ['logs', 'db'], 1, '', 'there is no HookRun of pod db\n'],
    ['nothing to run again', ['rerun', 'db'], 1, '', 'there is no HookRun of a pod or restore db\n'],
    [
      'nothing to wait for',
      ['wait', 'r9', '--timeout', '0'],
      2,
      '',
      'restore r9: not finished after 0s: no HookRun has come\n',
    ],
  ])('finds %s', async (_title, words, code, stdout, stderr) => {
    api.answers = { [list]: listed(), [`${path}?limit=500`]: listed() };
    expect(await run(...words)).toEqual({ code, stdout, stderr });
  });

  it.each<[string, string[], number]>([
    ['status', ['status'], 3],
    ['status --watch', ['status', '--watch'], 3],
    ['wait', ['wait', 'r1'], 3],
    ['logs', ['logs', 'db'], 1],
    ['rerun', ['rerun', 'db'], 1],
    ['cancel', ['cancel', 'r1'], 1],
  ])('says in one sentence why it cannot tell: %s', async (_title, words, code) => {
    const missing = 'the cluster knows no HookRuns (restorehooks.io/v1alpha1): restore-hooks is not installed there\n';
    expect(await run(...words)).toEqual({ code, stdout: '', stderr: missing });
    const refusal = { status: 403, body: { kind: 'Status', message: 'you may not' } };
    api.answers = { [list]: refusal, [`${path}?limit=500`]: refusal };
    const refused = `you may not read HookRuns: GET ${path}: 403 you may not; -n NAMESPACE asks for those of one namespace\n`;
    expect(await run(...words)).toEqual({ code, stdout: '', stderr: refused });
    const lost = await run(...words, '--context', 'nobody');
    expect(lost).toMatchObject({ code, stdout: '' });
    expect(lost.stderr).toMatch(/^the cluster could not be reached: GET .*ECONNREFUSED.*\n$/);
  });

  it.each<[string[], number, string]>([
    [['status', '--wacth'], 3, 'unknown option --wacth; did you mean --watch?'],
    [['status', '--watch', '-o', 'json'], 3, '--watch shows a table: it cannot be combined with -o json'],
    [['wait', 'r1', '--timeout', '10'], 3, '--timeout 10 is no duration, such as 90s, 10m or 1h30m'],
    [['wait'], 3, 'RESTORE is missing'],
    [['logs', 'db', '--hook', '0'], 2, '--hook 0 is no number of a hook: 1 is the first'],
    [['logs', 'restore/r1'], 2, 'logs are those of a pod'],
    [['rerun', 'a/b/c'], 2, 'a/b/c is none of NAME, pod/NAME, restore/NAME or NAMESPACE/POD'],
  ])('refuses %j with %i', async (words, code, says) => {
    const { stderr, ...result } = await cli.run(words, { node });
    const program = `restore-hooks ${words[0] ?? ''}`;
    expect(result).toEqual({ code, stdout: '' });
    expect(stderr).toBe(`${program}: ${says}\nTry "${program} --help".\n`);
  });

  it('prints what a hook printed on standard output, and the rest on standard error', async () => {
    api.answers = { [list]: listed(bad) };
    expect(await run('logs', 'db')).toEqual({
      code: 0,
      stdout: 'row 1\n',
      stderr: [
        '==> hook 1, container a, Failed, NonZeroExit, exit code 3: date',
        '    the command ended with exit code 3',
        '--> stdout\n',
      ].join('\n'),
    });
  });

  const patched = '/apis/restorehooks.io/v1alpha1/namespaces/shop/hookruns/db-uid-db';
  const pod = '/api/v1/namespaces/shop/pods/db';

  it('asks for a rerun of what is there, and says what is not', async () => {
    api.answers = {
      [list]: listed(bad, good),
      [pod]: { body: { metadata: { name: 'db', uid: 'uid-db' } } },
      [patched]: { body: {} },
    };
    expect(await run('rerun', 'nightly')).toEqual({
      code: 1,
      stdout: 'shop/db: rerun asked for\nFollow it with: restore-hooks status restore/nightly --watch\n',
      stderr: 'shop/web: the pod is gone: its hooks cannot be run again\n',
    });
    const [request] = api.asked.filter((line) => line.startsWith('PATCH'));
    expect(request).toMatch(
      /^PATCH \S+\/db-uid-db application\/merge-patch\+json \{"spec":\{"rerun":"\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z","cancel":null\}\}$/,
    );
  });

  const restores = '/apis/velero.io/v1/restores?fieldSelector=metadata.name=nightly';
  const restore = (phase: string, uid = 'uid-nightly') => ({
    body: { items: [{ metadata: { name: 'nightly', uid }, status: { phase } }] },
  });
  it.each<[string, Answer, number, string]>([
    ['is done', restore('Completed'), 0, ''],
    [
      'is at work',
      restore('InProgress'),
      2,
      'restore nightly: not finished after 0s: the Restore is InProgress, so that more pods may come\n',
    ],
    [
      'is another one',
      restore('Completed', 'new'),
      2,
      'restore nightly: not finished after 0s: no HookRun has come, and the Restore is Completed\n',
    ],
    [
      'may not be read',
      { status: 403, body: { message: 'no' } },
      0,
      'you may not read Restores (GET /apis/velero.io/v1/restores: 403 no): pods that are still to come are not waited for\n',
    ],
    [
      'cannot be read',
      { status: 500, body: {} },
      2,
      'restore nightly: not finished after 0s: the Restore could not be read\n',
    ],
    ['is not there', { body: { items: [] } }, 0, ''],
  ])('waits, with all runs finished, for a Restore that %s', async (_title, answer, code, stderr) => {
    api.answers = { [`${path}?limit=500`]: listed(good), [restores]: answer };
    expect(await run('wait', 'nightly', '--timeout', '0')).toEqual({
      code,
      stdout: code === 0 ? 'restore nightly: all hooks of 1 pod succeeded\n' : '',
      stderr,
    });
  });

  it('waits for a pod without looking for a Restore', async () => {
    api.answers = { [`${path}?limit=500`]: listed(bad) };
    expect(await run('wait', 'pod/db', '--timeout', '0')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'pod db: the hooks of 1 of 1 pod did not succeed\n',
    });
    expect(api.asked.filter((line) => line.includes('velero'))).toEqual([]);
  });

  it('leaves out with --failed what has succeeded', async () => {
    api.answers = { [list]: listed(good) };
    expect(await run('rerun', 'restore/nightly', '--failed')).toEqual({
      code: 0,
      stdout: 'restore nightly: nothing to rerun: its hooks have succeeded\n',
      stderr: '',
    });
  });

  it('tells what the cluster says to who may not ask', async () => {
    api.answers = {
      [list]: listed(open),
      [patched.replace('db-uid-db', 'slow-uid-slow')]: { status: 403, body: { message: 'no' } },
    };
    const { code, stdout, stderr } = await run('cancel', 'slow');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^shop\/slow: the cluster refused: PATCH \S+: 403 no\n$/);
    expect(api.asked.at(-1)).toMatch(/\{"spec":\{"cancel":true\}\}$/);
  });

  it('asks to say more of a name that is both a pod and a restore', async () => {
    const other = buildHookRun({ pod: 'nightly', spec: { restore: { label: 'r2' } } });
    api.answers = { [list]: listed(open, other) };
    expect(await run('cancel', 'nightly')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('say which, by pod/nightly or restore/nightly\n'),
    });
  });
});
