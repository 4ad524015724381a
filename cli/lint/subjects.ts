import { isJsonList, isJsonMap, type JsonMap } from '../../shared/json-value.ts';
import type { Pod } from '../../shared/pod.ts';
import { policyKind, type PolicyObject } from '../../shared/policy.ts';
import type { RestoreObject } from '../../shared/restore.ts';
import type { Json } from '../../shared/yaml-value.ts';
import type { Path } from '../plan/check.ts';
import { readObjects, type ObjectFlaw } from '../plan/objects.ts';
import { cut } from '../plan/printable.ts';
import { templatePath } from '../plan/workload.ts';

/** An object of a document that lint has something to say about. */
export type Subject =
  | PodSubject
  | { readonly is: 'restore'; readonly path: Path; readonly restore: RestoreObject }
  | { readonly is: 'policy'; readonly path: Path; readonly policy: PolicyObject }
  | {
      readonly is: 'flawed';
      readonly path: Path;
      readonly code: 'InvalidPod' | 'InvalidObject';
      readonly flaw: ObjectFlaw;
    }
  | { readonly is: 'no object'; readonly path: Path };

export interface PodSubject {
  readonly is: 'pod';
  readonly path: Path;
  readonly pod: Pod;
  readonly kind: string;
  /** For people: `Deployment shop/web`. */
  readonly title: string;
  /** Of the pod within the object: empty, or that of the template. */
  readonly podPath: Path;
  /** The object's own. */
  readonly annotations: JsonMap;
}

/** `kubectl apply` puts them into the namespace of its context. */
const namespaceOfNone = 'default';
/** A name has 253 characters, and is seldom that long. */
const longestTitle = 120;
/** Each costs another reading of the object. */
const mostFlaws = 20;

type ObjectType = Partial<Record<'apiVersion' | 'kind', Json>>;

/** The pods, templates, Restores and policies of a document, those in Lists too, each with what keeps it from being read. */
export function* subjectsOf(value: Json, path: Path = [], inherited: ObjectType = {}): Generator<Subject> {
  if (!isJsonMap(value)) {
    yield { is: 'no object', path };
    return;
  }
  const { apiVersion = inherited.apiVersion ?? null, kind = inherited.kind ?? null, items } = value;
  if (isListKind(kind) && isJsonList(items)) {
    const type = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
    for (const [index, item] of items.entries()) yield* subjectsOf(item, [...path, 'items', index], type);
    return;
  }
  if (apiVersion === null && kind === null) yield { is: 'no object', path };
  else yield* read({ ...value, apiVersion, kind }, path);
}

function isListKind(kind: Json): kind is string {
  return typeof kind === 'string' && kind.endsWith('List');
}

function* read(object: JsonMap, path: Path): Generator<Subject> {
  const kind = typeof object.kind === 'string' ? object.kind : '';
  const code = ['', 'Restore', policyKind].includes(kind) ? 'InvalidObject' : 'InvalidPod';
  let readable = object;
  for (let flaws = 0; flaws < mostFlaws; flaws += 1) {
    const { objects, flaws: found } = readObjects(readable, namespaceOfNone);
    for (const pod of objects.pods) yield podSubject(pod, kind, object, path);
    for (const restore of objects.restores) yield { is: 'restore', path, restore };
    for (const policy of objects.policies) yield { is: 'policy', path, policy };
    const [flaw] = found;
    if (flaw === undefined) return;
    yield { is: 'flawed', path, code, flaw };
    const repaired = isLabelOrAnnotation(flaw.path) ? repair(readable, flaw.path) : null;
    if (repaired === null) return;
    readable = repaired;
  }
}

function podSubject(pod: Pod, kind: string, object: JsonMap, path: Path): PodSubject {
  const apiVersion = typeof object.apiVersion === 'string' ? object.apiVersion : '';
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const { namespace = '', name, generateName = '' } = pod.metadata;
  const metadata = isJsonMap(object.metadata) ? object.metadata : {};
  return {
    is: 'pod',
    path,
    pod,
    kind,
    title: cut(`${kind} ${namespace}/${name ?? generateName}`, longestTitle),
    podPath: templatePath(`${group}/${kind}`) ?? [],
    annotations: isJsonMap(metadata.annotations) ? metadata.annotations : {},
  };
}

/** Of these, one that is no text says nothing of the others. */
function isLabelOrAnnotation(path: Path): boolean {
  const parent = path.at(-2);
  return (parent === 'annotations' || parent === 'labels') && path.at(-3) === 'metadata';
}

/** Puts a value into quotes, or leaves it out if that cannot be what was meant; null: it is not there. */
function repair(value: JsonMap, [key, ...inner]: Path): JsonMap | null {
  if (typeof key !== 'string' || !Object.hasOwn(value, key)) return null;
  const { [key]: inside = null, ...others } = value;
  if (inner.length === 0) return typeof inside === 'object' ? others : { ...others, [key]: String(inside) };
  const rest = isJsonMap(inside) ? repair(inside, inner) : null;
  return rest === null ? null : { ...others, [key]: rest };
}
