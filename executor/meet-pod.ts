import { execKeys, movedCommandKey } from '../shared/annotations.ts';
import { findMark, hooksMark } from '../shared/condition.ts';
import type { Plan } from '../shared/hook.ts';
import { reasonSentence } from '../shared/outcome.ts';
import { annotationsOnly, type PlanContext } from '../shared/plan-context.ts';
import type { Pod } from '../shared/pod.ts';
import { policyKind } from '../shared/policy.ts';
import { judgeTaking } from '../shared/take.ts';
import type { ExecutorOptions, ExecutorParts } from './executor.ts';
import { annotatePod, writeMark, type AnnotationChanges, type PodRef } from './pod-api.ts';
import { newRun, type Known } from './pod-run.ts';

/** Events live for an hour by default, and repeat themselves under one name: an older pod's warnings were told before. */
const warningAgeMs = 3_600_000;

type MeetOptions = Pick<ExecutorOptions, 'scope' | 'installedAtMs'>;

/**
 * The first sight of a pod: what is decided here holds for as long as it lives, whatever is edited later. Tells of it, too.
 * Never throws: one pod that cannot be made sense of must not end the executor, which would meet it again at every start.
 *
 * @returns null where it cannot be decided yet, because its Restore cannot be read: to be met again.
 */
export async function meetPod(
  pod: Pod,
  options: MeetOptions,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<Known | null> {
  const { namespace = '', name = '', uid = '' } = pod.metadata;
  try {
    const context = await contextOf(pod, options, parts);
    return context === null ? null : await meet(pod, { namespace, name, uid }, context, options, parts, signal);
  } catch (error) {
    parts.log.error({ err: error, namespace, pod: name }, 'pod not understood, its hooks are not run');
    return { uid, run: null };
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
): Promise<Known | null> {
  const { metrics, narrator, nowMs, plan: planPod } = parts;
  const plan = planPod(pod, pod.metadata.labels?.[options.scope.labelKey] ?? '', context);
  const taking = judgeTaking(pod, plan, options.scope, options.installedAtMs, context);
  if (taking.is === 'left' && taking.why === 'not ours' && plan.command === 'moves back') {
    if (!(await giveBack(ref, commandBack(pod), parts, signal))) return null;
  }
  if (isTold(taking, pod, nowMs())) narrator.warned(ref, plan);
  switch (taking.is) {
    case 'taken':
      narrator.taken(ref, taking.restore, plan);
      metrics.podsOpen.inc();
      tellPolicies(ref, plan, parts);
      return { uid: ref.uid, run: newRun(ref, plan, nowMs(), crypto.randomUUID().slice(0, 8)) };
    case 'missed':
      narrator.missed(ref, plan);
      break;
    case 'interrupted':
      narrator.interrupted(ref);
      void markInterrupted(ref, commandBack(pod), parts, signal);
      break;
    case 'left':
      parts.log.debug({ namespace: ref.namespace, pod: ref.name, why: taking.why, left: plan.left }, 'pod left');
      if (plan.left !== null && taking.why === 'not ours') metrics.podsLeft.inc({ why: plan.left });
      break;
  }
  return { uid: ref.uid, run: null };
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

/** The annotations as the user wrote them, for backups and an uninstall to find (hooks.md section 10). Empty: they are. */
export function commandBack(pod: Pod | null): AnnotationChanges {
  const annotations = pod?.metadata.annotations ?? {};
  const moved = annotations[movedCommandKey];
  if (moved === undefined) return {};
  return { [movedCommandKey]: null, [execKeys.command]: annotations[execKeys.command] ?? moved };
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
  const mark = hooksMark('Failed', `Interrupted: ${reasonSentence('Interrupted')}`, nowMs());
  try {
    await writeMark(cluster, ref, mark, null, signal, changes);
  } catch (error) {
    // The mark of the run that began stands, so nothing is run; the next start says it again.
    log.warn({ err: error, namespace: ref.namespace, pod: ref.name }, 'mark not written');
  }
}
