import { ownKeys } from './annotations.ts';
import type { Amounts, Resources } from './fit-resources.ts';
import type { Container, Pod, VolumeMount } from './pod.ts';
import { parseQuantity } from './quantity.ts';
import { contradicts } from './security-shape.ts';
import { trimSpace } from './trim.ts';
import type { HookWarning } from './warning.ts';
import { warnings } from './warning-sentences.ts';

/** The fields that an init hook can take from the pod's first container (hooks.md section 4). */
export const inheritable = ['securityContext', 'volumeMounts', 'resources'] as const;
export type Inheritable = (typeof inheritable)[number];

/** Words beyond these are not named. */
const mostWords = 10;

/** Reads which fields a pod's init hooks are to take from its first container. null: the pod says nothing of it. */
export function parseInherit(pod: Pod): { fields: readonly Inheritable[] | null; warnings: readonly HookWarning[] } {
  const text = pod.metadata.annotations?.[ownKeys.inherit];
  if (text === undefined) return { fields: null, warnings: [] };
  const words = text.split(',').map(trimSpace);
  const strange = words.filter((word) => word !== '' && !inheritable.some((field) => field === word));
  return {
    fields: inheritable.filter((field) => words.includes(field)),
    warnings: strange.slice(0, mostWords).map((word) => warnings.unknownWord(ownKeys.inherit, word, inheritable)),
  };
}

/** What hooks of one pod inherit in all, as JSON. The API server takes no pod of more, and every hook gets all of it. */
export const mostInheritedCharacters = 1_048_576;

/** How much a hook can inherit, at most. */
export function inheritedCharacters(from: Container | undefined, fields: readonly Inheritable[]): number {
  const first = from as InheritingContainer | undefined;
  return fields.reduce((sum, field) => sum + JSON.stringify(first?.[field] ?? null).length, 0);
}

/**
 * Fills what an init hook leaves open from the pod's first container. What would not go together with the hook's own
 * fields, so that the API server would refuse the pod, is not taken.
 */
export function inherit(container: Container, from: Container | undefined, fields: readonly Inheritable[]): Container {
  if (from === undefined || fields.length === 0) return container;
  const own = container as InheritingContainer;
  const first = from as InheritingContainer;
  const securityContext = fields.includes('securityContext') && inheritSecurity(own, first);
  const resources = fields.includes('resources') && inheritResources(own.resources, first.resources);
  const heir = { ...own, ...(securityContext && { securityContext }), ...(resources && { resources }) };
  const volumeMounts = fields.includes('volumeMounts') && inheritMounts(heir, first);
  return volumeMounts && volumeMounts.length > 0 ? { ...heir, volumeMounts } : heir;
}

interface InheritingContainer extends Container {
  readonly securityContext?: Readonly<Record<string, unknown>> | null;
  readonly volumeMounts?: readonly VolumeMount[] | null;
  readonly volumeDevices?: readonly { readonly name: string; readonly devicePath: string }[] | null;
  readonly resources?: Resources | null;
}

function inheritSecurity(own: InheritingContainer, first: InheritingContainer) {
  let securityContext = own.securityContext ?? {};
  for (const [field, value] of Object.entries(first.securityContext ?? {})) {
    if (Object.hasOwn(securityContext, field)) continue;
    const more = { ...securityContext, [field]: value };
    if (!contradicts(more)) securityContext = more;
  }
  return Object.keys(securityContext).length > 0 && securityContext;
}

function inheritMounts(own: InheritingContainer, first: InheritingContainer): VolumeMount[] {
  const mounts = own.volumeMounts ?? [];
  const devices = own.volumeDevices ?? [];
  const paths = new Set([...mounts.map(({ mountPath }) => mountPath), ...devices.map(({ devicePath }) => devicePath)]);
  const taken = (first.volumeMounts ?? []).flatMap((mount) => {
    const isDevice = devices.some(({ name }) => name === mount.name);
    // The path is made of variables of the first container.
    if (paths.has(mount.mountPath) || isDevice || (mount.subPathExpr ?? '') !== '') return [];
    if (mount.mountPropagation !== 'Bidirectional' || own.securityContext?.privileged === true) return [mount];
    return [{ ...mount, mountPropagation: 'None' }];
  });
  return [...mounts, ...taken];
}

function inheritResources(given: Resources | null | undefined, from: Resources | null | undefined) {
  const [own, first] = [given ?? {}, from ?? {}];
  const limits = new Map(Object.entries(own.limits ?? {}));
  const requests = new Map(Object.entries(own.requests ?? {}));
  for (const name of Object.keys({ ...first.limits, ...first.requests })) {
    // A limit alone is a request too, for the API server.
    if (limits.has(name)) continue;
    const [limit, request] = [first.limits?.[name], first.requests?.[name]];
    const asked = requests.get(name);
    if (asked === undefined && request !== undefined) requests.set(name, request);
    if (limit !== undefined && (asked === undefined || isAtLeast(limit, asked))) limits.set(name, limit);
  }
  const resources = { ...own, ...amounts('limits', limits), ...amounts('requests', requests) };
  return Object.keys(resources).length > 0 && resources;
}

function amounts(field: 'limits' | 'requests', of: ReadonlyMap<string, string>): Readonly<Record<string, Amounts>> {
  return of.size === 0 ? {} : { [field]: Object.fromEntries(of) };
}

function isAtLeast(one: string, other: string): boolean {
  const [left, right] = [parseQuantity(one), parseQuantity(other)];
  return left !== null && right !== null && left >= right;
}
