import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Console, Terminal } from '../../cli/console.ts';
import { parseCommandLine } from '../../cli/program/parse.ts';
import { runRequest } from '../../cli/runs/run-request.ts';
import { runStatus } from '../../cli/runs/run-status.ts';
import { runWait } from '../../cli/runs/run-wait.ts';
import { hookRunPath, type HookRun, type HookRunStatus } from '../../shared/hook-run.ts';
import { connectCluster, loadKubeConfig, type Cluster as Api } from '../../shared/service/cluster.ts';
import { buildHookRun, failed, succeeded, type HookRunParts } from '../support/hook-runs.ts';
import { kubectl as run } from '../support/kubectl.ts';
import { installDefinitions } from '../support/own-crds.ts';
import type { AnyCluster } from '../support/own-cluster.ts';
import { at } from '../support/pods.ts';
import { findCluster } from '../support/scene.ts';

const namespace = `t-${randomBytes(4).toString('hex')}`;
const screen: Terminal = { columns: 80, rows: 24, hasColour: false };

let cluster: AnyCluster;
let api: Api;
const kubectl = (...args: readonly string[]) => run(cluster, ['-n', namespace, ...args]);

beforeAll(async () => {
  cluster = (await findCluster()).cluster;
  api = connectCluster(loadKubeConfig(cluster.kubeconfig));
  await kubectl('create', 'namespace', namespace);
  await installDefinitions(cluster);
}, 90_000);
afterAll(async () => {
  await kubectl('delete', 'namespace', namespace, '--wait', '--timeout=60s');
}, 90_000);

/** A restore that no other test uses: nobody runs its hooks. */
function ofRestore(label: string, pod: string): HookRunParts {
  return { pod: `${label}-${pod}`, uid: randomBytes(4).toString('hex'), namespace, spec: { restore: { label } } };
}

async function create(parts: HookRunParts): Promise<HookRun> {
  const { status, ...object } = buildHookRun(parts);
  const made = await api.call<HookRun>({ method: 'POST', path: hookRunPath(namespace), body: object });
  return status === undefined ? made : await tell(made, status);
}

const patch = (path: string, body: object) =>
  api.call<HookRun>({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body });
const tell = ({ metadata }: HookRun, status: Partial<HookRunStatus>) =>
  patch(`${hookRunPath(namespace, metadata.name)}/status`, { status });
const read = ({ metadata }: HookRun) =>
  api.call<HookRun>({ method: 'GET', path: hookRunPath(namespace, metadata.name) });

/** One command line, in this process, and what it has written so far. */
function begin(words: readonly string[], terminal: Terminal | null = null, kubeconfig = cluster.kubeconfig) {
  const written = new EventEmitter();
  let out = '';
  let complaints = '';
  const console: Console = {
    program: 'restore-hooks',
    stdin: process.stdin,
    out(text) {
      out += text;
      written.emit('text');
    },
    complain(sentence) {
      complaints += `${sentence}\n`;
      written.emit('text');
    },
    terminal,
  };
  const ended = runWords([...words, '-n', namespace, '--kubeconfig', kubeconfig], console);
  return {
    async until(text: string): Promise<void> {
      while (!`${out}${complaints}`.includes(text)) await once(written, 'text');
    },
    async end() {
      const code = await ended;
      return { code, out, complaints };
    },
  };
}

async function runWords(words: readonly string[], console: Console) {
  const line = parseCommandLine(words);
  if (line.is !== 'command') throw new Error(`${words.join(' ')} is no command`);
  const { command, options, positional } = line;
  switch (command.name) {
    case 'status':
      return await runStatus(options, positional, console);
    case 'wait':
      return await runWait(options, positional, console);
    case 'rerun':
    case 'cancel':
      return await runRequest(command.name, options, positional, console);
    case 'plan':
    case 'lint':
    case 'logs':
    case 'completion':
    case 'help':
      throw new Error(`${command.name} reads no HookRuns`);
  }
}

const whole = (...words: readonly string[]) => begin(words).end();

describe('status', () => {
  it('draws in place on a terminal, until all is finished', async () => {
    const slow = await create({ ...ofRestore('drawn', 'slow'), status: { phase: 'Running', startedAt: at(1) } });
    const watch = begin(['status', 'drawn', '--watch'], screen);
    await watch.until('1 restore, 1 pod: 1 running');
    await create({ ...ofRestore('drawn', 'late'), status: failed() });
    await watch.until('1 restore, 2 pods: 1 running, 1 failed');
    await tell(slow, succeeded());
    const { code, out, complaints } = await watch.end();
    expect({ code, complaints }).toEqual({ code: 1, complaints: '' });
    const drawings = out.split('\u001b[?7h').slice(0, -1);
    expect(drawings.length).toBeGreaterThanOrEqual(3);
    expect(drawings.slice(1).every((drawing) => drawing.startsWith('\u001b['))).toBe(true);
    expect(drawings.at(-1)).toContain('NonZeroExit');
    expect(drawings.at(-1)).toContain('1 restore, 2 pods: 1 succeeded, 1 failed');
  }, 30_000);

  it('writes a line for each change to anything else, and waits for what has not come yet', async () => {
    const watch = begin(['status', 'lines', '--watch']);
    await watch.until('there are no HookRuns of restore lines');
    const made = await create(ofRestore('lines', 'db'));
    await watch.until('lines-db (restore lines): Waiting 0/1\n');
    await tell(made, succeeded());
    const { code, out, complaints } = await watch.end();
    expect(code).toBe(0);
    expect(complaints).toBe(`there are no HookRuns of restore lines in the namespace ${namespace} yet\n`);
    expect(out.split('\n').slice(0, 3)).toEqual([
      `${namespace}/lines-db (restore lines): Waiting 0/1`,
      `${namespace}/lines-db (restore lines): Succeeded 1/1`,
      '',
    ]);
    expect(out.endsWith('1 restore, 1 pod: 1 succeeded\n')).toBe(true);
  }, 30_000);

  it('ends at Ctrl-C', async () => {
    await create(ofRestore('stopped', 'db'));
    const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
    const words = ['status', 'stopped', '--watch', '-n', namespace, '--kubeconfig', cluster.kubeconfig];
    const child = spawn(process.execPath, [main, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    expect(await ended).toEqual([null, 'SIGINT']);
  }, 30_000);
});

describe('wait', () => {
  it.each<[string, HookRunStatus, number]>([
    ['good', succeeded(), 0],
    ['bad', failed(), 1],
  ])(
    'waits for the first pod, and until its hooks are finished: %s',
    async (label, status, code) => {
      const waiting = begin(['wait', label, '--timeout', '25s']);
      const made = await create(ofRestore(label, 'db'));
      await tell(made, { ...status, phase: 'Running', done: 0 });
      await tell(made, status);
      expect((await waiting.end()).code).toBe(code);
    },
    30_000,
  );

  it('gives up after its timeout', async () => {
    await create(ofRestore('late', 'db'));
    expect(await whole('wait', 'late', '--timeout', '300ms')).toEqual({
      code: 2,
      out: '',
      complaints: 'restore late: not finished after 300ms: 1 of 1 pods are not finished\n',
    });
  }, 30_000);
});

describe('rerun and cancel', () => {
  it('ask by the fields that users may write, and status then tells of the new run', async () => {
    const { metadata } = await createPod('asked-db');
    const made = await create({ ...ofRestore('asked', 'db'), uid: metadata.uid, status: failed() });
    await patch(hookRunPath(namespace, made.metadata.name), { spec: { cancel: true } });
    expect(await whole('rerun', `${namespace}/asked-db`)).toMatchObject({ code: 0, complaints: '' });
    const { rerun = '', cancel } = (await read(made)).spec;
    expect([Math.abs(Date.now() - Date.parse(rerun ?? '')) < 60_000, cancel]).toEqual([true, undefined]);
    expect((await whole('status', `${namespace}/asked-db`)).code).toBe(2);
    expect((await whole('cancel', 'restore/asked')).out).toContain('cancel asked for');
    expect((await read(made)).spec.cancel).toBe(true);
  }, 30_000);

  it('are refused to who may only read', async () => {
    await create(ofRestore('guarded', 'db'));
    await kubectl('create', 'serviceaccount', 'reader');
    await kubectl('create', 'role', 'reader', '--verb=get,list,watch', '--resource=hookruns.restorehooks.io');
    await kubectl('create', 'rolebinding', 'reader', '--role=reader', `--serviceaccount=${namespace}:reader`);
    const folder = await mkdtemp(join(tmpdir(), 'restore-hooks-reader-'));
    try {
      const kubeconfig = join(folder, 'kubeconfig');
      const { stdout: token } = await kubectl('create', 'token', 'reader');
      const { stdout: config } = await kubectl('config', 'view', '--raw', '-o', 'json');
      const admin = JSON.parse(config) as { readonly users: readonly { readonly name: string }[] };
      const users = admin.users.map(({ name }) => ({ name, user: { token: token.trim() } }));
      await writeFile(kubeconfig, JSON.stringify({ ...admin, users }), { mode: 0o600 });
      expect((await begin(['status', 'guarded'], null, kubeconfig).end()).code).toBe(2);
      const { code, out, complaints } = await begin(['cancel', 'guarded'], null, kubeconfig).end();
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(complaints).toMatch(/guarded-db: the cluster refused: PATCH .*: 403 .*forbidden/);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 30_000);
});

/** A pod that is never scheduled: it is there, and that is all. */
function createPod(name: string): Promise<{ readonly metadata: { readonly uid: string } }> {
  const containers = [{ name: 'a', image: 'none' }];
  return api.call({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/pods`,
    body: { metadata: { name }, spec: { containers, schedulerName: 'none' } },
  });
}
