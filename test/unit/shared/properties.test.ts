import { describe, it, expect } from '@jest/globals';
import fc from 'fast-check';
import { admissionPatch } from '../../../shared/patch.ts';
import { placeInit } from '../../../shared/place-init.ts';
import { planPod } from '../../../shared/plan.ts';
import type { Container, Pod } from '../../../shared/pod.ts';
import { longestWarning } from '../../../shared/warning-sentences.ts';
import { applyPatch } from '../../support/apply-patch.ts';
import { counterexamples } from '../../support/counterexamples.ts';
import { hostilePods } from '../../support/hostile-pods.ts';

/** A failure prints the seed and the path that lead to it, and the smallest pod; that pod belongs into counterexamples.ts. */
const runs = 150;

function holds(property: (pod: Pod) => void): void {
  fc.assert(fc.property(hostilePods, property), { numRuns: runs, examples: counterexamples.map((pod) => [pod]) });
}

function patchOf(pod: Pod) {
  return admissionPatch(pod, planPod(pod), 'r1');
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

describe('of any pod with any annotations', () => {
  it('a second admission changes nothing, nor does one after the API server filled in its defaults', () => {
    holds((pod) => {
      const patched = applyPatch(pod, patchOf(pod));
      expect(patchOf(patched)).toEqual([]);
      expect(patchOf(filledIn(patched))).toEqual([]);
    });
  });

  it('the own containers are left as they are, in their order', () => {
    holds((pod) => {
      const patched = applyPatch(pod, patchOf(pod));
      const hooks = new Set(placeInit(pod, planPod(pod).init).map(({ name }) => name));
      const own = (of: Pod) => initOf(of).filter(({ name }) => !hooks.has(name));
      expect(own(patched)).toEqual(own(pod));
      expect(patched.spec.containers).toEqual(pod.spec.containers);
      for (const container of initOf(pod)) expect(initOf(patched)).toContainEqual(container);
    });
  });

  it('the hooks stand after every container that waits for data, in their order, each once', () => {
    holds((pod) => {
      const patched = applyPatch(pod, patchOf(pod));
      const hooks = placeInit(patched, planPod(patched).init).map(({ name }) => name);
      const order = initOf(patched).map(({ name }) => name);
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

  it('equal pods have equal plans, and every warning keeps to its length', () => {
    holds((pod) => {
      const plan = planPod(pod);
      expect(planPod(structuredClone(pod))).toEqual(plan);
      for (const { text } of plan.warnings) {
        expect(text.length).toBeLessThanOrEqual(longestWarning);
        expect(text).not.toMatch(/[\p{Cc}\p{Cs}]/u);
      }
    });
  });
});
