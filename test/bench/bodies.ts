import { padded } from './padding.ts';
import { readRecorded, type PodReview } from './pod.ts';
import { absentRestore, matchedApp, matchedNamespace, restoreName } from './restores.ts';

/** Bytes of a review: of a pod of one container, of one as they are, and of one as large as they get. */
export const sizes = { small: 3 * 1024, typical: 15 * 1024, huge: 1024 * 1024 } as const;
export type Size = keyof typeof sizes;

/** Where a pod's hooks come from: its annotations (an init and an exec hook), rules of its Restore, or it has none. */
export type Hooks = 'none' | 'annotations' | 'Restore';

/** Different ones, sent in turn: of one and the same review, an engine may remember more than of real ones. */
const variants = 8;

export interface BodyOptions {
  readonly size: Size;
  readonly hooks: Hooks;
  /** Restores that the webhook knows, of which pods name a few. 0: pods name one that there is not. */
  readonly restores: number;
}

/** Makes reviews of restored pods, each of the size's length exactly. */
export async function makeBodies({ size, hooks, restores }: BodyOptions): Promise<Buffer[]> {
  const made: Buffer[] = [];
  for (let variant = 0; variant < variants; variant += 1) {
    const review = await readRecorded();
    const number = Math.floor((variant * restores) / variants);
    setHooks(review, hooks, restores === 0 ? absentRestore : restoreName(number));
    const uid = `60891ed8-451e-406d-a49a-59dbe533fa${String(variant).padStart(2, '0')}`;
    const name = `shop-db-${variant}`;
    Object.assign(review.request, { uid, name });
    Object.assign(review.request.object.metadata, { name });
    if (size === 'small') shrink(review);
    made.push(padded(review, sizes[size]));
  }
  return made;
}

function setHooks({ request }: PodReview, hooks: Hooks, restore: string): void {
  const { metadata, spec } = request.object;
  const namespace = hooks === 'none' ? 'blog' : matchedNamespace;
  request.namespace = namespace;
  metadata.namespace = namespace;
  metadata.labels = { ...metadata.labels, app: matchedApp, 'velero.io/restore-name': restore };
  if (hooks !== 'annotations') metadata.annotations = { 'backup.velero.io/backup-volumes': 'data' };
  // The recorded pod was admitted after Velero had put its hook in.
  spec.initContainers = spec.initContainers.filter(({ name }) => name !== 'restore-hook');
}

/** A pod without a service account's token, written by one client, in one container. */
function shrink({ request }: PodReview): void {
  const { metadata, spec } = request.object;
  metadata.managedFields = undefined;
  const isToken = ({ name }: { readonly name: string }) => name.startsWith('kube-api-access-');
  spec.volumes = spec.volumes.filter((volume) => !isToken(volume));
  spec.containers = spec.containers.slice(0, 1);
  for (const container of [...spec.containers, ...spec.initContainers]) {
    container.volumeMounts = container.volumeMounts.filter((mount) => !isToken(mount));
  }
}
