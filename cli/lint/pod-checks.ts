import { nameSuffix } from '../../shared/container-name.ts';
import { planPod } from '../../shared/plan.ts';
import { placeInit } from '../../shared/place-init.ts';
import type { Pod } from '../../shared/pod.ts';
import { warnings } from '../../shared/warning-sentences.ts';
import { checkExecs, checkInits, checkStartup } from './hook-checks.ts';
import { remarkOf, type Remark } from './remark.ts';
import { annotatedExecs, annotatedInits, type WrittenExec, type WrittenInit } from './written-hooks.ts';

export interface CheckedPod {
  readonly remarks: readonly Remark[];
  readonly execs: readonly WrittenExec[];
  readonly inits: readonly WrittenInit[];
}

/** What is wrong with the hooks that a pod's own annotations ask for: all that the webhook would say, and more. */
export function checkPod(pod: Pod): CheckedPod {
  const plan = planPod(pod);
  const [execs, inits] = [annotatedExecs(pod), annotatedInits(pod)];
  // The plan knows the list alone that a name stands in.
  const told = plan.warnings.filter(({ code }) => code !== 'NameTaken');
  return {
    remarks: [
      ...told.map(remarkOf),
      ...takenNames(pod, inits),
      ...checkExecs(execs, plan.warnings),
      ...checkInits(inits),
      ...execs.flatMap((written) => checkStartup(pod, written)),
    ],
    execs,
    inits,
  };
}

/** The init hooks whose name another container of the pod has. */
export function takenNames(pod: Pod, inits: readonly WrittenInit[]): Remark[] {
  const places = new Map(inits.map(({ hook, placeOf }) => [hook, placeOf('name')]));
  return placeInit(
    pod,
    inits.map(({ hook }) => hook),
  ).flatMap(({ hook, attempt }) => {
    if (attempt === 1) return [];
    return [remarkOf(warnings.nameTaken(places.get(hook) ?? '', hook.container.name, nameSuffix(attempt)))];
  });
}
