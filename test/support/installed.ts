import { fileURLToPath } from 'node:url';
import type { Cluster } from '../cluster/cluster.ts';
import { kubectl } from './kubectl.ts';
import { ensureOwnImage } from './own-image.ts';
import { installDefinitions, removeDefinitions } from './own-crds.ts';
import type { Release } from './release.ts';
import { findCluster } from './scene.ts';

const manualRights = fileURLToPath(new URL('../../examples/install/rbac.yaml', import.meta.url));

/** The embedded cluster with the image of this checkout, and nothing of the system in it. Throws on a user's own cluster. */
export async function emptyCluster(): Promise<Cluster> {
  const { embedded } = await findCluster();
  if (embedded === null)
    throw new Error('this test installs and kills cluster-wide things: it needs the embedded cluster');
  await ensureOwnImage(embedded);
  await removeDefinitions(embedded);
  // What tests with webhook and executor as processes leave, under names that the chart uses, too.
  await kubectl(embedded, ['delete', '-f', manualRights, '--ignore-not-found', '--wait', '--timeout=120s']);
  return embedded;
}

/** As other tests expect the cluster: without the release, with the definitions. */
export async function uninstall(release: Release): Promise<void> {
  await release.remove();
  await removeDefinitions(release.cluster);
  await installDefinitions(release.cluster);
}
