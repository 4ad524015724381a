import { rm } from 'node:fs/promises';
import { removeCgroup } from './cgroup.ts';
import {
  cgroupOf,
  listInstances,
  readBootId,
  readInstance,
  readProcess,
  recordsOf,
  type Instance,
} from './instance.ts';
import { disconnectNode } from './network.ts';
import { awaitEnd, isAlive, send } from './process.ts';

/** The kernel ends every process of the node first, and each may have memory to give back. */
const endTimeoutMs = 30_000;

/** Why an instance is of no use to anybody any more. null: it is. */
export async function deadBecause(instance: Instance): Promise<string | null> {
  if (instance.bootId !== (await readBootId())) return 'the machine was restarted';
  if (instance.state === 'starting') return (await isAlive(instance.starter)) ? null : 'its start was broken off';
  if (instance.owner !== null && !(await isAlive(instance.owner))) return 'its owner has ended';
  const node = await readProcess(instance.name, 'init');
  return node !== null && (await isAlive(node)) ? null : 'its processes have ended';
}

/** Removes what instances left that nobody needs any more, and returns their names. To be called with the lock held. */
export async function sweep(): Promise<readonly string[]> {
  const swept: string[] = [];
  for (const instance of await listInstances()) {
    if ((await deadBecause(instance)) === null) continue;
    await remove(instance);
    swept.push(instance.name);
  }
  return swept;
}

/**
 * Ends all processes of an instance and removes everything it has on this machine: network, control groups, files.
 * Does nothing if it is gone. To be called with the lock held. Throws if its processes do not end.
 */
export async function remove(instance: Instance): Promise<void> {
  // Another process may have taken it down, and started one of the same name since.
  if ((await readInstance(instance.name))?.id !== instance.id) return;
  if (instance.bootId === (await readBootId())) {
    const node = await readProcess(instance.name, 'init');
    if (node !== null) {
      await send(node, 'SIGKILL');
      if (!(await awaitEnd(node, endTimeoutMs)))
        throw new Error(`process ${node.pid} of ${instance.name} does not end`);
    }
    await disconnectNode(instance);
    await removeCgroup(cgroupOf(instance.name));
  }
  await rm(instance.folder, { recursive: true, force: true });
  await rm(recordsOf(instance.name), { recursive: true, force: true });
}
