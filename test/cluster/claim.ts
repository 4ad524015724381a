import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { instanceLimit } from './address.ts';
import type { Binaries } from './binaries.ts';
import { cacheFolder } from './cache.ts';
import { listInstances, readBootId, writeInstance, type Instance } from './instance.ts';
import { isFree, usedRanges } from './network.ts';
import { identify } from './process.ts';
import type { Progress } from './progress.ts';
import { sweep } from './sweep.ts';

/**
 * Takes a name and a number for a new instance, having swept what dead ones left. To be called with the lock held, so that two
 * processes never take the same. Throws if the name or all numbers are taken.
 */
export async function claim(name: string, owned: boolean, binaries: Binaries, progress: Progress): Promise<Instance> {
  const swept = await sweep();
  if (swept.length > 0) progress.done(`Removed what was left of ${swept.join(', ')}.`);
  const others = await listInstances();
  if (others.some((other) => other.name === name))
    throw new Error(`a cluster called ${name} runs already, or is just being started`);
  const used = await usedRanges();
  const taken = others.map(({ number }) => number);
  const numbers = Array.from({ length: instanceLimit }, (_, number) => number);
  const number = numbers.find((candidate) => !taken.includes(candidate) && isFree(candidate, used));
  if (number === undefined) throw new Error(`there are no addresses left for another cluster in 198.18.0.0/15`);
  const self = await identify(process.pid);
  if (self === null) throw new Error('this process is not in /proc');
  const instance: Instance = {
    name,
    id: randomUUID(),
    number,
    folder: join(cacheFolder(process.env), 'instances', name),
    binaries: binaries.folder,
    etcd: binaries.etcd,
    kubernetesVersion: binaries.kubernetesVersion,
    bootId: await readBootId(),
    starter: self,
    owner: owned ? self : null,
    state: 'starting',
    since: Date.now(),
  };
  // What a reboot left: the records were below /run, and this was not.
  await rm(instance.folder, { recursive: true, force: true });
  await mkdir(join(instance.folder, 'logs'), { recursive: true });
  await writeInstance(instance);
  return instance;
}
