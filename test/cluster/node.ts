import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { logOf, readProcess, recordsOf, type Instance } from './instance.ts';
import { isAlive } from './process.ts';

/**
 * The node is a set of namespaces: of processes, of mounts and of the network. The kernel ends all processes of the first
 * with its process 1, and takes all mounts, interfaces and packet filter rules of the others away with the last process:
 * what was started in the node cannot outlive it, however it ends.
 *
 * These folders are the node's own, though at the places where Kubernetes and containerd are used to have them; some cannot
 * be told otherwise.
 */
const ownFolders = [
  '/run/containerd',
  '/run/netns',
  '/var/lib/cni',
  '/var/lib/containerd',
  '/var/lib/kubelet',
  '/var/log/containers',
  '/var/log/pods',
];

/**
 * Process 1. It writes itself down by the process id the host knows it by, mounts the folders and tells which snapshotter of
 * containerd's the file system allows. Then it waits: a shell that waits reaps the orphans that become its children.
 * The host's /proc stays in sight, for others to write themselves down by. It is bound before / is made shared: as peers
 * both would show the node's.
 */
const init = `
set -e
records=$1 folder=$2
shift 2
read -r stat </proc/self/stat
mkdir -p "$records/proc"
mount --bind /proc "$records/proc"
mount -t proc proc /proc
for own in "$@"; do
  mkdir -p "$own" "$folder/node$own"
  mount --bind "$folder/node$own" "$own"
done
mount --make-rshared /
ip link set lo up
sysctl -q -w net.ipv4.ip_forward=1
mkdir -p "$folder/overlay/lower" "$folder/overlay/upper" "$folder/overlay/work" "$folder/overlay/merged"
cd "$folder/overlay"
if mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged; then
  umount merged
  snapshotter=overlayfs
else
  snapshotter=native
fi
cd /
printf '%s\\n' "$stat" >"$records/init.stat"
echo "$snapshotter"
exec >/dev/null 2>&1
sleep infinity &
wait
`;

/** Writes itself down before it becomes the program, so that no program runs in a node that is not written down. */
const launcher = `
records=$1 name=$2 log=$3
shift 3
read -r stat <"$records/proc/self/stat"
printf '%s\\n' "$stat" >"$records/$name.stat"
exec "$@" >>"$log" 2>&1
`;

export type Snapshotter = 'overlayfs' | 'native';

/**
 * Makes the node's namespaces. With an owner (this process) the kernel ends the node when the owner ends.
 * Throws with the words of the program that failed.
 */
export async function startNode(instance: Instance): Promise<Snapshotter> {
  const records = recordsOf(instance.name);
  const bound = instance.owner === null ? [] : ['setpriv', '--pdeathsig', 'KILL', '--'];
  const unshare = ['unshare', '--fork', '--kill-child', '--pid', '--mount', '--net', '--propagation', 'slave', '--'];
  const [program = '', ...args] = [
    ...bound,
    ...unshare,
    'sh',
    '-c',
    init,
    'init',
    records,
    instance.folder,
    ...ownFolders,
  ];
  // A process group of its own: Ctrl-C is for the owner, who ends the node in good order.
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  try {
    return await firstWord(child);
  } finally {
    child.stdout.destroy();
    child.stderr.destroy();
    child.unref();
  }
}

function firstWord(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Snapshotter> {
  return new Promise((resolve, reject) => {
    const complaints: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
    child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim() as Snapshotter));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      reject(new Error(`the node ended with ${signal ?? code ?? 'nothing'}: ${complaints.join('').trim()}`));
    });
  });
}

/** The process id of the node's process 1, as the host knows it. Throws if it does not run. */
export async function processOne(instance: Instance): Promise<number> {
  const identity = await readProcess(instance.name, 'init');
  // Its id may be another's by now, whose namespaces would be entered: the host's.
  if (identity === null || !(await isAlive(identity))) throw new Error(`the node of ${instance.name} does not run`);
  return identity.pid;
}

/** The command line that runs another within the node. Throws if the node does not run. */
export async function within(instance: Instance, command: readonly string[]): Promise<readonly [string, ...string[]]> {
  return ['nsenter', '--target', String(await processOne(instance)), '--mount', '--net', '--pid', '--', ...command];
}

/** Starts a program in the node that goes on when this process ends. Resolves when it is written down. */
export async function launch(
  instance: Instance,
  name: string,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const records = recordsOf(instance.name);
  const arranged = ['sh', '-c', launcher, name, records, name, logOf(instance, name), ...command];
  await rm(join(records, `${name}.stat`), { force: true });
  // Its parent ends at once, so that the node's process 1 becomes its parent and will reap it.
  const [program, ...args] = await within(instance, ['setsid', '--fork', ...arranged]);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], env, detached: true });
  child.stdout.resume();
  // Closed when the launcher has become the program, which has the log instead.
  await once(child, 'close');
  if ((await readProcess(instance.name, name)) === null) throw new Error(`${name} could not be started in the node`);
}
