import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { OutputTail } from '../../shared/outcome.ts';
import type { Pod } from '../../shared/pod.ts';
import { kubectl, kubectlJson } from '../support/kubectl.ts';
import { asRestored, type SavedPod } from '../support/restore.ts';
import type { LogLine } from '../support/log-lines.ts';
import type { AnyCluster } from '../support/own-cluster.ts';
import type { System } from '../support/system.ts';
import { tableHead, tableRow, type HookRow } from './table.ts';

const restoreName = 'nightly';
const namespace = 'app';
/** Far beyond what any step takes; a demo that hangs is to say where. */
const patience = '--timeout=180s';

/** The main job, step by step, as a person would do it with kubectl, on the files of `examples/`. */
export class Demo {
  readonly #cluster: AnyCluster;
  readonly #system: System;
  readonly #signal: AbortSignal;
  #good = true;

  constructor(cluster: AnyCluster, system: System, signal: AbortSignal) {
    this.#cluster = cluster;
    this.#system = system;
    this.#signal = signal;
  }

  /** Returns whether all of it went as it should; throws, naming the command, if a step could not be done. */
  async run(): Promise<boolean> {
    await this.#kubectl('create', 'namespace', namespace);
    await this.#backUp();
    this.#say(
      `\nThe restore ${restoreName}: both pods are created again, labelled as Velero labels them, and a third one from`,
    );
    this.#say('examples/wait-container/pod.yaml, which has volumes to wait for.\n');
    console.log(tableHead());
    const rows = this.#followExecHooks();
    await Promise.all([this.#restoreWeb(), this.#restoreDatabase(), this.#restoreFiles()]);
    this.#say('');
    this.#check(rows.length === 1 && rows[0]?.state === 'Succeeded', 'exactly one exec hook ran, and it succeeded');
    await this.#showOrder();
    await this.#showRuns();
    await this.#showEvents();
    await this.#showData();
    this.#say(this.#good ? '\nAll of it is so.' : '\nNot all of it is so: see the lines marked with ✗.');
    return this.#good;
  }

  /** Removes what the demo made in a cluster that stays. */
  async cleanUp(): Promise<void> {
    await kubectl(this.#cluster, ['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=180s']);
  }

  #saved: SavedPod[] = [];

  /** Makes the pods, fills the database, annotates, saves as a backup would, and deletes. */
  async #backUp(): Promise<void> {
    this.#say('\nBefore: two pods run, are annotated with the commands of the page, and are backed up.\n');
    await this.#apply('init-hook/pod.yaml');
    await this.#apply('postgres/pod.yaml');
    await this.#kubectl('wait', '-n', namespace, '--for=condition=Ready', 'pod/web', 'pod/db', patience);
    await this.#psql(await readFile(example('postgres/seed.sql'), 'utf8'));
    const dump = await this.#kubectl('exec', '-n', namespace, 'db', '--', 'pg_dump', '--clean', '--if-exists');
    const configMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'db-backup', namespace },
      data: { 'backup.sql': dump },
    };
    await this.#kubectlWith(JSON.stringify(configMap), 'create', '-f', '-');
    this.#say('$ kubectl exec -n app db -- pg_dump --clean --if-exists > backup.sql    (kept as ConfigMap db-backup)');
    await this.#annotate('init-hook/annotate.sh');
    await this.#annotate('postgres/annotate.sh');
    for (const name of ['web', 'db']) {
      this.#saved.push(await kubectlJson<SavedPod>(this.#cluster, ['get', 'pod', '-n', namespace, name]));
    }
    await this.#kubectl('delete', 'pod', '-n', namespace, 'web', 'db', '--wait', patience);
    this.#say(
      `Both pods are deleted, and the data of PostgreSQL with them; ${dump.length} characters of dump are left.`,
    );
  }

  async #restoreWeb(): Promise<void> {
    await this.#restore('web');
    await this.#kubectl('wait', '-n', namespace, '--for=condition=Ready', 'pod/web', patience);
    await this.#reportInit('web', ['restore-hook']);
  }

  async #restoreDatabase(): Promise<void> {
    await this.#restore('db');
    await this.#system.executor.line(({ msg, pod }) => msg === 'hooks finished' && pod === 'db');
  }

  async #restoreFiles(): Promise<void> {
    await this.#kubectl('apply', '-f', example('wait-container/pod.yaml'));
    await this.#kubectl('wait', '-n', namespace, '--for=condition=Ready', 'pod/files', patience);
    await this.#reportInit('files', ['restore-wait', 'restore-hook', 'setup']);
  }

  async #restore(name: string): Promise<void> {
    const saved = this.#saved.find((pod) => pod.metadata.name === name);
    if (saved === undefined) throw new Error(`the pod ${name} was not saved`);
    await this.#kubectlWith(JSON.stringify(asRestored(saved, restoreName)), 'create', '-f', '-');
  }

  /** Prints a row for each exec hook as it ends, out of the executor's log; returns them, as they come. */
  #followExecHooks(): readonly HookRow[] {
    const rows: HookRow[] = [];
    this.#system.executor.each((line) => {
      if (line.msg !== 'hook ended') return;
      const row = execRow(line);
      rows.push(row);
      console.log(tableRow(row));
    });
    return rows;
  }

  async #reportInit(pod: string, containers: readonly string[]): Promise<void> {
    const { status } = await this.#getPod(pod);
    for (const container of containers) {
      const ended = status?.initContainerStatuses?.find(({ name }) => name === container)?.state?.terminated;
      const output = await this.#kubectl('logs', '-n', namespace, pod, '-c', container);
      const durationMs = ended == null ? null : Date.parse(ended.finishedAt ?? '') - Date.parse(ended.startedAt ?? '');
      const state = ended?.exitCode === 0 ? 'Succeeded' : 'Failed';
      this.#good &&= state === 'Succeeded';
      console.log(
        tableRow({ pod, kind: 'init', container, state, durationMs, exitCode: ended?.exitCode ?? null, output }),
      );
    }
  }

  async #showOrder(): Promise<void> {
    const { spec } = await this.#getPod('files');
    const order = (spec.initContainers ?? []).map(({ name }) => name).join(', ');
    this.#check(order === 'restore-wait, restore-hook, setup', `the init containers of pod files: ${order}`);
  }

  /** What an operator looks at: a record for each pod. */
  async #showRuns(): Promise<void> {
    for (const name of ['web', 'files']) {
      await this.#system.executor.line(({ msg, pod }) => msg === 'hooks finished' && pod === name);
    }
    const runs = await this.#kubectl('get', 'hookruns', '-n', namespace);
    this.#say(`\n$ kubectl get hookruns -n ${namespace}\n${runs.trimEnd()}`);
    const succeeded = runs.split('\n').filter((line) => / Succeeded +1\/1 /.test(line));
    this.#check(succeeded.length === 3, 'each pod has a HookRun that says so');
  }

  async #showData(): Promise<void> {
    const rows = await this.#psql('SELECT * FROM orders ORDER BY id');
    this.#say(`\npostgres=# SELECT * FROM orders ORDER BY id;\n${rows.trimEnd()}`);
    const wanted = ['1 | Ada      |  19.90', '2 | Grace    | 250.00', '3 | Edsger   |   7.45', '(3 rows)'];
    this.#check(
      wanted.every((row) => rows.includes(row)),
      'the rows are back',
    );
  }

  async #showEvents(): Promise<void> {
    const events = await this.#kubectl(
      'get',
      'events',
      '-n',
      namespace,
      '--field-selector=involvedObject.name=db',
      '-o',
      'custom-columns=TYPE:.type,REASON:.reason,MESSAGE:.message',
      '--sort-by=.eventTime',
    );
    const told = events.split('\n').filter((line, index) => index === 0 || / Hook[A-Z]/.test(line));
    this.#say(`\n$ kubectl get events -n ${namespace}    (those of the hooks of pod db)\n${told.join('\n').trimEnd()}`);
    this.#check(events.includes('HookSucceeded'), 'the Events tell of the hook');
  }

  async #getPod(name: string): Promise<Pod> {
    return kubectlJson<Pod>(this.#cluster, ['get', 'pod', '-n', namespace, name]);
  }

  async #apply(file: string): Promise<void> {
    this.#say(`$ kubectl apply -f examples/${file}`);
    const { stdout, stderr } = await kubectl(this.#cluster, ['apply', '-f', example(file)]);
    this.#say(`${stdout}${stderr}`.trimEnd());
  }

  async #annotate(file: string): Promise<void> {
    this.#say(`$ sh examples/${file}`);
    const { kubectl: program } = this.#cluster;
    const folders = isAbsolute(program) ? [dirname(program)] : [];
    const env = {
      ...process.env,
      KUBECONFIG: this.#cluster.kubeconfig,
      PATH: [...folders, process.env.PATH ?? ''].join(':'),
    };
    const { stdout } = await promisify(execFile)('sh', ['-e', example(file)], { env });
    this.#say(stdout.trimEnd());
  }

  async #psql(sql: string): Promise<string> {
    return this.#kubectlWith(sql, 'exec', '-i', '-n', namespace, 'db', '--', 'psql', '-v', 'ON_ERROR_STOP=1');
  }

  async #kubectl(...args: readonly string[]): Promise<string> {
    return this.#kubectlWith('', ...args);
  }

  async #kubectlWith(input: string, ...args: readonly string[]): Promise<string> {
    this.#signal.throwIfAborted();
    const { stdout } = await kubectl(this.#cluster, args, input);
    return stdout;
  }

  #check(isSo: boolean, what: string): void {
    this.#good &&= isSo;
    this.#say(`${isSo ? '✓' : '✗'} ${what}`);
  }

  #say(text: string): void {
    console.log(text);
  }
}

function example(file: string): string {
  return fileURLToPath(new URL(`../../examples/${file}`, import.meta.url));
}

function execRow(line: LogLine): HookRow {
  const outputs = [line.stdout, line.stderr] as (OutputTail | null)[];
  return {
    pod: String(line.pod),
    kind: 'exec',
    container: String(line.container),
    state: String(line.state),
    durationMs: line.durationMs as number | null,
    exitCode: line.exitCode as number | null,
    output: outputs.map((tail) => tail?.text ?? '').join('\n'),
  };
}
