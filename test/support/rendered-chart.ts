import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { silent } from '../cluster/progress.ts';
import { ensureTool } from '../cluster/tools.ts';
import type { KubernetesObject } from './kubernetes-schemas.ts';
import { chartFolder, valueFlags, type Values } from './release.ts';

export interface RenderOptions {
  readonly release?: string;
  readonly namespace?: string;
}

/** What helm makes of the chart with these values, by their dotted names. Rejects, with helm's words, if it refuses. */
export async function render(values: Values, options: RenderOptions = {}): Promise<readonly KubernetesObject[]> {
  const { release = 'restore-hooks', namespace = 'restore-hooks' } = options;
  const program = await ensureTool('helm', silent);
  const args = ['template', release, chartFolder, '--namespace', namespace, ...valueFlags(values)];
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 64 * 1024 * 1024 });
  return parseAllDocuments(stdout)
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null);
}

/** The one object of a kind with this name. Throws if there is none. */
export function find(objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

export interface RenderedContainer {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext?: object;
}

export interface RenderedPod {
  readonly metadata: KubernetesObject['metadata'];
  readonly spec: {
    readonly securityContext?: object;
    readonly initContainers?: readonly RenderedContainer[];
    readonly containers: readonly RenderedContainer[];
  };
}

/** The pod that an object is, or that it makes. */
export function podsOf(object: KubernetesObject): readonly RenderedPod[] {
  if (object.kind === 'Pod') return [object as unknown as RenderedPod];
  const { template } = (object.spec ?? {}) as { readonly template?: RenderedPod };
  return template === undefined ? [] : [template];
}

export function labelsOf({ metadata }: RenderedPod): Readonly<Record<string, string>> {
  return metadata.labels ?? {};
}

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** What a role allows; nothing for any other object. */
export function rulesOf(object: KubernetesObject): readonly Rule[] {
  return ['Role', 'ClusterRole'].includes(object.kind) ? (object.rules as readonly Rule[]) : [];
}

export interface Selector {
  readonly of: string;
  readonly matchLabels: Readonly<Record<string, string>>;
}

/** By which an object of the chart finds pods. */
export function selectorsOf({ kind, metadata, spec }: KubernetesObject): readonly Selector[] {
  const of = `${kind} ${metadata.name}`;
  const { selector, podSelector } = (spec ?? {}) as {
    readonly selector?: Selector;
    readonly podSelector?: Selector;
  };
  switch (kind) {
    case 'Service':
      return [{ of, matchLabels: selector as unknown as Selector['matchLabels'] }];
    case 'Deployment':
    case 'PodDisruptionBudget':
      return selector === undefined ? [] : [{ of, matchLabels: selector.matchLabels }];
    case 'NetworkPolicy':
      return podSelector === undefined ? [] : [{ of, matchLabels: podSelector.matchLabels }];
    default:
      return [];
  }
}
