import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthority, createServingCertificate } from '../../certs/certificates.ts';
import { writeContent } from '../../certs/content.ts';
import { issuedBy } from '../../certs/judge.ts';
import { splitBundle } from '../../certs/pair.ts';
import { ApiError } from '../../shared/service/api-error.ts';
import { findCluster } from '../support/scene.ts';
import { Replicas, type Replica } from '../support/certs-replicas.ts';

const dayMs = 86_400_000;
const base64 = (text: string) => Buffer.from(text).toString('base64');

let replicas: Replicas;
let three: readonly Replica[];

async function prepare(env: Readonly<Record<string, string>>): Promise<void> {
  replicas = await Replicas.prepare((await findCluster()).cluster);
  three = await replicas.start(3, env);
}

/** Resolves when Secret, bundles and all that is served fit together. */
async function untilWhole(): Promise<void> {
  while (!(await isWhole())) await delay(200);
  await replicas.allReady();
}

async function isWhole(): Promise<boolean> {
  const [leaf, authority] = [await replicas.inSecret('tls.crt'), await replicas.inSecret('ca.crt')];
  const bundles = await replicas.bundles();
  const [bundle = ''] = bundles;
  if (new Set(bundles).size !== 1 || !splitBundle(bundle).includes(authority)) return false;
  const served = await Promise.all(three.map(({ port }) => replicas.served(port, bundle)));
  return served.every((each) => each.leaf === leaf && each.problem === null);
}

function count(msg: string): number {
  return three.flatMap(({ keeper }) => keeper.lines.filter((line) => line.msg === msg)).length;
}

async function metric({ keeper }: Replica, series: string): Promise<number> {
  const { text } = await keeper.probe('/metrics');
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? NaN);
}

describe('certs keep, with three replicas that start at once', () => {
  beforeAll(() => prepare({}), 300_000);
  afterAll(async () => {
    expect(await replicas.close()).toEqual([0, 0, 0]);
  }, 300_000);

  it('makes one Secret, and every replica serves its leaf, before there is a registration', async () => {
    const leaf = await replicas.inSecret('tls.crt');
    for (const { port, keeper } of three) {
      expect((await replicas.served(port, '')).leaf).toBe(leaf);
      const { status, text } = await keeper.probe('/readyz');
      expect({ status, text }).toEqual({ status: 503, text: `there is no registration ${replicas.namespace}\n` });
      expect((await keeper.probe('/healthz')).status).toBe(200);
    }
    expect(count('Secret created')).toBe(1);
    expect(count('Secret updated')).toBe(0);
    expect((await replicas.secret()).type).toBe('kubernetes.io/tls');
  }, 300_000);

  it('registers its authority with every webhook of the registration, once that is there, and is ready then', async () => {
    await replicas.register(null);
    await untilWhole();
    expect(await replicas.admit()).toBe(1);
    expect(await replicas.bundles()).toEqual(Array(2).fill(await replicas.inSecret('ca.crt')));
    for (const replica of three) {
      expect(await metric(replica, 'restore_hooks_certs_trusted')).toBe(1);
      const expiry = (of: string) =>
        metric(replica, `restore_hooks_certs_expiry_timestamp_seconds{certificate="${of}"}`);
      expect(((await expiry('leaf')) * 1000 - Date.now()) / dayMs).toBeCloseTo(30, 1);
      expect(((await expiry('authority')) * 1000 - Date.now()) / dayMs).toBeCloseTo(365, 1);
    }
  }, 300_000);

  it('only looks in mode check, without a right to the Secret', async () => {
    const [first] = three;
    const checker = await replicas.startKeeper(first?.port ?? 0, {
      RESTORE_HOOKS_CERTS_MODE: 'check',
      RESTORE_HOOKS_CERTS_SECRET: 'another',
    });
    expect((await checker.probe('/startupz')).status).toBe(200);
    await checker.line(({ msg }) => msg === 'certificate is trusted');
    expect((await checker.probe('/readyz')).status).toBe(200);
    const words = ['certs keep started', 'certificate is not trusted', 'certificate is trusted'];
    expect(checker.lines.filter(({ msg }) => !words.includes(msg))).toEqual([]);
    expect(await checker.stop()).toBe(0);
  }, 120_000);

  it.each<[string, () => Promise<unknown>]>([
    ['deleted', () => replicas.deleteSecret()],
    ['emptied', () => replicas.patchSecret({ 'tls.crt': '', 'tls.key': '', 'ca.crt': '', 'ca.key': '' })],
    ['spoilt', () => replicas.patchSecret({ 'tls.key': base64('no key'), 'ca.key': base64('no key') })],
    ['of another type', () => replaceSecret('Opaque')],
  ])(
    'makes the Secret as it was, where it was %s, and no pod is refused',
    async (_, harm) => {
      const { data: before } = await replicas.secret();
      const healed = async () => {
        await harm();
        while (!(await isHealed(before))) await delay(100);
        await untilWhole();
      };
      const { failures, admitted } = await replicas.admitDuring(healed());
      expect(failures).toEqual([]);
      expect(admitted).toBeGreaterThan(0);
    },
    300_000,
  );

  it('has the Secret owned by the registration, so that it goes with it', async () => {
    expect((await replicas.secret()).metadata.ownerReferences).toMatchObject([
      { kind: 'MutatingWebhookConfiguration', name: replicas.namespace },
    ]);
  }, 60_000);

  it.each<[string, readonly object[]]>([
    ['emptied', [{ op: 'remove', path: '/webhooks/0/clientConfig/caBundle' }]],
    ['removed by half', [{ op: 'remove', path: '/webhooks/1/clientConfig/caBundle' }]],
  ])(
    'registers its authority again where the bundle was %s',
    async (_, patch) => {
      await replicas.patchRegistration(patch);
      await untilWhole();
      expect(await replicas.admit()).toBe(1);
    },
    120_000,
  );

  it('gets over an authority that has expired under a valid leaf', async () => {
    const nowMs = Date.now();
    const names = { dnsNames: [`hook.${replicas.namespace}.svc`], ipAddresses: [] };
    const authority = await createAuthority(nowMs - dayMs, 1 - 1 / 86_400);
    const leaf = await createServingCertificate(authority, names, nowMs);
    await replicas.patchSecret(writeContent({ authority, leaf, previous: [] }));
    while ((await replicas.inSecret('ca.crt')) === splitBundle(authority.cert)[0]) await delay(100);
    await untilWhole();
    expect(issuedBy(await replicas.inSecret('tls.crt'), await replicas.inSecret('ca.crt'))).toBe(true);
    expect(await replicas.admit()).toBe(1);
  }, 120_000);

  it('writes nothing of a key into its log', () => {
    const all = JSON.stringify(three.flatMap(({ keeper }) => keeper.lines));
    expect(all).toContain('Secret updated');
    expect(all).not.toMatch(/BEGIN|PRIVATE/);
  });

  async function replaceSecret(type: string): Promise<void> {
    for (;;) {
      await unless(404, replicas.deleteSecret());
      if (await unless(409, replicas.createSecret(type))) return;
    }
  }

  /** False: a replica was faster. */
  async function unless(status: number, call: Promise<unknown>): Promise<boolean> {
    try {
      await call;
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === status) return false;
      throw error;
    }
  }

  async function isHealed(before: Readonly<Record<string, string>>): Promise<boolean> {
    try {
      const { type, data } = await replicas.secret();
      return type === 'kubernetes.io/tls' && isDeepStrictEqual(data, before);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return false;
      throw error;
    }
  }
});

describe('certs keep, with lives of seconds', () => {
  const [leafSeconds, authoritySeconds] = [30, 45];
  beforeAll(async () => {
    await prepare({
      RESTORE_HOOKS_CERTS_DAYS: (leafSeconds / 86_400).toFixed(12),
      RESTORE_HOOKS_CERTS_AUTHORITY_DAYS: (authoritySeconds / 86_400).toFixed(12),
    });
    await replicas.register(null);
    await untilWhole();
  }, 300_000);
  afterAll(async () => {
    await replicas.close();
  }, 300_000);

  it('renews the leaf and rotates the authority twice under load, and no pod is refused', async () => {
    const leaves = new Set<string>();
    const authorities = new Set<string>();
    const sizes = new Set<number>();
    async function watch(): Promise<void> {
      while (authorities.size < 3 || leaves.size < 3 || !sizes.has(2)) {
        leaves.add(await replicas.inSecret('tls.crt'));
        authorities.add(await replicas.inSecret('ca.crt'));
        for (const bundle of await replicas.bundles()) sizes.add(splitBundle(bundle).length);
        await delay(200);
      }
      // The last one, too, comes to its end: the earlier authority is dropped.
      while ((await replicas.bundles()).some((bundle) => splitBundle(bundle).length > 1)) await delay(200);
    }
    const { failures, admitted } = await replicas.admitDuring(watch());
    expect(failures).toEqual([]);
    expect(admitted).toBeGreaterThan(100);
    expect(count('Secret created')).toBe(1);
  }, 600_000);
});
