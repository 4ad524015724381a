import { admittedForKey } from '../shared/annotations.ts';
import { findMark, hooksMark, readyCondition } from '../shared/condition.ts';
import { fitsHookRun, freezeExec, newHookRun, restoreOf } from '../shared/freeze-plan.ts';
import { hookRunName, type HookRun, type HookRunPhase } from '../shared/hook-run.ts';
import { reasonSentence } from '../shared/outcome.ts';
import type { Pod } from '../shared/pod.ts';
import { waitingHook } from '../shared/record.ts';
import { rerunContext } from '../shared/rerun-context.ts';
import type { ExecutorOptions, ExecutorParts } from './executor-parts.ts';
import { commandBack } from './command-back.ts';
import { meetPod, type Meeting } from './meet-pod.ts';
import { summary } from './narrator.ts';
import { getPod, writeConditions, type PodRef } from './pod-api.ts';
import { podRun, type Known, type PodRun } from './pod-run.ts';
import { readyMarks } from './ready-marks.ts';
import { saveRun } from './save-run.ts';

/** What is to be done about a pod. `undecided`: it cannot be told now, and is to be asked again. */
export type Opening = Known | 'undecided';

const nothing: Known = { run: null };

/**
 * Finds what is to be done about a pod that this executor has not decided about: to go on with its HookRun, to make one, or
 * nothing. Throws as RunStore does.
 *
 * @param pod null: it is gone
 */
export async function openRun(
  ref: PodRef,
  pod: Pod | null,
  options: ExecutorOptions,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<Opening> {
  const { runs, store, nowMs } = parts;
  const known = runs.get(ref);
  const mark = pod === null ? null : findMark(pod);
  const isOpen = mark?.reason === 'Waiting' || mark?.reason === 'Running';
  if (known === null) {
    if (pod === null) return nothing;
    // The watch on HookRuns may be behind the one on pods.
    const found = isOpen ? await store.get(ref.namespace, hookRunName(ref), signal) : null;
    if (found === null) return judge(ref, pod, options, parts, signal);
    return settle(adopt(ref, found, pod, nowMs()), pod, options, parts, signal);
  }
  if (known.finishedAtMs !== null) {
    if (asksForRerun(known)) {
      return pod === null ? refuseRerun(ref, parts, signal) : rerun(ref, pod, options, parts, signal);
    }
    // Whoever wrote its end may not have come to write the mark.
    const isMarked = mark !== null && !isOpen;
    if (pod === null || isMarked || (known.phase === 'Missed' && !isAdmitted(pod, options))) return nothing;
  }
  const object = await store.get(ref.namespace, known.name, signal);
  if (object === null) {
    // The watch is behind. Next time the pod is judged by its mark.
    runs.forget(ref);
    return pod === null ? nothing : 'undecided';
  }
  // It may have lost its label, or be another installation's by another label: then it is not this one's to end.
  if (pod === null && (await getPod(parts.cluster, ref, signal))?.metadata.uid === ref.uid) return nothing;
  return settle(adopt(ref, object, pod, nowMs()), pod, options, parts, signal);
}

/** Whether a rerun was asked for that no run has answered. */
export function asksForRerun(run: { readonly rerun: string | null; readonly answeredRerun: string | null }): boolean {
  return run.rerun !== null && run.rerun !== run.answeredRerun;
}

function adopt(ref: PodRef, object: HookRun, pod: Pod | null, nowMs: number): Known {
  const run = podRun(ref, object, pod, nowMs);
  if (run.unrun !== null && run.finishedAtMs === null) skip(run, run.unrun, nowMs);
  const mark = pod === null ? null : findMark(pod);
  if (mark?.reason === 'Waiting' || mark?.reason === 'Running') run.mark = mark.reason;
  return { run };
}

async function judge(
  ref: PodRef,
  pod: Pod,
  options: ExecutorOptions,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<Opening> {
  const met = await meetPod(pod, ref, options, parts, signal);
  if (met === 'undecided') return met;
  if (met.is === 'missed' || (met.is === 'left' && met.isOfRestore)) await openGate(ref, pod, parts, signal);
  if (met.is === 'left') return nothing;
  if ('plan' in met) return create(ref, pod, met, options, parts, signal);
  // There is nothing to record; the mark keeps hooks written to it later from being run.
  const mark = hooksMark('Succeeded', summary([], { observedSinceMs: 0, hooks: [] }, []), parts.nowMs());
  await writeConditions(parts.cluster, ref, [mark, ...readyMarks(pod, true, parts.nowMs())], signal, commandBack(pod));
  return nothing;
}

/** A readiness gate that no run belongs to came out of a backup, and nobody else would ever open it (hooks.md section 8). */
async function openGate(ref: PodRef, pod: Pod, { cluster, nowMs }: ExecutorParts, signal: AbortSignal): Promise<void> {
  const isTold = (pod.status?.conditions ?? []).some(({ type }) => type === readyCondition);
  const marks = isTold ? [] : readyMarks(pod, true, nowMs());
  if (marks.length > 0) await writeConditions(cluster, ref, marks, signal);
}

async function create(
  ref: PodRef,
  pod: Pod,
  { is, plan, context, label }: Extract<Meeting, { readonly plan: unknown }>,
  options: ExecutorOptions,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<Known> {
  const { store, narrator, nowMs } = parts;
  const asked = newHookRun(ref, pod, plan, restoreOf(label, context.restore));
  const fits = fitsHookRun(asked.spec);
  const unrun = fits ? (is === 'taken' ? null : ('Missed' as const)) : ('TooLarge' as const);
  const held = fits ? asked.spec : { ...asked.spec, init: [], exec: [] };
  const object = await store.create({ ...asked, spec: { ...held, ...(unrun !== null && { unrun }) } }, signal);
  if (object === 'gone') return nothing;
  if (!fits) narrator.tooLarge(ref, plan);
  return settle(adopt(ref, withVerdict(object, unrun), pod, nowMs()), pod, options, parts, signal);
}

/** A definition that is older than this executor drops the verdict from the spec; it holds all the same. */
function withVerdict(object: HookRun, unrun: HookRun['spec']['unrun'] | null): HookRun {
  const isJudged = object.status?.run === object.spec.run;
  return unrun == null || isJudged ? object : { ...object, spec: { ...object.spec, unrun } };
}

/** What is not to be run of a pod that was not admitted is written at once, and that is all: it bears no mark. */
async function settle(
  known: Known,
  pod: Pod | null,
  options: ExecutorOptions,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<Known> {
  const { run } = known;
  if (run?.object == null || run.unrun === null || run.object.status?.run === run.object.spec.run) return known;
  // One that was admitted is marked, too, so that hooks written to it later are never taken for those of its restore.
  if (pod !== null && isAdmitted(pod, options)) return known;
  await saveRun(run, parts, signal);
  return nothing;
}

function isAdmitted({ metadata }: Pod, { scope }: ExecutorOptions): boolean {
  const label = metadata.labels?.[scope.labelKey];
  return label !== undefined && metadata.annotations?.[admittedForKey] === label;
}

/** Nothing of the run is run, for this reason. */
function skip(run: PodRun, reason: Extract<HookRunPhase, 'Missed' | 'TooLarge'>, nowMs: number): void {
  const message = reasonSentence(reason);
  const skipped = { ...waitingHook, state: 'Skipped', reason, message } as const;
  run.unrun = reason;
  run.finishedAtMs = nowMs;
  run.record = { ...run.record, hooks: run.record.hooks.map(() => skipped) };
  run.init = run.init.map(({ name }) => ({ name, state: 'Skipped', reason, message }));
}

/** A pod that is gone has no run any more; the request is answered, so that nobody waits for it. */
async function refuseRerun(ref: PodRef, { cluster, store, log }: ExecutorParts, signal: AbortSignal): Promise<Opening> {
  const { namespace, name } = ref;
  if ((await getPod(cluster, ref, signal))?.metadata.uid === ref.uid) return nothing;
  const object = await store.get(namespace, hookRunName(ref), signal);
  if (object?.status === undefined) return nothing;
  const written = await store.writeStatus(object, { ...object.status, rerun: object.spec.rerun ?? null }, signal);
  if (written === 'conflict') return 'undecided';
  log.warn({ namespace, pod: name }, 'rerun asked for of a pod that is gone: nothing is run');
  return nothing;
}

/** A new run of a pod whose last one has finished: the plan is resolved anew (hooks.md section 8). */
async function rerun(
  ref: PodRef,
  pod: Pod,
  options: ExecutorOptions,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<Opening> {
  const { store, planning, plan: planPod, narrator, nowMs } = parts;
  const object = await store.get(ref.namespace, hookRunName(ref), signal);
  if (object === null) return nothing;
  // The plan of an earlier executor's, which did not come to begin it.
  if (object.status?.run !== object.spec.run) return adopt(ref, object, pod, nowMs());
  const label = pod.metadata.labels?.[options.scope.labelKey] ?? object.spec.restore.label;
  const createdAtMs = Date.parse(pod.metadata.creationTimestamp ?? '');
  const context = await planning.contextFor(
    ref.namespace,
    label,
    'run',
    Number.isNaN(createdAtMs) ? null : createdAtMs,
  );
  if (context.restore.is === 'unreadable') return 'undecided';
  const plan = planPod(pod, label, rerunContext(context));
  narrator.warned(ref, plan);
  const asked = { init: [], exec: freezeExec(plan), run: object.spec.run + 1 };
  const fits = fitsHookRun(asked);
  const spec = fits ? { ...asked, unrun: null } : { ...asked, exec: [], unrun: 'TooLarge' as const };
  const written = await store.writeSpec(object, spec, signal);
  if (typeof written !== 'object') return written === 'gone' ? nothing : 'undecided';
  const known = adopt(ref, withVerdict(written, spec.unrun), pod, nowMs());
  if (known.run !== null) {
    // The mark tells of the run before.
    known.run.mark = null;
    known.run.predecessorUnknown = podRun(ref, object, pod, nowMs()).predecessorUnknown;
    narrator.rerun(ref, spec.run, known.run.hooks);
    if (!fits) narrator.tooLarge(ref, plan);
  }
  return known;
}
