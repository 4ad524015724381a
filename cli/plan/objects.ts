import { isJsonList, isJsonMap, type JsonMap } from '../../shared/json-value.ts';
import type { Pod } from '../../shared/pod.ts';
import { policyApiVersion, policyKind, type PolicyObject } from '../../shared/policy.ts';
import type { RestoreObject } from '../../shared/restore.ts';
import type { Json } from '../../shared/yaml-value.ts';
import type { Flaw, Path } from './check.ts';
import { objectCheck, podCheck, policyCheck, restoreCheck } from './object-checks.ts';
import { storedPod } from './stored-pod.ts';
import { podOfTemplate, templatePath } from './workload.ts';

/** What `plan` is made from. */
export interface PlanObjects {
  /** Those of templates too, in the order in which they were read. */
  readonly pods: readonly Pod[];
  readonly restores: readonly RestoreObject[];
  readonly policies: readonly PolicyObject[];
  /** Objects of other kinds. */
  readonly others: number;
}

export interface ObjectFlaw extends Flaw {
  /** Names the object, as far as it has a name. */
  readonly object: string;
}

export interface ObjectsReading {
  readonly objects: PlanObjects;
  readonly flaws: readonly ObjectFlaw[];
}

/**
 * Takes the pods, workloads, Restores and policies out of a document, those in Lists too. An object that cannot be read gives a
 * flaw in its place.
 *
 * @param namespace of objects that name none
 */
export function readObjects(document: Json, namespace: string): ObjectsReading {
  const pods: Pod[] = [];
  const restores: RestoreObject[] = [];
  const policies: PolicyObject[] = [];
  const flaws: ObjectFlaw[] = [];
  let others = 0;

  function read(value: Json, path: Path, inherited: Partial<ObjectType>): void {
    const type = typeOf(value, inherited);
    if ('says' in type) {
      flaws.push({ path: [...path, ...type.path], says: type.says, object: 'object' });
      return;
    }
    const object = value as JsonMap;
    if (isListType(type, object)) {
      const items = object.items ?? [];
      const itemType = type.kind === 'List' ? {} : { ...type, kind: type.kind.slice(0, -'List'.length) };
      if (isJsonList(items)) items.forEach((item, index) => read(item, [...path, 'items', index], itemType));
      else flaws.push({ path: [...path, 'items'], says: 'is no list', object: type.kind });
      return;
    }
    const flaw = take(type, object, path);
    if (flaw !== null) flaws.push({ ...flaw, object: nameOf(type, object) });
  }

  function take(type: ObjectType, object: JsonMap, path: Path): Flaw | null {
    const kept = kindsRead.get(groupKind(type));
    if (kept === undefined) {
      const template = templatePath(groupKind(type));
      if (template === null) {
        others += 1;
        return null;
      }
      const flaw = objectCheck(object, path);
      if (flaw !== null) return flaw;
      const reading = podOfTemplate(type.kind, placed(object, namespace), template, path);
      if ('says' in reading) return reading;
      return keepPod(reading.pod, path);
    }
    const flaw = kept.check(object, path);
    if (flaw !== null) return flaw;
    const whole = placed(object, namespace) as unknown;
    if (kept.is === 'pod') return keepPod(whole as Pod, path);
    if (kept.is === 'restore') restores.push(whole as RestoreObject);
    else policies.push(whole as PolicyObject);
    return null;
  }

  function keepPod(pod: Pod, path: Path): Flaw | null {
    if ((pod.metadata.name ?? pod.metadata.generateName ?? '') === '') {
      return { path: [...path, 'metadata', 'name'], says: 'is missing' };
    }
    pods.push(storedPod(pod));
    return null;
  }

  read(document, [], {});
  return { objects: { pods, restores, policies, others }, flaws };
}

interface ObjectType {
  readonly apiVersion: string;
  readonly kind: string;
}

const kindsRead = new Map([
  ['/Pod', { is: 'pod', check: podCheck }],
  ['velero.io/Restore', { is: 'restore', check: restoreCheck }],
  [groupKind({ apiVersion: policyApiVersion, kind: policyKind }), { is: 'policy', check: policyCheck }],
] as const);

function typeOf(value: Json, inherited: Partial<ObjectType>): ObjectType | Flaw {
  if (!isJsonMap(value)) return { path: [], says: 'is no Kubernetes object' };
  const { apiVersion = inherited.apiVersion, kind = inherited.kind } = value;
  if (typeof kind !== 'string' || kind === '') return { path: ['kind'], says: 'is missing' };
  if (typeof apiVersion !== 'string' || apiVersion === '') return { path: ['apiVersion'], says: 'is missing' };
  return { apiVersion, kind };
}

/** As the API server lists objects of a kind, or as kubectl puts objects of all kinds together. */
function isListType({ kind }: ObjectType, object: JsonMap): boolean {
  return kind === 'List' || (kind.endsWith('List') && 'items' in object);
}

function groupKind({ apiVersion, kind }: ObjectType): string {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return `${group}/${kind}`;
}

function placed(object: JsonMap, namespace: string): JsonMap {
  const metadata = object.metadata as JsonMap;
  const isNamed = (metadata.namespace ?? '') !== '';
  return isNamed ? object : { ...object, metadata: { ...metadata, namespace } };
}

function nameOf({ kind }: ObjectType, object: JsonMap): string {
  const metadata = isJsonMap(object.metadata) ? object.metadata : {};
  const parts = [metadata.namespace, metadata.name ?? metadata.generateName].filter((part) => typeof part === 'string');
  return parts.length === 0 ? kind : `${kind} ${parts.join('/')}`;
}
