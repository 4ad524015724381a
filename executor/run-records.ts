import { hooksMark, type ConditionReason } from '../shared/condition.ts';
import type { Pod } from '../shared/pod.ts';
import { reasonSentence } from '../shared/outcome.ts';
import { changeHook, hasEnded } from '../shared/record.ts';
import { failureGroup, type FailureScope } from '../shared/restore-failure.ts';
import type { ExecutorParts } from './executor-parts.ts';
import type { KnownRuns } from './known-runs.ts';
import { lastWords } from './last-words.ts';
import { writeConditions } from './pod-api.ts';
import { concerned, summaryOf, type PodRun } from './pod-run.ts';
import { saveRun, type Saved } from './save-run.ts';

/** What is written of runs, in HookRuns and on pods, and what that means to others of their restores. */
export class RunRecords {
  readonly #failures: FailureScope;
  readonly #parts: ExecutorParts;
  readonly #known: KnownRuns;
  readonly #cut: AbortSignal;
  readonly #lookAt: (key: string) => void;

  constructor(
    failures: FailureScope,
    parts: ExecutorParts,
    known: KnownRuns,
    cut: AbortSignal,
    lookAt: (key: string) => void,
  ) {
    this.#failures = failures;
    this.#parts = parts;
    this.#known = known;
    this.#cut = cut;
    this.#lookAt = lookAt;
  }

  /** Writes what has become of a run. One whose HookRun is gone, or another executor's, is not gone on with. */
  async save(run: PodRun): Promise<Saved> {
    const saved = await saveRun(run, this.#parts, lastWords(this.#cut));
    if (saved === 'gone') {
      this.#parts.runs.forget(run.ref);
      this.#endRecordless(run);
    }
    if (saved === 'lost') {
      this.#parts.log.warn({ namespace: run.ref.namespace, pod: run.ref.name }, 'run taken over by another executor');
      if (run.busy) return saved;
      const key = `${run.ref.namespace}/${run.ref.name}/${run.ref.uid}`;
      if (!this.#known.isCurrent(key, run)) return saved;
      this.#known.forget(key);
      // Its writer may be gone by now, and no news would come.
      this.#lookAt(key);
    }
    return saved;
  }

  /** Only at the version at hand: a write that is held up must not arrive after the one that tells of the end. */
  async mark(
    run: PodRun,
    reason: Extract<ConditionReason, 'Waiting' | 'Running'>,
    message: string,
    { metadata }: Pod,
  ): Promise<boolean> {
    const { cluster, nowMs } = this.#parts;
    if (run.mark === reason || run.mark === 'Running') return true;
    const mark = hooksMark(reason, message, nowMs());
    const { resourceVersion = null } = metadata;
    const written = await writeConditions(cluster, run.ref, [mark], this.#cut, {}, resourceVersion);
    if (written === 'written') run.mark = reason;
    return written === 'written';
  }

  /** Why what has not begun of a run is cancelled. null: it is not. */
  cancelled(run: PodRun): string | null {
    if (run.object === null) return 'the HookRun was deleted; not run';
    if (this.#parts.runs.get(run.ref)?.cancel === true)
      return 'it was asked for by spec.cancel of the HookRun; not run';
    return this.#parts.runs.cancelled(concerned(run, run.object));
  }

  /** A failure with on-error Fail counts from the moment it is known: the pods of its restore are looked at again. */
  noteFailure(run: PodRun): void {
    const now = summaryOf(run);
    if (now?.failure == null) return;
    this.#parts.runs.note(now);
    const group = failureGroup(now.restore, now.namespace, this.#failures);
    for (const [key, { run: other }] of this.#known.entries()) {
      if (other?.object == null || other === run || other.finishedAtMs !== null) continue;
      if (failureGroup(other.object.spec.restore, other.ref.namespace, this.#failures) === group) this.#lookAt(key);
    }
  }

  /** Its pod was done before: whoever deleted the HookRun of that run, and what made another one, nothing is run again. */
  unmake(run: PodRun): void {
    this.#cancelRest(run, reasonSentence('RecordDeleted'));
  }

  /** Without a record no hook can be claimed, so that none may be begun. */
  #endRecordless(run: PodRun): void {
    this.#parts.log.warn({ namespace: run.ref.namespace, pod: run.ref.name }, 'HookRun deleted in mid-run');
    if (!run.busy) this.#cancelRest(run, '');
  }

  #cancelRest(run: PodRun, message: string): void {
    const change = {
      state: 'Cancelled',
      reason: 'RecordDeleted',
      message,
      finishedAtMs: this.#parts.nowMs(),
    } as const;
    for (const [index, hook] of run.record.hooks.entries()) {
      if (!hasEnded(hook)) run.record = changeHook(run.record, index, change);
    }
  }
}
