import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addressesOf, type Addresses } from './address.ts';
import { parseStat, readIfThere, type Identity } from './process.ts';

/** Everything there is to know of an instance; written down, so that any later process can go on with it. */
export interface Instance {
  readonly name: string;
  /** Tells this instance from an earlier or later one of the same name. */
  readonly id: string;
  /** Its addresses follow from it; no two instances have the same. */
  readonly number: number;
  /** Certificates, configuration, logs and the node's own disks. */
  readonly folder: string;
  /** Of kubectl, the kubelet and so on. */
  readonly binaries: string;
  readonly etcd: string;
  readonly kubernetesVersion: string;
  /** /proc/sys/kernel/random/boot_id: after a reboot no process id means anything. */
  readonly bootId: string;
  /** While the instance starts, it lives no longer than this process. */
  readonly starter: Identity;
  /** The process it belongs to, with which it goes. null: it stays until it is taken down. */
  readonly owner: Identity | null;
  readonly state: 'starting' | 'running';
  /** Milliseconds since 1970. */
  readonly since: number;
}

/**
 * What runs is written below /run, whoever starts it with whatever cache folder: the numbers are the machine's.
 * Most systems empty it at boot, when nothing runs any more.
 */
export const runFolder = '/run/restore-hooks';

/** Held by whoever claims, sweeps or removes an instance. */
export const lockFile = join(runFolder, 'lock');

const namePattern = /^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/;

/** Throws if the name cannot be that of a node, a folder and a control group at once. */
export function checkName(name: string): void {
  if (namePattern.test(name)) return;
  throw new Error(
    `"${name}" cannot be the name of a cluster: 1 to 30 of a-z, 0-9 and -, neither beginning nor ending with -`,
  );
}

/** The folder of the instance's records and sockets. */
export function recordsOf(name: string): string {
  return join(runFolder, name);
}

export function addressesIn(instance: Instance): Addresses {
  return addressesOf(instance.number);
}

export function nodeNameOf(name: string): string {
  return `${name}-node`;
}

/** Below the root of every cgroup hierarchy. */
export function cgroupOf(name: string): string {
  return `restore-hooks-${name}`;
}

export function kubeconfigOf(instance: Instance, user = 'admin'): string {
  return join(instance.folder, `${user}.kubeconfig`);
}

export function logOf(instance: Instance, component: string): string {
  return join(instance.folder, 'logs', `${component}.log`);
}

/** The instance of that name, running or dead. null: there is none. */
export async function readInstance(name: string): Promise<Instance | null> {
  const text = await readIfThere(join(recordsOf(name), 'instance.json'));
  return text === null ? null : (JSON.parse(text) as Instance);
}

/** Every instance there is, running or dead, in the order of their numbers. */
export async function listInstances(): Promise<readonly Instance[]> {
  if (!existsSync(runFolder)) return [];
  const entries = await readdir(runFolder, { withFileTypes: true });
  const found = await Promise.all(entries.filter((entry) => entry.isDirectory()).map(({ name }) => readInstance(name)));
  return found.filter((instance) => instance !== null).toSorted((one, other) => one.number - other.number);
}

/** Writes the instance down, all or nothing. */
export async function writeInstance(instance: Instance): Promise<void> {
  const file = join(recordsOf(instance.name), 'instance.json');
  await mkdir(recordsOf(instance.name), { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(instance, null, 2));
  await rename(`${file}.new`, file);
}

/** The process that was written down under this name: `init`, or a component. null: none was. */
export async function readProcess(name: string, process: string): Promise<Identity | null> {
  const line = await readIfThere(join(recordsOf(name), `${process}.stat`));
  return line === null ? null : parseStat(line);
}

export async function readBootId(): Promise<string> {
  return (await readIfThere('/proc/sys/kernel/random/boot_id'))?.trim() ?? '';
}
