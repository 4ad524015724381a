import { describe, expect, it } from '@jest/globals';
import { createAuthority, createServingCertificate } from '../../../certs/certificates.ts';
import { bundleOf, noContent, type Content } from '../../../certs/content.ts';
import { decide } from '../../../certs/decide.ts';
import { splitBundle, type CertificatePair } from '../../../certs/pair.ts';
import type { Situation } from '../../../certs/situation.ts';
import { names } from './simulation.ts';

const dayMs = 86_400_000;
const nowMs = Date.parse('2026-06-01T12:00:00Z');
const lives = { authorityMs: 365 * dayMs, leafMs: 30 * dayMs };
const settleMs = 30_000;

const [current, earlier, old] = await Promise.all([make(0, 0), make(200, 1), make(250, 25)]);

async function make(authorityAgeDays: number, leafAgeDays: number, subjects: readonly string[] = names) {
  const authority = await createAuthority(nowMs - authorityAgeDays * dayMs);
  const alternatives = { dnsNames: subjects, ipAddresses: [] };
  return { authority, leaf: await createServingCertificate(authority, alternatives, nowMs - leafAgeDays * dayMs) };
}

const certOf = ({ authority }: { readonly authority: CertificatePair }) => splitBundle(authority.cert)[0] ?? '';

/** All as it should be for a content, but for what is said otherwise. */
function situation(content: Content, more: Partial<Situation> = {}): Situation {
  const bundle = content.authority === null ? '' : bundleOf(content.authority, content.previous);
  return {
    nowMs,
    secret: { content, writable: true },
    memory: content,
    folder: { leaf: content.leaf, bundle },
    registered: [
      { webhook: 'pods', bundle },
      { webhook: 'restores', bundle },
    ],
    registeredSinceMs: nowMs - settleMs,
    replicas: null,
    names,
    settleMs,
    lives,
    ...more,
  };
}

const sound = () => ({ ...current, previous: [] });
const rotating = (leaf = earlier.leaf) => ({ authority: current.authority, leaf, previous: [certOf(earlier)] });
const nothing = { secret: null, register: null, serve: null, ask: false, waitingFor: [] };

describe('decide, of the Secret', () => {
  it('does nothing where all is as it should be', () => {
    expect(decide(situation(sound()))).toEqual(nothing);
  });

  it.each<[string, () => Situation, object]>([
    [
      'makes all of it where there is nothing',
      () => situation(noContent, { secret: null, memory: null, folder: { leaf: null, bundle: '' }, registered: null }),
      { do: 'create', authority: 'new', leaf: 'new', previous: [] },
    ],
    ['makes it again as it was remembered', () => situation(sound(), { secret: null }), { do: 'create', ...sound() }],
    [
      'makes a new authority where nobody remembers one, and keeps what is served and trusted',
      () => situation(sound(), { secret: null, memory: null }),
      { do: 'create', authority: 'new', leaf: sound().leaf, previous: [certOf(current)] },
    ],
    [
      'deletes one that cannot be written',
      () => situation(sound(), { secret: { content: sound(), writable: false } }),
      { do: 'delete' },
    ],
    [
      'renews a leaf that is due',
      () =>
        situation(
          { ...current, leaf: old.leaf, authority: old.authority, previous: [] },
          { lives: { ...lives, authorityMs: 9e11 } },
        ),
      { do: 'update', authority: 'new', leaf: old.leaf, previous: [certOf(old)] },
    ],
    [
      'makes a new authority beside one that is due, and leaves the leaf alone',
      () => situation({ ...old, previous: [] }),
      { do: 'update', authority: 'new', leaf: old.leaf, previous: [certOf(old)] },
    ],
    [
      'makes a leaf for other names',
      () => situation(sound(), { names: ['another.ns.svc'] }),
      { do: 'update', authority: current.authority, leaf: 'new', previous: [] },
    ],
    [
      'makes a leaf of the new authority once that was registered for long enough',
      () => situation(rotating()),
      { do: 'update', authority: current.authority, leaf: 'new', previous: [certOf(earlier)] },
    ],
  ])('%s', (_, make, secret) => {
    expect(decide(make())).toEqual({ ...nothing, secret });
  });

  it.each<[string, Partial<Situation>]>([
    ['is not in all bundles', { registeredSinceMs: null }],
    ['has been registered just now', { registeredSinceMs: nowMs - settleMs + 1 }],
  ])('makes no leaf of a new authority that %s', (_, more) => {
    expect(decide(situation(rotating(), more)).secret).toBeNull();
  });
});

describe('decide, of the end of a rotation', () => {
  const over = () => situation(rotating(current.leaf));

  it('asks the replicas first', () => {
    expect(decide(over())).toEqual({ ...nothing, ask: true });
  });

  it.each<[string, readonly (string | null)[], readonly string[]]>([
    ['one serves the earlier leaf', ['current', 'earlier'], ['r1']],
    ['one does not answer', ['current', null], ['r1']],
    ['none is known', [], []],
  ])('keeps the earlier authority while %s', (_, leaves, waitingFor) => {
    const replicas = leaves.map((leaf, index) => ({
      address: `r${index}`,
      leaf: leaf === null ? null : { current, earlier }[leaf as 'current' | 'earlier'].leaf.cert,
    }));
    expect(decide({ ...over(), replicas })).toEqual({ ...nothing, waitingFor });
  });

  it('drops it when all serve the new leaf', () => {
    const replicas = [{ address: 'r0', leaf: current.leaf.cert }];
    expect(decide({ ...over(), replicas }).secret).toEqual({ do: 'update', ...sound() });
  });
});

describe('decide, of bundles and folder', () => {
  const other = () => ({ webhook: 'pods', bundle: certOf(earlier) });
  const good = () => ({ webhook: 'restores', bundle: certOf(current) });

  it('registers with those webhooks that have another bundle', () => {
    const { register } = decide(situation(sound(), { registered: [other(), good()] }));
    expect(register).toEqual({ webhooks: ['pods'], bundle: certOf(current) });
  });

  it.each<[string, () => Partial<Situation>, boolean]>([
    [
      'serves the first leaf at once',
      () => ({ folder: { leaf: null, bundle: '' }, registered: [other(), good()] }),
      true,
    ],
    ['serves a leaf without a registration', () => ({ folder: folderOf(earlier), registered: null }), true],
    ['serves a leaf that is trusted', () => ({ folder: folderOf(earlier), registered: [good()] }), true],
    [
      'does not give up one that is trusted for one that is not',
      () => ({ folder: folderOf(earlier), registered: [other()] }),
      false,
    ],
    [
      'does not give it up for one that is trusted only just now',
      () => ({
        folder: folderOf(earlier),
        registered: [{ webhook: 'pods', bundle: certOf(current) + certOf(earlier) }],
        registeredSinceMs: nowMs - 1,
      }),
      false,
    ],
  ])('%s', (_, more, isServed) => {
    const content = { ...sound(), previous: [certOf(earlier)] };
    const { serve } = decide(situation(content, { registeredSinceMs: nowMs - 2 * settleMs, ...more() }));
    expect(serve !== null).toBe(isServed);
    if (serve !== null) expect(serve.leaf).toBe(content.leaf);
  });

  function folderOf({ authority, leaf }: typeof current) {
    return { leaf, bundle: bundleOf(authority, []) };
  }
});
