import { hookRunApiVersion, hookRunPath, hookRunPlural, type HookRun } from '../../shared/hook-run.ts';
import type { Cluster } from '../../shared/service/cluster.ts';
import { listObjects } from '../cluster/list.ts';

/** The path of the HookRuns of a namespace, or of all (null). */
export function runsPath(namespace: string | null): string {
  return namespace === null ? `/apis/${hookRunApiVersion}/${hookRunPlural}` : hookRunPath(namespace);
}

/** The HookRuns there are now. Throws as Cluster.call does. */
export async function readRuns(cluster: Cluster, namespace: string | null): Promise<HookRun[]> {
  return await listObjects<HookRun>(cluster, runsPath(namespace));
}
