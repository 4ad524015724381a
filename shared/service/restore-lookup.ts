import { mayBeShortened } from '../restore-label.ts';
import { readRestore, restoresOf, type Restore, type RestoreObject } from '../restore.ts';
import { ApiError } from './api-error.ts';
import type { Cluster } from './cluster.ts';

const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
/** Of metadata, a page of this many is a few hundred KB. */
const pageSize = 500;

interface MetadataList {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly { readonly metadata: { readonly name: string; readonly namespace: string } }[] | null;
}

/**
 * Asks the API server for the Restores whose pods bear this label value.
 *
 * @param namespaces null: all
 * @returns none if the API server has none, or does not serve them at all. Throws as Cluster.call does.
 */
export async function lookUpRestores(
  cluster: Cluster,
  labelValue: string,
  namespaces: readonly string[] | null,
  signal: AbortSignal,
): Promise<Restore[]> {
  // An empty label, and one that no name can be, is nobody's.
  if (labelValue === '') return [];
  if (namespaces === null) return await listed(cluster, labelValue, '', signal);
  const found = await Promise.all(
    namespaces.map(async (namespace) => {
      const path = `/namespaces/${encodeURIComponent(namespace)}`;
      if (mayBeShortened(labelValue)) return await listed(cluster, labelValue, path, signal);
      const restore = await getRestore(cluster, namespace, labelValue, signal);
      return restore === null ? [] : [restore];
    }),
  );
  return found.flat();
}

/** The Restore as the API server has it now. null: there is none of that name. Throws as Cluster.call does. */
export async function getRestore(
  cluster: Cluster,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<Restore | null> {
  const path = `/apis/velero.io/v1/namespaces/${encodeURIComponent(namespace)}/restores/${encodeURIComponent(name)}`;
  try {
    return readRestore(await cluster.call<RestoreObject>({ method: 'GET', path }, signal));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** A shortened name cannot be asked for: all names are read, and those that become the label are. */
async function listed(cluster: Cluster, labelValue: string, within: string, signal: AbortSignal): Promise<Restore[]> {
  const named: { readonly name: string; readonly namespace: string }[] = [];
  let token = '';
  do {
    const query = new URLSearchParams({ limit: String(pageSize), ...(token !== '' && { continue: token }) });
    const path = `/apis/velero.io/v1${within}/restores?${query.toString()}`;
    let page: MetadataList;
    try {
      page = await cluster.call<MetadataList>({ method: 'GET', path, accept: metadataOnly }, signal);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return [];
      throw error;
    }
    named.push(
      ...restoresOf(
        labelValue,
        (page.items ?? []).map(({ metadata }) => metadata),
      ),
    );
    token = page.metadata.continue ?? '';
  } while (token !== '');
  const found = await Promise.all(named.map(({ namespace, name }) => getRestore(cluster, namespace, name, signal)));
  return found.flatMap((restore) => restore ?? []);
}
