import type { Cluster } from '../shared/service/api-client.ts';
import { ApiError } from '../shared/service/api-error.ts';
import { readContent } from './content.ts';
import type { SeenSecret } from './situation.ts';

const secretType = 'kubernetes.io/tls';

/** The Secret as it was read; its version is the lock under which it is written. */
export interface StoredSecret extends SeenSecret {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly owned: boolean;
}

export type SecretData = Readonly<Record<string, string>>;

/** The registration, with which the Secret goes: an uninstall deletes what it has made, and knows nothing of the Secret. */
export interface Owner {
  readonly name: string;
  readonly uid: string;
}

/** The Secret that the replicas share. Each of them throws ApiError or ApiUnreachable where the API server refuses, or is not there. */
export interface SecretStore {
  /** null: there is none. */
  read(signal: AbortSignal): Promise<StoredSecret | null>;
  /**
   * False: another replica came first.
   *
   * @param owner null: there is no registration yet
   */
  create(data: SecretData, owner: Owner | null, signal: AbortSignal): Promise<boolean>;
  /** False: it is not as it was read any more. One that nobody owns gets the owner. */
  update(read: StoredSecret, data: SecretData, owner: Owner | null, signal: AbortSignal): Promise<boolean>;
  delete(read: StoredSecret, signal: AbortSignal): Promise<boolean>;
}

interface SecretObject {
  readonly metadata: {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly ownerReferences?: readonly unknown[];
  };
  readonly type?: string;
  readonly immutable?: boolean;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Makes the store of one Secret. Nothing is sent before the first call. */
export function createSecretStore(cluster: Cluster, namespace: string, name: string): SecretStore {
  const collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  const path = `${collection}/${encodeURIComponent(name)}`;
  return {
    async read(signal) {
      const object = await unlessRefused([404], cluster.call<SecretObject>({ method: 'GET', path }, signal));
      if (object === null) return null;
      const { uid, resourceVersion, ownerReferences = [] } = object.metadata;
      const writable = object.type === secretType && object.immutable !== true;
      return { content: readContent(object.data), writable, uid, resourceVersion, owned: ownerReferences.length > 0 };
    },
    async create(data, owner, signal) {
      const body = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          name,
          namespace,
          labels: { 'app.kubernetes.io/name': 'restore-hooks' },
          ...ownedBy(owner),
        },
        type: secretType,
        data,
      };
      return isDone(cluster.call({ method: 'POST', path: collection, body }, signal));
    },
    update({ uid, resourceVersion, owned }, data, owner, signal) {
      const body = { metadata: { uid, resourceVersion, ...(!owned && ownedBy(owner)) }, data };
      const contentType = 'application/merge-patch+json';
      return isDone(cluster.call({ method: 'PATCH', path, body, contentType }, signal));
    },
    delete({ uid, resourceVersion }, signal) {
      const body = { preconditions: { uid, resourceVersion } };
      return isDone(cluster.call({ method: 'DELETE', path, body }, signal));
    },
  };
}

/** A cluster's object may own one in a namespace. */
function ownedBy(owner: Owner | null): object {
  if (owner === null) return {};
  const { name, uid } = owner;
  const kind = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration' };
  return { ownerReferences: [{ ...kind, name, uid }] };
}

/** False where somebody else came first, or took away what was to be changed. */
async function isDone(call: Promise<unknown>): Promise<boolean> {
  return (await unlessRefused([404, 409], call)) !== null;
}

/** null for an answer of one of these statuses. A namespace that is not there is no such answer. */
async function unlessRefused<T>(statuses: readonly number[], call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiError && statuses.includes(error.status)) return null;
    throw error;
  }
}
