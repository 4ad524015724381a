import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { parseArguments, usage, type Command } from './arguments.ts';
import { attachCluster, startCluster, type Cluster } from './cluster.ts';
import { withLock } from './cache.ts';
import { startMissing } from './components.ts';
import { listInstances, lockFile, readInstance, type Instance } from './instance.ts';
import { within } from './node.ts';
import { openProgress, type Progress } from './progress.ts';
import { requireRoot } from './requirement.ts';
import { readStatuses, renderStatuses } from './status.ts';
import { deadBecause, remove } from './sweep.ts';

/** As shells report a process that was ended by a signal. */
const signalBase = 128;

type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

class Interrupted extends Error {
  readonly signal: EndSignal;

  constructor(signal: EndSignal) {
    super(`ended by ${signal}`);
    this.signal = signal;
  }
}

async function up(command: Command & { kind: 'up' }, progress: Progress): Promise<number> {
  const { name, foreground, images } = command;
  requireRoot(process.platform, process.getuid?.());
  const present = await readInstance(name);
  if (present?.state === 'running' && (await deadBecause(present)) === null) {
    if (foreground) throw new Error(`a cluster called ${name} runs already`);
    const started = await startMissing(present);
    progress.done(
      `The cluster ${name} runs already${started.length === 0 ? '' : `; started again: ${started.join(', ')}`}.`,
    );
    return 0;
  }
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interrupt.abort(new Interrupted(signal)));
  }
  const cluster = await startCluster({ name, owner: foreground, images, progress, signal: interrupt.signal });
  const option = name === 'default' ? '' : `--name ${name} `;
  console.log(`Try:  npm run cluster -- exec ${option}kubectl get pods --all-namespaces`);
  if (foreground) await untilInterrupted(cluster, interrupt.signal, progress);
  return 0;
}

/** A signal is the way a foreground cluster is meant to end. */
async function untilInterrupted(cluster: Cluster, signal: AbortSignal, progress: Progress): Promise<void> {
  console.log('Ctrl-C ends it.');
  // A signal's handler keeps no process alive.
  const alive = setInterval(() => undefined, 2 ** 30);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  clearInterval(alive);
  await cluster.stop();
  progress.done(`The cluster ${cluster.name} is gone.`);
}

async function down(command: Command & { kind: 'down' }, progress: Progress): Promise<number> {
  requireRoot(process.platform, process.getuid?.());
  const found = command.all ? await listInstances() : [await readInstance(command.name)];
  const instances = found.filter((instance): instance is Instance => instance !== null);
  if (instances.length === 0) {
    progress.done(command.all ? 'No cluster runs.' : `No cluster called ${command.name} runs.`);
    return 0;
  }
  for (const instance of instances) {
    progress.step(`Taking ${instance.name} down`);
    await withLock(lockFile, progress, () => remove(instance));
    progress.done(`The cluster ${instance.name} is gone.`);
  }
  return 0;
}

async function exec(command: Command & { kind: 'exec' }): Promise<number> {
  const cluster = await attachCluster(command.name);
  const instance = await readInstance(command.name);
  const line = command.node && instance !== null ? await within(instance, command.command) : command.command;
  const [program = '', ...args] = line;
  const child = spawn(program, args, {
    stdio: 'inherit',
    env: {
      ...process.env,
      KUBECONFIG: cluster.kubeconfig,
      PATH: `${cluster.binaries}:${process.env.PATH ?? ''}`,
    },
  });
  // The terminal sends Ctrl-C to the command, too, which decides what comes of it.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new Error(`${program} cannot be run`, { cause })));
    child.once('close', (code, signal) => {
      resolve(code ?? signalBase + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

async function perform(command: Command, progress: Progress): Promise<number> {
  switch (command.kind) {
    case 'help':
      console.log(usage);
      return 0;
    case 'up':
      return up(command, progress);
    case 'down':
      return down(command, progress);
    case 'status':
      console.log(renderStatuses(await readStatuses(Date.now())));
      return 0;
    case 'kubeconfig': {
      const { kubeconfig } = await attachCluster(command.name);
      console.log(command.content ? await readFile(kubeconfig, 'utf8') : kubeconfig);
      return 0;
    }
    case 'exec':
      return exec(command);
  }
}

async function main(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(args);
  if ('error' in parsed) {
    console.error(`${parsed.error}\n"npm run cluster -- --help" says what there is.`);
    return 2;
  }
  const progress = openProgress(process.stderr);
  try {
    return await perform(parsed.command, progress);
  } catch (error) {
    progress[Symbol.dispose]();
    console.error(error instanceof Error ? error.message : error);
    return error instanceof Interrupted ? signalBase + constants.signals[error.signal] : 1;
  } finally {
    progress[Symbol.dispose]();
  }
}

process.exit(await main(process.argv.slice(2)));
