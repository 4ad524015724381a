import type { JsonPatchOperation } from '../../shared/json-patch.ts';

/** Applies the operations of RFC 6902 that are made here to a copy of a document, and throws where the RFC has it fail. */
export function applyPatch<Document>(document: Document, operations: readonly JsonPatchOperation[]): Document {
  const result = structuredClone(document);
  for (const operation of operations) {
    switch (operation.op) {
      case 'add':
        add(result, operation.path, operation.value);
        break;
      case 'remove':
        remove(result, operation.path);
        break;
      case 'move':
        add(result, operation.path, remove(result, operation.from));
    }
  }
  return result;
}

type Parent = { readonly list: unknown[] } | { readonly map: Record<string, unknown> };

function add(document: unknown, path: string, value: unknown): void {
  const { parent, key } = locate(document, path);
  if ('map' in parent) {
    parent.map[key] = structuredClone(value);
    return;
  }
  const index = key === '-' ? parent.list.length : indexOf(key, parent.list.length);
  parent.list.splice(index, 0, structuredClone(value));
}

function remove(document: unknown, path: string): unknown {
  const { parent, key } = locate(document, path);
  if ('list' in parent) return parent.list.splice(indexOf(key, parent.list.length - 1), 1)[0];
  if (!Object.hasOwn(parent.map, key)) throw new Error(`nothing to remove at ${path}`);
  const value = parent.map[key];
  Reflect.deleteProperty(parent.map, key);
  return value;
}

function locate(document: unknown, path: string): { parent: Parent; key: string } {
  const parts = path.split('/').slice(1);
  const keys = parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const key = keys.pop();
  if (key === undefined) throw new Error(`${path} names the whole document`);
  let place: unknown = document;
  for (const each of keys) place = (place as Record<string, unknown>)[each];
  if (Array.isArray(place)) return { parent: { list: place as unknown[] }, key };
  if (typeof place !== 'object' || place === null) throw new Error(`nothing to hold ${path}`);
  return { parent: { map: place as Record<string, unknown> }, key };
}

function indexOf(key: string, largest: number): number {
  const index = Number(key);
  if (!/^(0|[1-9]\d*)$/.test(key) || index > largest) throw new Error(`${key} is no index up to ${largest}`);
  return index;
}
