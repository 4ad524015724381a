import { describe, expect, it } from '@jest/globals';
import { fitsHookRun, newHookRun, restoreOf, thawExec } from '../../../shared/freeze-plan.ts';
import { planPod } from '../../../shared/plan.ts';
import { annotationsOnly } from '../../../shared/plan-context.ts';
import { readPolicy } from '../../../shared/policy.ts';
import { buildHook, buildPlan, buildPod } from '../../support/pods.ts';

const identity = { namespace: 'shop', name: 'db', uid: 'uid-1' };

describe('the record of a pod', () => {
  it('holds whose pod it is, which restore it is of, and that it is no part of a backup', () => {
    const run = newHookRun(identity, buildPod(), buildPlan({ exec: [buildHook('a')] }), { label: 'r1' });
    expect(run.metadata).toEqual({
      name: 'db-uid-1',
      namespace: 'shop',
      labels: { 'velero.io/exclude-from-backup': 'true', 'restorehooks.io/restore': 'r1' },
    });
    expect(run.spec).toMatchObject({ pod: { name: 'db', uid: 'uid-1' }, restore: { label: 'r1' }, run: 1 });
  });

  it('of an empty label bears no label for it', () => {
    const run = newHookRun(identity, buildPod(), buildPlan(), restoreOf('', { is: 'none' }));
    expect(run.metadata.labels).toEqual({ 'velero.io/exclude-from-backup': 'true' });
  });

  it('gives its exec hooks back as they were planned', () => {
    const exec = [
      buildHook('a', { name: 'load', waitTimeoutMs: 60_000, source: 'restore', rule: 'my rule', retries: 3 }),
      buildHook('b', { rule: null, waitTimeoutMs: null, onInterrupt: 'Retry' }),
    ];
    const { spec } = newHookRun(identity, buildPod(), buildPlan({ exec }), { label: 'r1' });
    expect(thawExec(JSON.parse(JSON.stringify(spec)) as typeof spec)).toEqual(exec);
  });

  it('names init containers as the pod has them, and leaves out what was never injected', () => {
    const hook = { generatedName: false, timeoutMs: 5_000, source: 'restore', rule: null } as const;
    const init = ['there', 'absent'].map((name) => ({
      ...hook,
      container: { name, image: 'busybox', command: ['x'] },
    }));
    const pod = buildPod({ initContainers: [{ name: 'there', image: 'busybox', command: ['x'] }] });
    const { spec } = newHookRun(identity, pod, buildPlan({ init }), { label: 'r1' });
    expect(spec.init).toEqual([{ name: 'there', image: 'busybox', timeoutMs: 5_000, source: 'restore' }]);
  });

  it('tells the hooks of two policies of one name apart, by whose on-error Fail reaches how far', () => {
    const spec = { resources: [{ name: 'r', postHooks: [{ exec: { command: ['/bin/true'], onError: 'Fail' } }] }] };
    const policies = ['restore-hooks', 'shop'].map((namespace) =>
      readPolicy({ metadata: { name: 'same', namespace }, spec }),
    );
    const plan = planPod(buildPod(), 'r1', { ...annotationsOnly, policies });
    const run = newHookRun(identity, buildPod(), plan, { label: 'r1' });
    expect(run.spec.exec.map(({ rule, policyNamespace }) => [rule, policyNamespace])).toEqual([
      ['same/r', 'restore-hooks'],
      ['same/r', 'shop'],
    ]);
  });

  it.each([
    [500, true],
    [520, false],
  ])('of a plan of %i KiB fits: %s', (kib, fits) => {
    const exec = [buildHook('a', { command: ['x'.repeat(kib * 1024)] })];
    expect(fitsHookRun(newHookRun(identity, buildPod(), buildPlan({ exec }), { label: 'r1' }).spec)).toBe(fits);
  });
});
