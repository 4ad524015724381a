import { fitResources, type Resources } from './fit-resources.ts';
import type { PodSpec, VolumeMount } from './pod.ts';
import { quote } from './quote.ts';
import type { Problem } from './read-shape.ts';

/** The fields of a read Container that must agree with its pod, or among each other. */
export interface ReadContainer {
  readonly ports?: readonly { readonly name?: string; readonly [field: string]: unknown }[];
  readonly resources?: Resources;
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly volumeDevices?: readonly { readonly name: string; readonly devicePath: string }[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly [field: string]: unknown;
}

export interface Fitted {
  /** null: what does not fit cannot be left out alone. */
  readonly value: ReadContainer | null;
  readonly problems: readonly Problem[];
}

/** Leaves out of a container what the API server would refuse in this pod, and the whole pod with it. */
export function fitContainer(container: ReadContainer, spec: PodSpec, place: string): Fitted {
  const misfit = securityMisfit(container.securityContext ?? {}, spec);
  if (misfit !== null) {
    return { value: null, problems: [{ place: `${place}.securityContext`, says: misfit, leftOut: place }] };
  }
  const mounts = keep(container.volumeMounts, `${place}.volumeMounts`, mountRule(container, spec));
  const devices = keep(container.volumeDevices, `${place}.volumeDevices`, deviceRule(mounts.kept ?? [], spec));
  const ports = keep(container.ports, `${place}.ports`, portRule(spec));
  const resources = fitResources(container.resources, spec, `${place}.resources`);
  const value = {
    ...container,
    ...(mounts.kept && { volumeMounts: mounts.kept }),
    ...(devices.kept && { volumeDevices: devices.kept }),
    ...(ports.kept && { ports: ports.kept }),
    ...(resources.value && { resources: resources.value }),
  };
  return { value, problems: [mounts, devices, ports, resources].flatMap(({ problems }) => problems) };
}

/** A list's elements without those that the rule says something about. */
function keep<T>(list: readonly T[] | undefined, place: string, rule: (element: T) => string | null) {
  const problems: Problem[] = [];
  const kept = list?.filter((element) => {
    const says = rule(element);
    if (says !== null) problems.push({ place, says, leftOut: place });
    return says === null;
  });
  return { kept, problems };
}

/** Of each pod, once for all its hooks: it may have ten thousand volumes, and hundreds of hooks. Forgotten with the pod. */
const volumeNames = new WeakMap<PodSpec, { readonly all: ReadonlySet<string>; readonly block: ReadonlySet<string> }>();

function volumesOf(spec: PodSpec) {
  const before = volumeNames.get(spec);
  if (before !== undefined) return before;
  const volumes = spec.volumes ?? [];
  const claims = volumes.filter((volume) => volume.persistentVolumeClaim != null || volume.ephemeral != null);
  const names = { all: new Set(volumes.map(({ name }) => name)), block: new Set(claims.map(({ name }) => name)) };
  volumeNames.set(spec, names);
  return names;
}

function mountRule({ securityContext }: ReadContainer, spec: PodSpec) {
  const volumes = volumesOf(spec).all;
  const paths = new Set<string>();
  return ({ name, mountPath, mountPropagation }: VolumeMount): string | null => {
    if (!volumes.has(name)) return `${shown(name)} is no volume of this pod`;
    if (mountPropagation === 'Bidirectional' && securityContext?.privileged !== true) {
      return `${shown(mountPath)} is Bidirectional, and the container not privileged`;
    }
    if (paths.has(mountPath)) return `${shown(mountPath)} is mounted twice`;
    paths.add(mountPath);
    return null;
  };
}

function deviceRule(mounts: readonly VolumeMount[], spec: PodSpec) {
  const volumes = spec.hostUsers === false ? new Set<string>() : volumesOf(spec).block;
  const names = new Set(mounts.map(({ name }) => name));
  const paths = new Set(mounts.map(({ mountPath }) => mountPath));
  return ({ name, devicePath }: { readonly name: string; readonly devicePath: string }): string | null => {
    if (!volumes.has(name)) return `${shown(name)} is no block volume of this pod`;
    if (names.has(name) || paths.has(devicePath)) return `${shown(name)} is there twice`;
    names.add(name);
    paths.add(devicePath);
    return null;
  };
}

function portRule(spec: PodSpec) {
  const names = new Set<string>();
  const hostPorts = new Set<string>();
  return (port: { readonly name?: string; readonly [field: string]: unknown }): string | null => {
    const { name, hostPort, containerPort, protocol = 'TCP', hostIP = '' } = port;
    const host = (hostPort ?? 0) === 0 ? null : JSON.stringify([protocol, hostIP, hostPort]);
    if (spec.hostNetwork === true && host !== null && hostPort !== containerPort) {
      return 'has a hostPort that differs, in the host network';
    }
    if ((name !== undefined && names.has(name)) || (host !== null && hostPorts.has(host))) return 'has a port twice';
    if (name !== undefined) names.add(name);
    if (host !== null) hostPorts.add(host);
    return null;
  };
}

/** Fields of Linux alone, which a Windows pod must not have. */
function securityMisfit(securityContext: Readonly<Record<string, unknown>>, spec: PodSpec): string | null {
  const onWindows = ['runAsNonRoot'];
  if (spec.os?.name === 'windows' && Object.keys(securityContext).some((field) => !onWindows.includes(field))) {
    return 'is for Linux, and the pod for Windows';
  }
  if (securityContext.procMount === 'Unmasked' && spec.hostUsers !== false) {
    return 'has an Unmasked procMount, and the pod hostUsers';
  }
  return null;
}

function shown(text: string): string {
  return quote(text, 26);
}
