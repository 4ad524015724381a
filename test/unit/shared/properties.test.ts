import { describe, it, expect } from '@jest/globals';
import fc from 'fast-check';
import { execKeys, movedCommandKey } from '../../../shared/annotations.ts';
import { readyCondition } from '../../../shared/condition.ts';
import { admissionPatch } from '../../../shared/patch.ts';
import { placeInit } from '../../../shared/place-init.ts';
import { planPod } from '../../../shared/plan.ts';
import type { Container, Pod } from '../../../shared/pod.ts';
import { longestWarning } from '../../../shared/warning-sentences.ts';
import { applyPatch } from '../../support/apply-patch.ts';
import { counterexamples, type RestoredCase } from '../../support/counterexamples.ts';
import { hostilePods } from '../../support/hostile-pods.ts';
import { hostileContexts } from '../../support/hostile-rules.ts';

/** A failure prints the seed and the path that lead to it, and the smallest case; that case belongs into counterexamples.ts. */
const runs = 150;
const cases = fc.record({ pod: hostilePods, context: hostileContexts });

function holds(property: (restored: RestoredCase) => void): void {
  fc.assert(fc.property(cases, property), { numRuns: runs, examples: counterexamples.map((each) => [each]) });
}

function planOf({ pod, context }: RestoredCase) {
  return planPod(pod, 'r1', context);
}

function patchOf(restored: RestoredCase) {
  return admissionPatch(restored.pod, planOf(restored), 'r1');
}

function patched(restored: RestoredCase): Pod {
  return applyPatch(restored.pod, patchOf(restored));
}

function initOf(pod: Pod): readonly Container[] {
  return pod.spec.initContainers ?? [];
}

/** What the API server fills into every container that it takes. */
function filledIn(pod: Pod): Pod {
  const initContainers = initOf(pod).map((container) => ({
    resources: {},
    imagePullPolicy: 'Always',
    terminationMessagePolicy: 'File',
    ...container,
    volumeMounts: [
      ...((container.volumeMounts as object[] | null | undefined) ?? []),
      { name: 'kube-api-access-x', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ],
  }));
  return { ...pod, spec: { ...pod.spec, initContainers } };
}

/** What the API server makes of a pod: UTF-8, which has no half of a surrogate pair. */
function asSent(pod: Pod): Pod {
  const sent: unknown = JSON.parse(JSON.stringify(pod), (_, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  );
  return sent as Pod;
}

describe('of any pod with any annotations, any Restore and any policies, in any mode', () => {
  it('a second admission changes nothing, nor does one after the API server filled in its defaults', () => {
    holds(({ pod, context }) => {
      const after = asSent(patched({ pod, context }));
      expect(patchOf({ pod: after, context })).toEqual([]);
      expect(patchOf({ pod: filledIn(after), context })).toEqual([]);
    });
  });

  it('the own containers are left as they are, in their order', () => {
    holds((restored) => {
      const { pod } = restored;
      const after = patched(restored);
      const hooks = new Set(placeInit(pod, planOf(restored).init).map(({ name }) => name));
      const own = (of: Pod) => initOf(of).filter(({ name }) => !hooks.has(name));
      expect(own(after)).toEqual(own(pod));
      expect(after.spec.containers).toEqual(pod.spec.containers);
      for (const container of initOf(pod)) expect(initOf(after)).toContainEqual(container);
    });
  });

  it('the hooks stand after every container that waits for data, in their order, each once', () => {
    holds((restored) => {
      const { pod, context } = restored;
      const after = patched(restored);
      const hooks = placeInit(after, planOf({ pod: after, context }).init).map(({ name }) => name);
      const order = initOf(after).map(({ name }) => name);
      const waits = ['restore-wait', 'restic-wait'].filter((name) => order.includes(name) && !hooks.includes(name));
      const last = Math.max(-1, ...waits.map((name) => order.indexOf(name)));
      const positions = hooks.map((name) => order.indexOf(name));
      expect(positions.every((position) => position > last)).toBe(true);
      expect(positions).toEqual([...new Set(positions)].sort((one, other) => one - other));
      expect(new Set([...order, ...pod.spec.containers.map(({ name }) => name)]).size).toBe(
        order.length + pod.spec.containers.length,
      );
    });
  });

  it('equal input has equal plans, and every warning keeps to its length and has a place', () => {
    holds(({ pod, context }) => {
      const plan = planOf({ pod, context });
      expect(planOf(structuredClone({ pod, context }))).toEqual(plan);
      for (const { text, place } of plan.warnings) {
        expect(text.length).toBeLessThanOrEqual(longestWarning);
        expect(text).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
        expect(place).not.toBe('');
      }
    });
  });

  it('webhook and executor plan the same hooks, and in a takeover no command is left where Velero runs it too', () => {
    holds(({ pod, context }) => {
      const admission = { ...context, stage: 'admission' } as const;
      const plan = planOf({ pod, context: admission });
      if (plan.left !== null || context.restore.is === 'unreadable') return;
      const after = patched({ pod, context: admission });
      const { exec, init, left, command, readinessGate } = planOf({
        pod: after,
        context: { ...context, stage: 'run' },
      });
      expect({ exec, init, left, command }).toEqual({ exec: plan.exec, init: plan.init, left: null, command: 'stays' });
      expect(readinessGate).toBe(plan.readinessGate);
      const annotations = after.metadata.annotations ?? {};
      if (context.mode !== 'takeover' || plan.exec.every(({ source }) => source !== 'annotation')) return;
      expect(Object.keys(annotations)).toContain(movedCommandKey);
      expect(Object.keys(annotations)).not.toContain(execKeys.command);
    });
  });

  it('a gate is added where there is an exec hook, once, and none is taken away', () => {
    holds((restored) => {
      const gates = (pod: Pod) => (pod.spec.readinessGates ?? []).map(({ conditionType }) => conditionType);
      const plan = planOf(restored);
      if (plan.readinessGate) expect(plan.exec).not.toEqual([]);
      const [before, after] = [gates(restored.pod), gates(patched(restored))];
      const isAdded = plan.readinessGate && !before.includes(readyCondition);
      expect(after).toEqual(isAdded ? [...before, readyCondition] : before);
    });
  });

  it('a pod that is left has no hooks and no stamp, and one that is observed no patch', () => {
    holds((restored) => {
      const plan = planOf(restored);
      if (plan.left === null) return;
      expect(plan).toMatchObject({ init: [], exec: [], policies: [], readinessGate: false, stamp: false });
      expect(patched(restored).spec).toEqual(restored.pod.spec);
      if (plan.left === 'observed') expect(patchOf(restored)).toEqual([]);
    });
  });
});
