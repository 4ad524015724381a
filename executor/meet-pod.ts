import { findMark, hooksMark } from '../shared/condition.ts';
import type { Plan } from '../shared/hook.ts';
import { reasonSentence } from '../shared/outcome.ts';
import { annotationsOnly, type PlanContext } from '../shared/plan-context.ts';
import type { Pod } from '../shared/pod.ts';
import { policyKind } from '../shared/policy.ts';
import { judgeTaking, type Taking } from '../shared/take.ts';
import type { ExecutorOptions, ExecutorParts } from './executor-parts.ts';
import { commandBack } from './command-back.ts';
import { annotatePod, writeConditions, type AnnotationChanges, type PodRef } from './pod-api.ts';

/** Events live for an hour by default, and repeat themselves under one name: an older pod's warnings were told before. */
const warningAgeMs = 3_600_000;

type MeetOptions = Pick<ExecutorOptions, 'scope' | 'installedAtMs'>;

/**
 * What is made of a pod at first sight. `empty`: it bears the stamp, and has no hooks. `lost`: it bears the stamp, so that it had
 * hooks, and none can be read any more.
 */
export type Meeting =
  | {
      readonly is: 'taken' | 'missed' | 'lost';
      readonly plan: Plan;
      readonly context: PlanContext;
      readonly label: string;
    }
  | { readonly is: 'empty' }
  /** `isOfRestore`: it is a restored pod, and this executor does something about such pods. */
  | { readonly is: 'left'; readonly isOfRestore: boolean };

/**
 * The first sight of a pod without a HookRun: what is decided here holds for as long as it lives, whatever is edited later.
 * Tells of it, too. Never throws: one pod that cannot be made sense of must not end the executor, which would meet it again
 * at every start.
 *
 * @returns `undecided` where it cannot be decided yet, because its Restore cannot be read: to be met again.
 */
export async function meetPod(
  pod: Pod,
  ref: PodRef,
  options: MeetOptions,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<Meeting | 'undecided'> {
  try {
    const context = await contextOf(pod, options, parts);
    return context === null ? 'undecided' : await meet(pod, ref, context, options, parts, signal);
  } catch (error) {
    const { namespace, name } = ref;
    parts.log.error({ err: error, namespace, pod: name }, 'pod not understood, its hooks are not run');
    return { is: 'left', isOfRestore: false };
  }
}

/** Of a pod that is none of ours whatever its Restore says, that is not asked for. */
async function contextOf(
  pod: Pod,
  { scope }: MeetOptions,
  { planning, log }: ExecutorParts,
): Promise<PlanContext | null> {
  const { namespace = '', name, labels, creationTimestamp } = pod.metadata;
  const label = labels?.[scope.labelKey];
  if (label === undefined || scope.excludedNamespaces.includes(namespace) || findMark(pod) !== null) {
    return { ...annotationsOnly, stage: 'run' };
  }
  const createdAtMs = Date.parse(creationTimestamp ?? '');
  const context = await planning.contextFor(namespace, label, 'run', Number.isNaN(createdAtMs) ? null : createdAtMs);
  if (context.restore.is !== 'unreadable') return context;
  log.warn(
    { namespace, pod: name, restore: label },
    'pod not decided yet: its Restore, or the policies, cannot be read',
  );
  return null;
}

async function meet(
  pod: Pod,
  ref: PodRef,
  context: PlanContext,
  options: MeetOptions,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<Meeting | 'undecided'> {
  const { metrics, narrator, nowMs, plan: planPod } = parts;
  const label = pod.metadata.labels?.[options.scope.labelKey] ?? '';
  const plan = planPod(pod, label, context);
  const taking = judgeTaking(pod, plan, options.scope, options.installedAtMs, context);
  if (taking.is === 'left' && taking.why === 'not ours' && plan.command === 'moves back') {
    if (!(await giveBack(ref, commandBack(pod), parts, signal))) return 'undecided';
  }
  if (isTold(taking, pod, nowMs())) narrator.warned(ref, plan);
  switch (taking.is) {
    case 'taken':
      narrator.taken(ref, taking.restore, plan);
      tellPolicies(ref, plan, parts);
      if (plan.init.length + plan.exec.length > 0) return { is: 'taken', plan, context, label };
      // Whoever has changed what the Restore says, or the pod's annotations, wants no hooks; a Restore that is gone says nothing.
      if (context.restore.is === 'found') return { is: 'empty' };
      narrator.lost(ref);
      return { is: 'lost', plan, context, label };
    case 'missed':
      narrator.missed(ref, plan);
      return { is: 'missed', plan, context, label };
    case 'interrupted':
      narrator.interrupted(ref);
      void markInterrupted(ref, commandBack(pod), parts, signal);
      return { is: 'left', isOfRestore: true };
    case 'left':
      parts.log.debug({ namespace: ref.namespace, pod: ref.name, why: taking.why, left: plan.left }, 'pod left');
      if (plan.left !== null && taking.why === 'not ours') metrics.podsLeft.inc({ why: plan.left });
      return { is: 'left', isOfRestore: isOfRestore(taking.why) && plan.left !== 'observed' };
  }
}

function isOfRestore(why: Extract<Taking, { readonly is: 'left' }>['why']): boolean {
  return why !== 'not restored' && why !== 'excluded' && why !== 'controlled';
}

function isTold(taking: ReturnType<typeof judgeTaking>, pod: Pod, nowMs: number): boolean {
  if (taking.is === 'taken') return true;
  const isYoung = nowMs - Date.parse(pod.metadata.creationTimestamp ?? '') < warningAgeMs;
  return taking.is === 'left' && (taking.why === 'no hooks' || taking.why === 'not ours') && isYoung;
}

function tellPolicies(ref: PodRef, { policies, warnings }: Plan, { policyStatus }: ExecutorParts): void {
  for (const policy of policies) {
    policyStatus.matched(policy);
    const isOf = new RegExp(`^${policyKind} ${policy.name.replaceAll('.', '\\.')}[ /]`);
    const problem = warnings.find(({ place }) => isOf.test(place));
    if (problem !== undefined) policyStatus.problem(policy, problem.text, ref);
  }
}

/** False: to be tried again. */
async function giveBack(
  ref: PodRef,
  changes: AnnotationChanges,
  { cluster, log }: ExecutorParts,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await annotatePod(cluster, ref, changes, signal);
    log.info({ namespace: ref.namespace, pod: ref.name }, 'command given back to Velero');
    return true;
  } catch (error) {
    log.warn({ err: error, namespace: ref.namespace, pod: ref.name }, 'command not given back, trying again');
    return false;
  }
}

async function markInterrupted(
  ref: PodRef,
  changes: AnnotationChanges,
  { cluster, log, nowMs }: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  const mark = hooksMark('Failed', `RecordDeleted: ${reasonSentence('RecordDeleted')}`, nowMs());
  try {
    await writeConditions(cluster, ref, [mark], signal, changes);
  } catch (error) {
    // The mark of the run that began stands, so nothing is run; the next start says it again.
    log.warn({ err: error, namespace: ref.namespace, pod: ref.name }, 'mark not written');
  }
}
