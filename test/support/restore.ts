import type { Container, Pod } from '../../shared/pod.ts';

/** A pod as `kubectl get -o json` saves it. */
export interface SavedPod {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Pod['metadata'];
  readonly spec: Pod['spec'] & {
    readonly nodeName?: string;
    readonly volumes?: readonly { readonly name: string }[];
  };
}

const grantedByAdmission = 'kube-api-access-';

/**
 * A saved pod as Velero creates it again: labelled with the Restore's name, without owners, status, node, and what the
 * API server's own admission will add once more.
 */
export function asRestored(saved: SavedPod, restoreName: string): SavedPod {
  const { name, namespace, labels, annotations } = saved.metadata;
  const spec = Object.fromEntries(Object.entries(saved.spec).filter(([field]) => field !== 'nodeName'));
  const withoutGranted = (container: Container): Container => {
    const mounts = container.volumeMounts as readonly { name: string }[] | undefined;
    if (mounts === undefined) return container;
    return { ...container, volumeMounts: mounts.filter((mount) => !mount.name.startsWith(grantedByAdmission)) };
  };
  return {
    apiVersion: saved.apiVersion,
    kind: saved.kind,
    metadata: {
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...labels, 'velero.io/restore-name': restoreName, 'velero.io/backup-name': `${restoreName}-backup` },
      annotations: annotations ?? {},
    },
    spec: {
      ...spec,
      containers: saved.spec.containers.map(withoutGranted),
      initContainers: (saved.spec.initContainers ?? []).map(withoutGranted),
      volumes: (saved.spec.volumes ?? []).filter((volume) => !volume.name.startsWith(grantedByAdmission)),
    },
  };
}
