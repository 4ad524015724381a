import { beforeEach, describe, expect, it } from '@jest/globals';
import { createAuthority, createServingCertificate } from '../../../certs/certificates.ts';
import { writeContent } from '../../../certs/content.ts';
import { splitBundle } from '../../../certs/pair.ts';
import { names, Simulation } from './simulation.ts';

const minuteMs = 60_000;
const lives = { authorityMs: 60 * minuteMs, leafMs: 24 * minuteMs };
const base64 = (text: string) => Buffer.from(text).toString('base64');

let cluster: Simulation;
beforeEach(() => {
  cluster = new Simulation({ lives, settleMs: 2 * minuteMs, stepMs: minuteMs });
});

async function settle(replicas: number): Promise<void> {
  for (let index = 0; index < replicas; index += 1) cluster.addReplica();
  await cluster.step(5);
  cluster.failedCalls.length = 0;
  expect(cluster.isWhole()).toBe(true);
}

describe('the turns of three replicas', () => {
  it('make one Secret where all start at once, and register its authority', async () => {
    for (let index = 0; index < 3; index += 1) cluster.addReplica();
    await cluster.step(2);
    expect(cluster.isWhole()).toBe(true);
    expect(cluster.writes).toEqual({ created: 1, updated: 0, deleted: 0, registered: 1, served: 3 });
  });

  it('write nothing while nothing is due', async () => {
    await settle(3);
    const before = { ...cluster.writes };
    await cluster.step(10);
    expect(cluster.writes).toEqual(before);
  });

  it('renew leaf and authority at two thirds of their lives, and no call fails', async () => {
    await settle(3);
    const leaves = new Set<string>();
    const authorities = new Map<string, number>();
    const sizes = new Set<number>();
    for (let minutes = 0; minutes < 90; minutes += 1) {
      await cluster.step();
      const { leaf, authority } = cluster.content();
      leaves.add(leaf?.cert ?? '');
      const cert = authority?.cert ?? '';
      authorities.set(cert, (authorities.get(cert) ?? 0) + 1);
      sizes.add(splitBundle(cluster.registered?.pods ?? '').length);
    }
    expect(cluster.failedCalls).toEqual([]);
    expect([...sizes].sort()).toEqual([1, 2]);
    // 40 minutes each but the first, which is 5 minutes old, and the last.
    expect([...authorities.values()].slice(1, -1)).toEqual([40]);
    expect(leaves.size).toBeGreaterThanOrEqual(5);
    expect(cluster.writes.created).toBe(1);
    // Three writes of the Secret and two of the registration for each authority, and one for each other leaf.
    expect(cluster.writes.registered).toBe(1 + 2 * (authorities.size - 1));
    expect(cluster.writes.updated).toBe(3 * (authorities.size - 1) + leaves.size - 1 - (authorities.size - 1));
  }, 120_000);

  it('keep an earlier authority until the last replica serves the new leaf', async () => {
    await settle(3);
    const [slow] = cluster.replicas;
    if (slow === undefined) throw new Error('there are three');
    await cluster.step(34);
    slow.alive = false;
    await cluster.step(10);
    expect(splitBundle(cluster.registered?.pods ?? '')).toHaveLength(2);
    slow.alive = true;
    await cluster.step(3);
    expect(cluster.isWhole()).toBe(true);
  }, 60_000);

  it('drop it all the same once it has expired', async () => {
    await settle(3);
    const [gone] = cluster.replicas;
    if (gone === undefined) throw new Error('there are three');
    const first = splitBundle(cluster.registered?.pods ?? '')[0] ?? '';
    gone.alive = false;
    await cluster.step(52);
    expect(splitBundle(cluster.registered?.pods ?? '')).toContain(first);
    await cluster.step(6);
    expect(splitBundle(cluster.registered?.pods ?? '')).not.toContain(first);
  }, 60_000);

  it('let a replica that comes later take what there is, also in the middle of a rotation', async () => {
    await settle(2);
    await cluster.step(33);
    for (let index = 0; index < 8; index += 1) {
      cluster.addReplica();
      await cluster.step();
    }
    await cluster.step(3);
    expect(cluster.isWhole()).toBe(true);
    expect(cluster.failedCalls).toEqual([]);
    expect(cluster.writes.created).toBe(1);
  }, 60_000);

  it('take up a shorter life at once', async () => {
    await settle(3);
    const before = cluster.content();
    const shorter = new Simulation({
      lives: { authorityMs: 9 * minuteMs, leafMs: 6 * minuteMs },
      settleMs: 2 * minuteMs,
      stepMs: minuteMs,
    });
    shorter.secret = cluster.secret;
    shorter.registered = cluster.registered;
    shorter.nowMs = cluster.nowMs;
    for (let index = 0; index < 3; index += 1) shorter.addReplica();
    await shorter.step(12);
    expect(shorter.content().authority?.cert).not.toBe(before.authority?.cert);
    expect(shorter.content().leaf?.cert).not.toBe(before.leaf?.cert);
    expect(shorter.failedCalls).toEqual([]);
  });

  it('go on serving while the API server is away, and renew when it is back', async () => {
    await settle(3);
    await cluster.step(8);
    const served = cluster.replicas.map((replica) => replica.served);
    for (const replica of cluster.replicas) replica.connected = false;
    await cluster.step(8);
    expect(cluster.replicas.map((replica) => replica.served)).toEqual(served);
    for (const replica of cluster.replicas) replica.connected = true;
    await cluster.step(3);
    expect(cluster.replicas.map((replica) => replica.served)).not.toEqual(served);
    expect(cluster.isWhole()).toBe(true);
    expect(cluster.failedCalls).toEqual([]);
  }, 60_000);

  it('serve before there is a registration, and register when there is one', async () => {
    cluster.registered = null;
    for (let index = 0; index < 3; index += 1) cluster.addReplica();
    await cluster.step(5);
    const { leaf } = cluster.content();
    expect(cluster.replicas.map(({ served }) => served)).toEqual(Array(3).fill(leaf?.cert));
    cluster.registered = { pods: '', restores: '' };
    await cluster.step();
    expect(cluster.isWhole()).toBe(true);
  });
});

const long = { authorityMs: 6_000 * minuteMs, leafMs: 3_000 * minuteMs };

describe('what is broken heals by itself', () => {
  const harms: readonly (readonly [
    string,
    () => Promise<void> | void,
    { readonly calls: 'none fail' | 'some fail' },
  ])[] = [
    ['a deleted Secret', () => void (cluster.secret = null), { calls: 'none fail' }],
    ['a Secret without data', () => spoil(() => ({})), { calls: 'none fail' }],
    ['a spoilt leaf', () => spoil((data) => ({ ...data, 'tls.crt': base64('none') })), { calls: 'none fail' }],
    ["a spoilt leaf's key", () => spoil((data) => ({ ...data, 'tls.key': base64('none') })), { calls: 'none fail' }],
    [
      'a spoilt authority',
      () => spoil((data) => ({ ...data, 'ca.crt': data['tls.crt'] ?? '' })),
      { calls: 'none fail' },
    ],
    ["a spoilt authority's key", () => spoil((data) => ({ ...data, 'ca.key': '' })), { calls: 'none fail' }],
    ['a Secret that cannot be written', freeze, { calls: 'none fail' }],
    ['an emptied bundle', () => void (cluster.registered = { pods: '', restores: '' }), { calls: 'none fail' }],
    [
      'one bundle of two that is another',
      () => void (cluster.registered = { restores: '', ...cluster.registered, pods: 'nonsense' }),
      { calls: 'none fail' },
    ],
    ['another Secret in its place', replace, { calls: 'none fail' }],
    ['an authority that has expired under a valid leaf', expire, { calls: 'some fail' }],
    ['a Secret that was deleted while every replica was started anew', restart, { calls: 'some fail' }],
  ];

  it.each(harms)(
    '%s',
    async (_, harm, { calls }) => {
      await settle(3);
      await cluster.step(10);
      await harm();
      await cluster.step(10);
      expect(cluster.isWhole()).toBe(true);
      const during = cluster.failedCalls.length;
      if (calls === 'none fail') expect(during).toBe(0);
      await cluster.step(10);
      expect(cluster.failedCalls).toHaveLength(during);
    },
    60_000,
  );

  it('a Secret that is made anew is as the replicas remember it', async () => {
    await settle(3);
    const before = cluster.secret?.data;
    cluster.secret = null;
    await cluster.step();
    expect(cluster.secret).toMatchObject({ data: before ?? {} });
    expect(cluster.writes.created).toBe(2);
  });

  it('without a storm of writes where somebody keeps emptying the bundle', async () => {
    cluster = new Simulation({ lives: long, settleMs: 2 * minuteMs, stepMs: minuteMs });
    await settle(3);
    const before = cluster.writes.registered;
    for (let minutes = 0; minutes < 70; minutes += 1) {
      cluster.registered = { pods: '', restores: '' };
      await cluster.step();
    }
    const written = cluster.writes.registered - before;
    expect(written).toBeGreaterThan(5);
    // Once in half an hour at last.
    expect(written).toBeLessThan(25);
    await cluster.step(31);
    expect(cluster.isWhole()).toBe(true);
  }, 60_000);

  it('without a storm of writes where somebody keeps emptying the Secret', async () => {
    cluster = new Simulation({ lives: long, settleMs: 2 * minuteMs, stepMs: minuteMs });
    await settle(3);
    const before = cluster.writes.updated;
    for (let minutes = 0; minutes < 70; minutes += 1) {
      spoil(() => ({}));
      await cluster.step();
    }
    expect(cluster.writes.updated - before).toBeLessThan(25);
    await cluster.step(31);
    expect(cluster.isWhole()).toBe(true);
  }, 60_000);

  function spoil(change: (data: Readonly<Record<string, string>>) => Readonly<Record<string, string>>): void {
    if (cluster.secret === null) throw new Error('there is no Secret');
    cluster.secret = { ...cluster.secret, data: change(cluster.secret.data), version: cluster.secret.version + 1 };
  }

  function freeze(): void {
    if (cluster.secret === null) throw new Error('there is no Secret');
    cluster.secret = { ...cluster.secret, writable: false };
  }

  async function replace(): Promise<void> {
    const authority = await createAuthority(cluster.nowMs, 1);
    const subjects = { dnsNames: names, ipAddresses: [] };
    const leaf = await createServingCertificate(authority, subjects, cluster.nowMs, 1);
    spoil(() => writeContent({ authority, leaf, previous: [] }));
  }

  async function expire(): Promise<void> {
    const dayMs = 24 * 60 * minuteMs;
    const authority = await createAuthority(cluster.nowMs - dayMs, 1);
    const subjects = { dnsNames: names, ipAddresses: [] };
    const leaf = await createServingCertificate(authority, subjects, cluster.nowMs, 1);
    spoil(() => writeContent({ authority, leaf, previous: [] }));
  }

  function restart(): void {
    cluster.secret = null;
    cluster.replicas.length = 0;
    for (let index = 0; index < 3; index += 1) cluster.addReplica();
  }
});
