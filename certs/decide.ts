import { bundleOf, noContent, type Content } from './content.ts';
import { covers, isDue, isOwn, issuedBy, isValid } from './judge.ts';
import { splitBundle, type CertificatePair } from './pair.ts';
import type { Decision, SecretStep, Situation, WantedContent } from './situation.ts';

/** Of earlier authorities, the newest count: a bundle has to stay small. */
const mostPrevious = 8;

/**
 * Decides what is to be done about the certificates, without doing any of it. The Secret comes first; of a Secret that is as it
 * should be follow the bundles; of bundles that trust its leaf follows what is served.
 *
 * A rotation takes three writes of the Secret: a new authority, with the earlier one kept beside it; a leaf of the new one, when it has been in all
 * bundles for `settleMs`; the earlier one dropped, when every replica serves the new leaf.
 */
export function decide(situation: Situation): Decision {
  const { secret, replicas } = situation;
  const found = secret?.content ?? noContent;
  const authority = chooseAuthority(found, situation);
  const carried = carryPrevious(found, authority, situation);
  const leaf = chooseLeaf(found, authority, carried, situation);

  const canDrop =
    carried.length > 0 &&
    authority === found.authority &&
    leaf === found.leaf &&
    isSettled(situation) &&
    issuedBy(leaf.cert, authority.cert);
  const waitingFor = canDrop
    ? (replicas ?? []).filter((each) => each.leaf === null || !issuedBy(each.leaf, authority.cert))
    : [];
  const isOver = canDrop && replicas !== null && replicas.length > 0 && waitingFor.length === 0;
  const previous = isOver ? [] : carried;

  const step = secretStep(situation, found, { authority, leaf, previous });
  return {
    secret: step,
    ...(step === null ? follow(found, situation) : { register: null, serve: null }),
    ask: canDrop && replicas === null,
    waitingFor: waitingFor.map(({ address }) => address),
  };
}

function chooseAuthority(found: Content, { memory, nowMs, lives }: Situation): CertificatePair | 'new' {
  if (isValid(found.authority, nowMs))
    return isDue(found.authority.cert, nowMs, lives.authorityMs) ? 'new' : found.authority;
  const remembered = memory?.authority ?? null;
  return isValid(remembered, nowMs) && !isDue(remembered.cert, nowMs, lives.authorityMs) ? remembered : 'new';
}

/** Authorities other than the chosen one that something may still be signed by, newest first. */
function carryPrevious(found: Content, authority: CertificatePair | 'new', situation: Situation): readonly string[] {
  const { nowMs, memory, folder, registered } = situation;
  const isLost = found.authority === null || !isValid(found.authority, nowMs);
  const inBundles = (registered ?? []).flatMap(({ bundle }) => splitBundle(bundle));
  const served = folder.leaf?.cert ?? '';
  const candidates = [
    ...splitBundle(found.authority?.cert ?? ''),
    ...found.previous,
    // Somebody may have put another Secret in the place of the one that this leaf was of.
    ...inBundles.filter((each) => issuedBy(served, each)),
    // What other replicas serve is not known then: all that may have signed it stays.
    ...(isLost ? [...splitBundle(memory?.authority?.cert ?? ''), ...(memory?.previous ?? [])] : []),
    ...(isLost ? [...splitBundle(folder.bundle), ...inBundles].filter(isOwn) : []),
  ];
  const chosen = authority === 'new' ? '' : splitBundle(authority.cert)[0];
  const alive = candidates.filter((each) => each !== chosen && isValid({ cert: each }, nowMs));
  return [...new Set(alive)].slice(0, mostPrevious);
}

function chooseLeaf(
  found: Content,
  authority: CertificatePair | 'new',
  previous: readonly string[],
  situation: Situation,
): CertificatePair | 'new' {
  const { memory, folder, nowMs, lives } = situation;
  const current = authority === 'new' ? [] : [authority.cert];
  const leaf = [found.leaf, memory?.leaf ?? null, folder.leaf].find((each) =>
    isUsable(each, [...current, ...previous], situation),
  );
  if (leaf == null) return 'new';
  const isOfCurrent = current.some((each) => issuedBy(leaf.cert, each));
  if (isOfCurrent) return isDue(leaf.cert, nowMs, lives.leafMs) ? 'new' : leaf;
  // Until the bundles have the new authority, and a while longer, only this one is trusted.
  return authority === found.authority && isSettled(situation) ? 'new' : leaf;
}

function secretStep({ secret }: Situation, found: Content, wanted: WantedContent): SecretStep | null {
  if (secret === null) return { do: 'create', ...wanted };
  if (!secret.writable) return { do: 'delete' };
  const isSame =
    wanted.authority === found.authority &&
    wanted.leaf === found.leaf &&
    wanted.previous.join('') === found.previous.join('');
  return isSame ? null : { do: 'update', ...wanted };
}

/** What follows of a Secret that is as it should be. */
function follow({ authority, leaf, previous }: Content, situation: Situation): Pick<Decision, 'register' | 'serve'> {
  if (authority === null || leaf === null) return { register: null, serve: null };
  const { folder, registered } = situation;
  const bundle = bundleOf(authority, previous);
  const webhooks = (registered ?? []).filter((each) => each.bundle !== bundle).map(({ webhook }) => webhook);
  const isServed = folder.leaf?.cert === leaf.cert && folder.leaf.key === leaf.key && folder.bundle === bundle;
  // A leaf that is trusted is not given up for one that is not yet, or that some API server may not have heard of.
  const isKnown = registered === null || (isTrusted(leaf, situation) && isSettled(situation));
  const isBetter = isKnown || !isTrusted(folder.leaf, situation);
  return {
    register: webhooks.length === 0 ? null : { webhooks, bundle },
    serve: !isServed && isBetter ? { leaf, bundle } : null,
  };
}

function isUsable(
  leaf: CertificatePair | null,
  authorities: readonly string[],
  { names, nowMs }: Situation,
): leaf is CertificatePair {
  return isValid(leaf, nowMs) && covers(leaf.cert, names) && authorities.some((each) => issuedBy(leaf.cert, each));
}

/** By every bundle that is registered. */
function isTrusted(leaf: CertificatePair | null, { registered, nowMs }: Situation): boolean {
  if (!isValid(leaf, nowMs)) return false;
  return (registered ?? []).every(({ bundle }) =>
    splitBundle(bundle).some((each) => isValid({ cert: each }, nowMs) && issuedBy(leaf.cert, each)),
  );
}

function isSettled({ registeredSinceMs, nowMs, settleMs }: Situation): boolean {
  return registeredSinceMs !== null && nowMs - registeredSinceMs >= settleMs;
}
