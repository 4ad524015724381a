import { describe, expect, it } from '@jest/globals';
import type { HookRunRestore } from '../../../shared/hook-run.ts';
import { cancelledBy, failureGroup, type Concerned } from '../../../shared/restore-failure.ts';
import type { RunFailure, RunSummary } from '../../../shared/run-summary.ts';

const hour = 3_600_000;
const scope = { clusterWide: false, windowMs: hour, systemNamespace: 'restore-hooks' };
const failedAtMs = Date.parse('2026-01-01T12:00:00Z');
const object: HookRunRestore = { label: 'r1', name: 'r1', namespace: 'velero', uid: 'restore-uid' };

describe('what makes pods one restore', () => {
  it.each<{ name: string; restore: HookRunRestore; wide?: boolean; group: string | null }>([
    { name: 'its UID', restore: object, group: 'restore restore-uid' },
    { name: 'the label within a namespace', restore: { label: 'r1' }, group: 'label shop/r1' },
    { name: 'the label, by option', restore: { label: 'r1' }, wide: true, group: 'label r1' },
    { name: 'nothing, where the label is empty', restore: { label: '' }, group: null },
    { name: 'nothing, where the label is empty, by option, too', restore: { label: '' }, wide: true, group: null },
  ])('is $name', ({ restore, wide = false, group }) => {
    expect(failureGroup(restore, 'shop', { clusterWide: wide })).toBe(group);
  });
});

function failed(failure: Partial<RunFailure>, more: Partial<RunSummary> = {}): RunSummary {
  return {
    namespace: 'shop',
    name: 'db-uid',
    version: '1',
    pod: { name: 'db', uid: 'db-uid' },
    restore: object,
    phase: 'Failed',
    exec: 1,
    execFailed: 1,
    failure: { hook: 0, container: 'postgres', atMs: failedAtMs, policyNamespace: null, ...failure },
    rerun: null,
    answeredRerun: null,
    cancel: false,
    run: 1,
    finishedAtMs: failedAtMs,
    ...more,
  };
}

function pod(more: Partial<Concerned> = {}): Concerned {
  const podCreatedAtMs = failedAtMs - 60_000;
  return {
    namespace: 'shop',
    pod: { name: 'web', uid: 'web-uid' },
    restore: object,
    podCreatedAtMs,
    rerunAtMs: null,
    ...more,
  };
}

describe('a failure with on-error Fail', () => {
  const label: HookRunRestore = { label: 'r1' };
  it.each<{ name: string; pod: Concerned; failed: RunSummary; cancels: boolean }>([
    { name: 'another pod of the restore', pod: pod(), failed: failed({}), cancels: true },
    {
      name: 'a pod in another namespace of the restore',
      pod: pod({ namespace: 'web' }),
      failed: failed({}),
      cancels: true,
    },
    {
      name: 'a pod that is made long after it, where there is a Restore',
      pod: pod({ podCreatedAtMs: failedAtMs + 2 * hour }),
      failed: failed({}),
      cancels: true,
    },
    {
      name: 'a pod that is made within the hour, where there is none',
      pod: pod({ restore: label, podCreatedAtMs: failedAtMs + hour }),
      failed: failed({}, { restore: label }),
      cancels: true,
    },
    {
      name: 'a pod that is made after the hour, where there is none',
      pod: pod({ restore: label, podCreatedAtMs: failedAtMs + hour + 1 }),
      failed: failed({}, { restore: label }),
      cancels: false,
    },
    { name: 'a rerun asked for later', pod: pod({ rerunAtMs: failedAtMs + 1 }), failed: failed({}), cancels: false },
    { name: 'a rerun asked for before', pod: pod({ rerunAtMs: failedAtMs - 1 }), failed: failed({}), cancels: true },
    {
      name: 'its own pod, whose record tells by itself',
      pod: pod({ pod: { name: 'db', uid: 'db-uid' } }),
      failed: failed({}),
      cancels: false,
    },
    {
      name: 'a pod in another namespace, of a tenant’s policy',
      pod: pod({ namespace: 'web' }),
      failed: failed({ policyNamespace: 'shop' }),
      cancels: false,
    },
    { name: 'a pod in the tenant’s namespace', pod: pod(), failed: failed({ policyNamespace: 'shop' }), cancels: true },
    {
      name: 'a pod in another namespace, of the system’s policy',
      pod: pod({ namespace: 'web' }),
      failed: failed({ policyNamespace: 'restore-hooks' }),
      cancels: true,
    },
  ])('of $name: $cancels', ({ pod: concerned, failed: run, cancels }) => {
    const why = cancelledBy(concerned, [run], scope);
    expect(why !== null).toBe(cancels);
    if (cancels)
      expect(why).toBe('hook 1 (container postgres) of pod shop/db, whose on-error is Fail, failed; not run');
  });

  it('is looked for among all', () => {
    expect(
      cancelledBy(pod(), [failed({ policyNamespace: 'x' }, { namespace: 'x' }), failed({})], scope),
    ).not.toBeNull();
  });
});
