import { request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from '../../shared/service/api-error.ts';
import { connectCluster, loadKubeConfig, type Cluster } from '../../shared/service/cluster.ts';
import { kubectl } from './kubectl.ts';
import type { AnyCluster } from './own-cluster.ts';

const name = 'jail-of-a-test';
const api = { apiVersion: 'flowcontrol.apiserver.k8s.io/v1', metadata: { name } };

/** What is refused: requests for these resources. */
export interface JailedResources {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
}

/**
 * Makes the API server answer 429 with Retry-After to the executor's account, by priority and fairness: a level without any seat,
 * which lets a request pass only where none is under way; so one is, all the time. Resolves when it does. An exec is long-running to
 * the API server, and passes.
 *
 * @param kubeconfig the executor's own
 * @returns ends it, and resolves when the executor is served again
 */
export async function jail(
  cluster: AnyCluster,
  kubeconfig: string,
  { apiGroups, resources }: JailedResources,
): Promise<() => Promise<void>> {
  const account = { kind: 'ServiceAccount', serviceAccount: { name: 'executor', namespace: 'restore-hooks' } };
  const rule = { verbs: ['*'], apiGroups, resources, namespaces: ['*'], clusterScope: true };
  const level = {
    ...api,
    kind: 'PriorityLevelConfiguration',
    spec: {
      type: 'Limited',
      limited: {
        nominalConcurrencyShares: 0,
        lendablePercent: 0,
        borrowingLimitPercent: 0,
        limitResponse: { type: 'Reject' },
      },
    },
  };
  const schema = {
    ...api,
    kind: 'FlowSchema',
    spec: {
      priorityLevelConfiguration: { name },
      matchingPrecedence: 50,
      rules: [{ subjects: [account], resourceRules: [rule] }],
    },
  };
  for (const object of [level, schema]) await kubectl(cluster, ['apply', '-f', '-'], JSON.stringify(object));
  const executor = connectCluster(loadKubeConfig(kubeconfig));
  const end = new AbortController();
  const occupied = occupy(executor, end.signal);
  await refused(executor, true);
  return async () => {
    end.abort();
    await occupied;
    await kubectl(cluster, ['delete', 'flowschema', name, '--ignore-not-found']);
    await kubectl(cluster, ['delete', 'prioritylevelconfiguration', name, '--ignore-not-found']);
    await refused(executor, false);
  };
}

/** Questions without a pause between them would leave no moment in which the one that occupies the level could come first. */
const pauseMs = 100;

/** The API server learns of it by a watch of its own. */
async function refused(executor: Cluster, expected: boolean): Promise<void> {
  const path = '/apis/restorehooks.io/v1alpha1/hookruns?limit=1';
  for (;;) {
    const answer = await executor.call({ method: 'GET', path }).catch((error: unknown) => error);
    const isRefused = answer instanceof ApiError && answer.status === 429;
    if (answer instanceof Error && !isRefused) throw answer;
    if (isRefused === expected) return;
    await delay(pauseMs);
  }
}

/** Has a request of the executor's under way, whose body never comes, until the signal aborts. */
async function occupy(executor: Cluster, signal: AbortSignal): Promise<void> {
  const path = '/apis/restorehooks.io/v1alpha1/namespaces/default/hookruns?dryRun=All';
  while (!signal.aborted) {
    const { url, agent, headers } = await executor.connection(path);
    const more = { 'content-type': 'application/json', 'content-length': '1000' };
    const hog = request(url.replace(/^ws/, 'http'), { method: 'POST', agent, headers: { ...headers, ...more } });
    const stop = () => hog.destroy();
    signal.addEventListener('abort', stop, { once: true });
    // It was refused itself, or has taken too long: it is asked again.
    hog.on('response', stop);
    const closed = new Promise((resolve) => hog.on('close', resolve));
    // The close that follows is what is waited for.
    hog.on('error', () => undefined);
    hog.write('{');
    await closed;
    signal.removeEventListener('abort', stop);
  }
}
