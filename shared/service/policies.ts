import { policiesFor, policyApiVersion, readPolicy, type Policy, type PolicyObject } from '../policy.ts';
import type { Cluster } from './cluster.ts';
import { createCustomResource, type CustomResourceNote } from './custom-resource.ts';
import type { WatchTiming } from './watch.ts';

export interface PoliciesOptions {
  readonly systemNamespace: string;
  readonly discoveryMs: number;
  readonly noted: (note: CustomResourceNote) => void;
  readonly watchTiming?: Partial<WatchTiming>;
}

/** The RestoreHookPolicies of a cluster. */
export interface Policies {
  synced(): boolean;
  /** Those that may concern pods of the namespace, in their order. */
  for(namespace: string): readonly Policy[];
  run(signal: AbortSignal): Promise<void>;
}

/** Makes the collection. Nothing is sent before `run`; a cluster without the CRD has no policies. */
export function createPolicies(cluster: Cluster, options: PoliciesOptions): Policies {
  /** By namespace, until any policy changes: pods come by the hundred, policies rarely. */
  const sorted = new Map<string, readonly Policy[]>();
  const resource = createCustomResource<PolicyObject, Policy>(cluster, {
    groupVersion: policyApiVersion,
    resource: 'restorehookpolicies',
    namespaces: null,
    discoveryMs: options.discoveryMs,
    keep: readPolicy,
    changed: () => sorted.clear(),
    noted: options.noted,
    ...(options.watchTiming !== undefined && { watchTiming: options.watchTiming }),
  });
  return {
    synced: () => resource.synced(),
    run: (signal) => resource.run(signal),
    for(namespace) {
      const known = sorted.get(namespace);
      if (known !== undefined) return known;
      const found = policiesFor(namespace, options.systemNamespace, resource.values());
      sorted.set(namespace, found);
      return found;
    },
  };
}
