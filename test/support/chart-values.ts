import type { Values } from './release.ts';

/** As much of a certificate as the chart looks at. */
export const pem = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n';

/** The values of the guard that hold an action, one for each of its policies. */
export const guardParts = [
  'marks',
  'otherPods',
  'pods',
  'policies',
  'records',
  'requests',
  'restores',
  'secrets',
  'templates',
] as const;

/** The same action for the whole guard. */
export function guardAll(action: string): Values {
  return Object.fromEntries(guardParts.map((part) => [`guard.${part}`, action]));
}

/** What says where pods run; the prefix ends in a dot, or is empty for all pods. */
export function scheduled(prefix: string): Values {
  return {
    [`${prefix}priorityClassName`]: 'high',
    [`${prefix}nodeSelector`]: { a: 'b' },
    [`${prefix}tolerations`]: [{ operator: 'Exists' }],
    [`${prefix}affinity`]: { nodeAffinity: {} },
  };
}

/** What a container asks for. */
export function resources(component: string): Values {
  return {
    [`${component}.resources.requests.cpu`]: '1',
    [`${component}.resources.requests.memory`]: '1Gi',
    [`${component}.resources.limits.memory`]: '1Gi',
  };
}

/** What webhook and executor have alike, but what has an effect elsewhere than in the Deployment. */
export function workload(component: string): Values {
  return {
    ...resources(component),
    ...scheduled(`${component}.`),
    [`${component}.replicas`]: 3,
    [`${component}.shutdownGraceSeconds`]: 99,
    [`${component}.topologySpreadConstraints`]: [
      { topologyKey: 'rack', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' },
    ],
    [`${component}.extraEnv`]: [{ name: 'A', value: 'b' }],
    [`${component}.annotations`]: { a: 'b' },
    [`${component}.podLabels`]: { a: 'b' },
    [`${component}.podAnnotations`]: { a: 'b' },
  };
}

/** Of the PodDisruptionBudget. */
export function budget(component: string): Values {
  return {
    [`${component}.podDisruptionBudget.enabled`]: false,
    [`${component}.podDisruptionBudget.maxUnavailable`]: '50%',
  };
}

/** Of a monitor of the Prometheus operator, and what they need. */
export function monitor(kind: string): { readonly beside: Values; readonly values: Values } {
  return {
    beside: { [`metrics.${kind}.enabled`]: true },
    values: {
      [`metrics.${kind}.labels`]: { a: 'b' },
      [`metrics.${kind}.interval`]: '9s',
      [`metrics.${kind}.scrapeTimeout`]: '9s',
      [`metrics.${kind}.metricRelabelings`]: [{ action: 'keep' }],
      [`metrics.${kind}.relabelings`]: [{ action: 'keep' }],
    },
  };
}
