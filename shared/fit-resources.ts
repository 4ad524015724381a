import type { PodSpec } from './pod.ts';
import { oneUnit, parseQuantity } from './quantity.ts';
import type { Problem } from './read-shape.ts';

export type Amounts = Readonly<Record<string, string>>;

export interface Resources {
  readonly limits?: Amounts;
  readonly requests?: Amounts;
  readonly claims?: readonly { readonly name: string; readonly request?: string }[];
}

const overcommittable = ['cpu', 'memory', 'ephemeral-storage'];

/**
 * Leaves out what the API server would refuse among a container's amounts. A request above its limit is left out, not the
 * limit: the API server then asks for as much as the limit.
 */
export function fitResources(resources: Resources | undefined, spec: PodSpec, place: string) {
  if (resources === undefined) return { value: undefined, problems: [] };
  const problems: Problem[] = [];
  const leaveOut = (field: string, name: string, says: string) => {
    problems.push({ place: `${place}.${field}.${name}`, says, leftOut: `${place}.${field}.${name}` });
    return false;
  };
  const asked = Object.keys({ ...resources.limits, ...resources.requests });
  const hasBasis = asked.includes('cpu') || asked.includes('memory');
  const limits = entries(resources.limits).filter(([name, amount]) => {
    const says = indivisible(name, amount) ?? (isHugePages(name) && !hasBasis ? 'needs cpu or memory beside it' : null);
    return says === null || leaveOut('limits', name, says);
  });
  const limitOf = new Map(limits);
  const podRequests = spec.resources?.requests ?? {};
  const requests = entries(resources.requests).filter(([name, amount]) => {
    const limit = limitOf.get(name);
    if (overcommittable.includes(name)) {
      if (limit !== undefined && size(amount) > size(limit)) return leaveOut('requests', name, 'is above its limit');
    } else if (limit === undefined || size(amount) !== size(limit)) {
      return leaveOut('requests', name, 'is not the same as its limit');
    }
    const most = podRequests[name];
    return most === undefined || size(amount) <= size(most) || leaveOut('requests', name, "is above the pod's own");
  });
  const names = new Set((spec.resourceClaims ?? []).map(({ name }) => name));
  const seen = new Set<string>();
  const claims = resources.claims?.filter(({ name }) => {
    const says = names.has(name) ? (seen.has(name) ? 'is there twice' : null) : 'is no claim of this pod';
    seen.add(name);
    return says === null || leaveOut('claims', name.slice(0, 63), says);
  });
  const value: Resources = {
    ...(resources.limits && { limits: Object.fromEntries(limits) }),
    ...(resources.requests && { requests: Object.fromEntries(requests) }),
    ...(claims && { claims }),
  };
  return { value, problems };
}

/** What has no halves: devices, and huge pages of their size. */
function indivisible(name: string, amount: string): string | null {
  if (overcommittable.includes(name)) return null;
  const unit = isHugePages(name) ? size(name.slice('hugepages-'.length)) : oneUnit;
  return unit > 0n && size(amount) % unit === 0n ? null : 'is no whole number of them';
}

function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-');
}

function entries(amounts: Amounts | undefined): [string, string][] {
  return Object.entries(amounts ?? {});
}

function size(amount: string): bigint {
  return parseQuantity(amount) ?? 0n;
}
