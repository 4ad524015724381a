import type { PolicyRef } from '../shared/hook.ts';
import type { HookRunExec } from '../shared/hook-run.ts';
import { policyApiVersion } from '../shared/policy.ts';
import type { HookRecord } from '../shared/record.ts';
import { ApiError } from '../shared/service/api-error.ts';
import type { Cluster } from '../shared/service/cluster.ts';
import type { Logger } from '../shared/service/logger.ts';
import { pause } from '../shared/service/pause.ts';
import type { PodRef } from './pod-api.ts';

/** Tells the authors of policies what comes of them, in the policies' status. */
export interface PolicyStatus {
  /** A pod was taken that has hooks of the policy. */
  matched(policy: PolicyRef): void;
  problem(policy: PolicyRef, message: string, pod: PodRef): void;
  /** A hook has ended; if it failed, and is a policy's, that is a problem of it. */
  ended(pod: PodRef, hook: HookRunExec | undefined, record: HookRecord): void;
  /** Writes what was told, at most every five seconds, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Writes what has been told and not been written yet; what cannot be written is logged. */
  flush(): Promise<void>;
}

interface Pending {
  readonly policy: PolicyRef;
  matched: number;
  problem: { readonly message: string; readonly pod: string; readonly time: string } | null;
}

interface StoredPolicy {
  readonly metadata: { readonly resourceVersion: string; readonly generation: number };
  readonly status?: { readonly matchedPods?: number };
}

/** A restore of a thousand pods is a handful of writes. */
const intervalMs = 5_000;
const longestMessage = 512;

/** Makes it. Only one executor writes at a time; the version of the policy guards the count all the same. */
export function createPolicyStatus(
  cluster: Cluster,
  { log, nowMs }: { readonly log: Logger; readonly nowMs: () => number },
): PolicyStatus {
  const pending = new Map<string, Pending>();

  function of(policy: PolicyRef): Pending {
    const key = `${policy.namespace}/${policy.name}`;
    const entry = pending.get(key) ?? { policy, matched: 0, problem: null };
    pending.set(key, entry);
    return entry;
  }

  function problem(policy: PolicyRef, message: string, { namespace, name }: PodRef): void {
    const time = new Date(nowMs()).toISOString().replace(/\.\d+Z$/, 'Z');
    of(policy).problem = { message: message.slice(0, longestMessage), pod: `${namespace}/${name}`, time };
  }

  async function flush(): Promise<void> {
    const entries = [...pending];
    pending.clear();
    for (const [, entry] of entries) {
      try {
        await write(cluster, entry);
      } catch (error) {
        log.warn(
          { err: error, namespace: entry.policy.namespace, policy: entry.policy.name },
          'policy status not written',
        );
        const later = of(entry.policy);
        later.matched += entry.matched;
        later.problem ??= entry.problem;
      }
    }
  }

  return {
    matched: (policy) => void (of(policy).matched += 1),
    problem,
    ended(pod, hook, { state, reason, message }) {
      const { rule, policyNamespace } = hook ?? {};
      if (rule === undefined || policyNamespace === undefined) return;
      if (state === 'Succeeded' || state === 'Cancelled') return;
      const [name = ''] = rule.split('/');
      problem({ namespace: policyNamespace, name }, `${rule}: ${reason ?? state}: ${message}`, pod);
    },
    async run(signal) {
      while (await pause(intervalMs, signal)) await flush();
    },
    flush,
  };
}

async function write(cluster: Cluster, { policy, matched, problem }: Pending): Promise<void> {
  const { namespace, name } = policy;
  const path = `/apis/${policyApiVersion}/namespaces/${encodeURIComponent(namespace)}/restorehookpolicies/${encodeURIComponent(name)}`;
  try {
    const stored = await cluster.call<StoredPolicy>({ method: 'GET', path });
    const { resourceVersion, generation } = stored.metadata;
    const matchedPods = (stored.status?.matchedPods ?? 0) + matched;
    await cluster.call({
      method: 'PATCH',
      path: `${path}/status?fieldManager=restore-hooks-executor`,
      contentType: 'application/merge-patch+json',
      body: {
        metadata: { resourceVersion },
        status: { observedGeneration: generation, matchedPods, ...(problem !== null && { lastProblem: problem }) },
      },
    });
  } catch (error) {
    // The policy is gone, and nobody is left to be told.
    if (error instanceof ApiError && error.status === 404) return;
    throw error;
  }
}
