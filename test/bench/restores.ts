import { movedHooksKey } from '../../shared/annotations.ts';
import type { RestoreObject } from '../../shared/restore.ts';

/** Rules of each Restore, of which the last few match the pods that have hooks. */
const rulesPerRestore = 50;
const matchingRules = 2;

export const matchedNamespace = 'shop';
export const matchedApp = 'shop-db';
/** A name that pods bear and no Restore has. */
export const absentRestore = 'nightly-gone';

export function restoreName(number: number): string {
  return `nightly-${number}`;
}

/** A Restore under way in a takeover: its hooks are in the annotation, where the webhook moved them when it was created. */
export function makeRestore(number: number): RestoreObject {
  const resources = Array.from({ length: rulesPerRestore }, (_, index) => makeRule(index));
  return {
    metadata: {
      name: restoreName(number),
      namespace: 'velero',
      uid: `d4ce9904-7e38-40f7-88f0-${String(number).padStart(12, '0')}`,
      resourceVersion: String(1_000 + number),
      creationTimestamp: '2026-11-22T11:20:35Z',
      annotations: { [movedHooksKey]: JSON.stringify({ resources }) },
    },
    spec: { backupName: `nightly-${number}`, includedNamespaces: ['*'], hooks: {} },
    status: { phase: 'InProgress', startTimestamp: '2026-11-22T11:20:36Z' },
  };
}

/** Of the rules that do not match, half are of another namespace and half of another app in the same one. */
function makeRule(index: number): object {
  const matches = index >= rulesPerRestore - matchingRules;
  const isElsewhere = !matches && index % 2 === 0;
  const app = matches || isElsewhere ? matchedApp : `shop-app-${index}`;
  const exec = {
    container: 'main',
    command: ['/bin/sh', '-c', `pg_isready -t 60 && psql -v ON_ERROR_STOP=1 -f /data/restore-${index}.sql`],
    onError: 'Fail',
    execTimeout: '10m',
    waitTimeout: '30m',
  };
  const init = {
    initContainers: [
      {
        name: `unpack-${index}`,
        image: 'busybox:1.35',
        command: ['/bin/sh', '-c', 'tar -xf /data/dump.tar -C /data'],
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      },
    ],
  };
  return {
    name: `rule-${index}`,
    includedNamespaces: [isElsewhere ? `team-${index}` : matchedNamespace, `team-${index}-*`],
    excludedNamespaces: ['kube-system'],
    includedResources: ['pods'],
    labelSelector: { matchLabels: { app }, matchExpressions: [{ key: 'velero.io/backup-name', operator: 'Exists' }] },
    postHooks: index === rulesPerRestore - 1 ? [{ init }, { exec }] : [{ exec }],
  };
}
