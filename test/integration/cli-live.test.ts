import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createAuthority, createServingCertificate } from '../../certs/certificates.ts';
import { buildCli, everyNode, type CliBundle } from './cli-bundle.ts';

interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

const pod = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'db', namespace: 'app', labels: { 'velero.io/restore-name': 'r2' } },
  spec: { containers: [{ name: 'a' }] },
});

const ruleOf = (name: string) => ({ name, postHooks: [{ exec: { command: [name] } }] });

function restore(name: string, rule: string, spec: object = {}) {
  return {
    apiVersion: 'velero.io/v1',
    kind: 'Restore',
    metadata: { name, namespace: 'velero' },
    spec: { hooks: { resources: [ruleOf(rule)] }, ...spec },
  };
}

const policy = {
  metadata: { name: 'standing', namespace: 'restore-hooks' },
  spec: { resources: [ruleOf('always')] },
};

const served = { body: { resources: [{ name: 'restores' }] } };
const listed = (...items: object[]) => ({ body: { metadata: {}, items } });

// Each test runs processes, and waits for them alone.
jest.setTimeout(60_000);

let cli: CliBundle;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(async () => {
  await cli.remove();
});

describe.each(everyNode())('restore-hooks plan --live on Node $version', ({ node }) => {
  let folder = '';
  let server: Server;
  let answers: Readonly<Record<string, Answer>> = {};
  let asked: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'restore-hooks-live-'));
    const authority = await createAuthority(Date.now());
    const subjects = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] };
    const pair = await createServingCertificate(authority, subjects, Date.now());
    server = createServer(pair, (request, response) => {
      const path = decodeURIComponent(request.url ?? '');
      asked.push(`${request.headers.authorization ?? 'nobody'} ${path}`);
      const { status = 200, body } = answers[path] ?? { status: 404, body: { kind: 'Status', message: 'not here' } };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await writeFile(join(folder, 'kubeconfig'), kubeconfigOf(server, authority.cert));
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    answers = {};
    asked = [];
  });

  async function plan(...words: string[]) {
    const line = ['plan', '-f', '-', '--live', '--kubeconfig', join(folder, 'kubeconfig'), ...words];
    return await cli.run(line, { node, stdin: pod });
  }

  async function rules(...words: string[]): Promise<unknown> {
    const { code, stdout, stderr } = await plan('-o', 'json', ...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [element] = JSON.parse(stdout) as { exec: { rule: string }[] }[];
    return element?.exec.map(({ rule }) => rule);
  }

  const velero = '/apis/velero.io/v1/namespaces/velero/restores?limit=200';
  const policies = '/apis/restorehooks.io/v1alpha1/restorehookpolicies?limit=200';

  it('reads Restores and policies, as the user of the kubeconfig', async () => {
    answers = {
      '/apis/velero.io/v1': served,
      [velero]: listed(restore('r1', 'x'), restore('r2', 'two')),
      [policies]: listed(policy),
    };
    expect(await rules()).toEqual(['two', 'standing/always']);
    expect([...asked].sort()).toEqual(
      [policies, '/apis/velero.io/v1', velero].map((path) => `Bearer one ${path}`).sort(),
    );
  });

  it('reads lists page by page', async () => {
    const next = `${velero}&continue=more`;
    answers = {
      [velero]: { body: { metadata: { continue: 'more' }, items: [restore('r1', 'x')] } },
      [next]: listed(restore('r2', 'two')),
    };
    expect(await rules()).toEqual(['two']);
  });

  it('takes the context that is named', async () => {
    expect(await rules('--context', 'second')).toEqual([]);
    expect(asked.every((line) => line.startsWith('Bearer two '))).toBe(true);
    expect(asked).toHaveLength(3);
  });

  it.each([
    ['other,velero', ['/namespaces/other', '/namespaces/velero']],
    ['*', ['']],
    ['all', ['']],
  ])('looks for Restores in the namespaces %s', async (namespaces, places) => {
    expect(await rules('--restore-namespaces', namespaces)).toEqual([]);
    const lists = asked.filter((line) => line.includes('/restores?'));
    expect(lists.sort()).toEqual(places.map((place) => `Bearer one /apis/velero.io/v1${place}/restores?limit=200`));
  });

  it('has no Restores and policies where their kinds are not known', async () => {
    expect(await rules('--mode', 'auto')).toEqual([]);
  });

  it('takes mode auto for takeover where Restores are served, even if there are none', async () => {
    answers = { '/apis/velero.io/v1': served, [velero]: listed(restore('r2', 'two')) };
    const { stdout } = await plan('--mode', 'auto');
    expect(stdout).toContain('left to Velero: its Restore still holds the hooks');
  });

  it('takes the only Restore of the cluster for --as-restored, with its mapping', async () => {
    answers = { [velero]: listed(restore('r3', 'three', { namespaceMapping: { app: 'app-2' } })) };
    const { stdout } = await plan('--as-restored', '-o', 'json');
    expect(JSON.parse(stdout)).toMatchObject([{ pod: 'app-2/db', restore: 'r3', exec: [{ rule: 'three' }] }]);
  });

  it('takes a Restore in a file before that of the cluster', async () => {
    answers = { [velero]: listed(restore('r2', 'two')) };
    await writeFile(join(folder, 'r2.json'), JSON.stringify(restore('r2', 'changed')));
    expect(await rules('-f', join(folder, 'r2.json'))).toEqual(['changed']);
  });

  it.each<[string, string[], Record<string, Answer>, string]>([
    [
      'the cluster refuses',
      [],
      { [policies]: { status: 403, body: { kind: 'Status', reason: 'Forbidden', message: 'you may not list them' } } },
      'the cluster could not be asked: GET /apis/restorehooks.io/v1alpha1/restorehookpolicies: 403 you may not list them\n',
    ],
    [
      'there is no such context',
      ['--context', 'third'],
      {},
      'the cluster could not be asked: the kubeconfig has no context third\n',
    ],
    ['nobody listens', ['--context', 'nobody'], {}, 'ECONNREFUSED'],
    [
      'there is no such kubeconfig',
      ['--kubeconfig', '/nope/config'],
      {},
      "ENOENT: no such file or directory, open '/nope/config'",
    ],
  ])('ends with 1 if %s', async (_title, words, given, expected) => {
    answers = given;
    const { code, stdout, stderr } = await plan(...words);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(expected);
  });

  it('ends with 1 if there is no kubeconfig at all', async () => {
    const { code, stderr } = await cli.run(['plan', '-f', '-', '--live'], { node, stdin: pod, env: { HOME: folder } });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'the cluster could not be asked: no kubeconfig that names an https server was found (http://localhost:8080)\n',
    });
  });
});

function kubeconfigOf(server: Server, authority: string): string {
  const { port } = server.address() as AddressInfo;
  const cluster = (name: string, at: number) => ({
    name,
    cluster: {
      server: `https://127.0.0.1:${at}`,
      'certificate-authority-data': Buffer.from(authority).toString('base64'),
    },
  });
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [cluster('here', port), cluster('nowhere', 1)],
    users: ['one', 'two'].map((name) => ({ name, user: { token: name } })),
    contexts: [
      { name: 'first', context: { cluster: 'here', user: 'one' } },
      { name: 'second', context: { cluster: 'here', user: 'two' } },
      { name: 'nobody', context: { cluster: 'nowhere', user: 'one' } },
    ],
    'current-context': 'first',
  });
}
