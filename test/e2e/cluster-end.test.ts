import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addressesOf } from '../cluster/address.ts';
import { componentNames } from '../cluster/component.ts';
import { readInstance, readProcess, type Instance } from '../cluster/instance.ts';
import { awaitEnd, isAlive, type Identity } from '../cluster/process.ts';
import { cluster, startCommand } from '../support/cluster-command.ts';
import { readMachine, tracesOf } from '../support/trace.ts';

/** Several starts of a cluster, each with everything it has to wait for, on a machine that may be busy. */
const timeoutMs = 300_000;

const name = `end-${process.pid}`;
const other = `next-${process.pid}`;

const pod = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'sleeper' },
  spec: { containers: [{ name: 'sleeper', image: 'busybox', command: ['sleep', '86400'] }] },
});

async function startPod(): Promise<void> {
  await cluster('exec', '--name', name, 'sh', '-c', `echo '${pod}' | kubectl apply -f -`);
  await cluster('exec', '--name', name, 'kubectl', 'wait', '--for=condition=Ready', 'pod/sleeper', '--timeout=120s');
}

async function instanceOf(which: string): Promise<Instance> {
  const instance = await readInstance(which);
  if (instance === null) throw new Error(`there is no ${which}`);
  return instance;
}

async function processesOf(which: string): Promise<readonly Identity[]> {
  const found = await Promise.all(['init', ...componentNames].map((component) => readProcess(which, component)));
  return found.filter((identity) => identity !== null);
}

/** Of the cluster all end-to-end tests share: whatever happens to another, its processes are these. */
async function neighbours(): Promise<readonly Identity[]> {
  const shared = process.env.RESTORE_HOOKS_TEST_CLUSTER;
  return shared === undefined ? [] : processesOf(shared);
}

describe('the end of a cluster', () => {
  let machine: Awaited<ReturnType<typeof readMachine>>;
  let before: readonly Identity[];

  beforeEach(async () => {
    machine = await readMachine();
    before = await neighbours();
  });

  afterEach(async () => {
    await cluster('down', '--name', name);
    await cluster('down', '--name', other);
    expect(await readMachine()).toEqual(machine);
    expect(await neighbours()).toEqual(before);
    for (const identity of before) expect(await isAlive(identity)).toBe(true);
  }, timeoutMs);

  it(
    'leaves nothing after down, with a pod that still runs',
    async () => {
      await cluster('up', '--name', name);
      const { device } = addressesOf((await instanceOf(name)).number);
      await startPod();
      const traces = await tracesOf(name, device);
      for (const kind of ['process', 'cgroup', 'link']) {
        expect(traces.filter((trace) => trace.startsWith(kind))).not.toEqual([]);
      }
      await cluster('down', '--name', name);
      expect(await tracesOf(name, device)).toEqual([]);
      expect(await readInstance(name)).toBeNull();
    },
    timeoutMs,
  );

  it.each([
    ['Making the node', 'SIGINT', 130],
    ['Waiting for etcd', 'SIGTERM', 143],
    ['Waiting for kube-apiserver', 'SIGINT', 130],
    ['Waiting for kube-controller-manager', 'SIGINT', 130],
    ['Ctrl-C ends it', 'SIGINT', 0],
  ] as const)(
    'leaves nothing when its owner, at "%s", gets %s',
    async (words, signal, code) => {
      const owner = startCommand(['up', '--foreground', '--name', name]);
      await owner.said(words);
      const { device } = addressesOf((await instanceOf(name)).number);
      owner.child.kill(signal);
      // 0: on a busy machine it may have become ready in the moment of the signal, which is then the way to end it.
      expect([code, 0]).toContain((await owner.ended).code);
      expect(await tracesOf(name, device)).toEqual([]);
      expect(await readInstance(name)).toBeNull();
    },
    timeoutMs,
  );

  it.each(['Waiting for kube-apiserver', 'Ctrl-C ends it'])(
    'is completed by the next up of any other when its owner, at "%s", was killed',
    async (words) => {
      const owner = startCommand(['up', '--foreground', '--name', name]);
      await owner.said(words);
      if (words.startsWith('Ctrl-C')) await startPod();
      const { device } = addressesOf((await instanceOf(name)).number);
      const processes = await processesOf(name);
      owner.child.kill('SIGKILL');
      await owner.ended;
      for (const identity of processes) expect(await awaitEnd(identity, 30_000)).toBe(true);

      await cluster('up', '--name', other);
      expect(await readInstance(name)).toBeNull();
      // The other may well have taken the number, and with it the device, over.
      const taken = addressesOf((await instanceOf(other)).number).device === device;
      expect(await tracesOf(name, taken ? null : device)).toEqual([]);
    },
    timeoutMs,
  );

  it(
    'is completed by the next up and down after all its processes were killed',
    async () => {
      await cluster('up', '--name', name);
      await startPod();
      const first = await instanceOf(name);
      const processes = await processesOf(name);
      expect(processes).toHaveLength(componentNames.length + 1);
      for (const { pid } of processes.toReversed()) process.kill(pid, 'SIGKILL');
      for (const identity of processes) expect(await awaitEnd(identity, 30_000)).toBe(true);

      await cluster('up', '--name', name);
      expect((await instanceOf(name)).id).not.toBe(first.id);
      await startPod();
      const { device } = addressesOf((await instanceOf(name)).number);
      await cluster('down', '--name', name);
      expect(await tracesOf(name, device)).toEqual([]);
    },
    timeoutMs,
  );
});
