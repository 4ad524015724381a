import { isJsonMap, type JsonMap } from '../../shared/json-value.ts';
import type { Pod } from '../../shared/pod.ts';
import type { Flaw, Path } from './check.ts';
import { templateCheck } from './object-checks.ts';

const inSpec = ['spec', 'template'];

/** Where workloads have the template of their pods, by API group and kind. */
const templates = new Map<string, readonly string[]>([
  ['apps/Deployment', inSpec],
  ['apps/StatefulSet', inSpec],
  ['apps/DaemonSet', inSpec],
  ['apps/ReplicaSet', inSpec],
  ['/ReplicationController', inSpec],
  ['batch/Job', inSpec],
  ['batch/CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
  ['/PodTemplate', ['template']],
]);

/** The fields that lead to a workload's template. null: objects of this kind have none. */
export function templatePath(groupKind: string): readonly string[] | null {
  return templates.get(groupKind) ?? null;
}

/**
 * The pod that a workload makes. It bears the workload's own name, since nobody knows the names that are generated; and, as the
 * real ones, the workload as its controller.
 *
 * @param path of the workload in its document, for flaws
 */
export function podOfTemplate(
  kind: string,
  workload: JsonMap,
  templatePath: readonly string[],
  path: Path,
): { readonly pod: Pod } | Flaw {
  let template: JsonMap = workload;
  for (const [index, field] of templatePath.entries()) {
    const inside = template[field];
    const at = [...path, ...templatePath.slice(0, index + 1)];
    if (inside === undefined || inside === null) return { path: at, says: 'is missing' };
    if (!isJsonMap(inside)) return { path: at, says: 'is no map' };
    template = inside;
  }
  const flaw = templateCheck(template, [...path, ...templatePath]);
  if (flaw !== null) return flaw;
  const { metadata, spec } = template as unknown as Partial<Pod> & Pick<Pod, 'spec'>;
  const { name, generateName, namespace } = workload.metadata as Pod['metadata'];
  const { labels, annotations } = metadata ?? {};
  return {
    pod: {
      metadata: {
        ...(name === undefined ? { generateName } : { name }),
        namespace,
        labels: labels ?? {},
        annotations: annotations ?? {},
        ownerReferences: [{ controller: true, kind, name: name ?? generateName ?? '' }],
      } as Pod['metadata'],
      spec,
    },
  };
}
