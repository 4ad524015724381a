import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { silent } from '../cluster/progress.ts';
import { ensureTool } from '../cluster/tools.ts';
import type { KubernetesObject } from './kubernetes-schemas.ts';
import { chartFolder } from './release.ts';

export type Values = Readonly<Record<string, unknown>>;

export interface RenderOptions {
  readonly release?: string;
  readonly namespace?: string;
}

/** What helm makes of the chart with these values, by their dotted names. Rejects, with helm's words, if it refuses. */
export async function render(values: Values, options: RenderOptions = {}): Promise<readonly KubernetesObject[]> {
  const { release = 'restore-hooks', namespace = 'restore-hooks' } = options;
  const flags = Object.entries(values).flatMap(([key, value]) => ['--set-json', `${key}=${JSON.stringify(value)}`]);
  const program = await ensureTool('helm', silent);
  const args = ['template', release, chartFolder, '--namespace', namespace, ...flags];
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
