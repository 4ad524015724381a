import type { Cluster } from '../../shared/service/cluster.ts';
import { answerTimeoutMs } from './connect.ts';

/** Of objects with their hooks, a page of this many is some MB at most. */
const pageSize = 200;

interface ObjectList<T> {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly T[] | null;
}

/** Reads a collection page by page. Throws as Cluster.call does. */
export async function listObjects<T>(cluster: Cluster, path: string): Promise<T[]> {
  const items: T[] = [];
  let token = '';
  do {
    const query = new URLSearchParams({ limit: String(pageSize), ...(token !== '' && { continue: token }) });
    const page = await cluster.call<ObjectList<T>>({
      method: 'GET',
      path: `${path}?${query.toString()}`,
      timeoutMs: answerTimeoutMs,
    });
    items.push(...(page.items ?? []));
    token = page.metadata.continue ?? '';
  } while (token !== '');
  return items;
}
