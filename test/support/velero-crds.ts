import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { goEnv, requireGo } from '../cluster/binaries/build.ts';
import { run } from '../cluster/command.ts';
import { kubectl } from './kubectl.ts';
import type { AnyCluster } from './own-cluster.ts';

const velero = 'github.com/vmware-tanzu/velero@v1.18.3';
const definition = 'restores.velero.io';

/**
 * Installs the real definition of Velero's Restores, out of Velero's own Go module, and the namespace velero. Go's module cache
 * keeps the module. Throws if there is no Go, or the module cannot be had.
 */
export async function installRestores(cluster: AnyCluster): Promise<void> {
  await requireGo();
  const { Dir } = JSON.parse(await run('go', ['mod', 'download', '-json', velero], { env: goEnv })) as { Dir: string };
  const yaml = await readFile(join(Dir, 'config/crd/v1/bases/velero.io_restores.yaml'), 'utf8');
  await kubectl(cluster, ['apply', '--server-side', '-f', '-'], yaml);
  await kubectl(cluster, ['wait', '--for=condition=Established', `crd/${definition}`, '--timeout=60s']);
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'velero' } };
  await kubectl(cluster, ['apply', '-f', '-'], JSON.stringify(namespace));
}

/** Removes it again, with all Restores: for others a cluster with Velero is another cluster. */
export async function removeRestores(cluster: AnyCluster): Promise<void> {
  await kubectl(cluster, ['delete', 'crd', definition, '--ignore-not-found', '--wait', '--timeout=120s']);
  await kubectl(cluster, ['delete', 'namespace', 'velero', '--ignore-not-found', '--wait', '--timeout=120s']);
}
