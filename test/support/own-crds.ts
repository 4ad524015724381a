import { fileURLToPath } from 'node:url';
import { hookRunApiVersion, hookRunPlural } from '../../shared/hook-run.ts';
import { kubectl } from './kubectl.ts';
import type { AnyCluster } from './own-cluster.ts';

const folder = fileURLToPath(new URL('../../charts/restore-hooks/files/crds/', import.meta.url));
const plurals = [hookRunPlural, 'restorehookpolicies'];

/**
 * Installs the definitions of the chart, as they are now, and resolves once the API server serves them. They may stay, and do:
 * without an object they change nothing, and other tests use them at the same time.
 */
export async function installDefinitions(cluster: AnyCluster): Promise<void> {
  await kubectl(cluster, ['apply', '--server-side', '--force-conflicts', '-f', folder]);
  const crds = plurals.map((plural) => `crd/${plural}.restorehooks.io`);
  await kubectl(cluster, ['wait', '--for=condition=Established', ...crds, '--timeout=60s']);
  // Discovery tells of a new kind a moment after it is established.
  while (!(await areServed(cluster)));
}

async function areServed(cluster: AnyCluster): Promise<boolean> {
  try {
    const { stdout } = await kubectl(cluster, ['get', '--raw', `/apis/${hookRunApiVersion}`]);
    const { resources } = JSON.parse(stdout) as { readonly resources: readonly { readonly name: string }[] };
    return plurals.every((plural) => resources.some(({ name }) => name === plural));
  } catch (error) {
    if (/not ?found|could not find/i.test(String(error))) return false;
    throw error;
  }
}

/** kubectl, too, learns of a new kind a moment after the API server serves it. */
export async function untilKnown<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!/doesn't have a resource type|couldn't find resource|no matches for kind/.test(String(error))) throw error;
    }
  }
}

/** Removes them again, with all HookRuns and policies: Helm refuses to take over what it has not made. */
export async function removeDefinitions(cluster: AnyCluster): Promise<void> {
  const crds = plurals.map((plural) => `crd/${plural}.restorehooks.io`);
  await kubectl(cluster, ['delete', ...crds, '--ignore-not-found', '--wait', '--timeout=120s']);
}
