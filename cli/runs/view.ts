import type {
  HookRun,
  HookRunExec,
  HookRunExecStatus,
  HookRunInit,
  HookRunInitStatus,
  HookRunPhase,
} from '../../shared/hook-run.ts';

/** An init hook with what became of it. */
export type InitView = HookRunInit & HookRunInitStatus;
/** An exec hook with what became of it. Who is to run it is the executors' own affair. */
export type ExecView = HookRunExec & Omit<HookRunExecStatus, 'claim'>;

/** A HookRun for people and scripts: an element of `status -o json`. */
export interface RunView {
  readonly namespace: string;
  readonly pod: string;
  /** The Restore's name; or, without a Restore, the value of the restore label. */
  readonly restore: string;
  readonly phase: HookRunPhase;
  readonly run: number;
  readonly total: number;
  readonly done: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly firstProblem: string | null;
  readonly init: readonly InitView[];
  readonly exec: readonly ExecView[];
}

/** A HookRun as commands need it. */
export interface KnownRun {
  /** Of the HookRun. */
  readonly name: string;
  readonly podUid: string;
  readonly label: string;
  /** null: it is known by its label alone. */
  readonly restoreName: string | null;
  readonly restoreUid: string | null;
  readonly view: RunView;
  /** Nothing more will happen, unless somebody asks for it. */
  readonly isFinished: boolean;
  readonly createdAtMs: number;
  /** From when its time counts: its first hook, or else its being asked for. */
  readonly beganAtMs: number;
  readonly finishedAtMs: number | null;
}

/**
 * Reads a HookRun. A rerun that was asked for counts as begun, though no executor has answered yet: whoever asks how it went
 * does not mean the run before.
 */
export function readRun({ metadata, spec, status }: HookRun): KnownRun {
  const own = status?.run === spec.run ? status : undefined;
  const isUnanswered = spec.rerun != null && spec.rerun !== (status?.rerun ?? null);
  const hasEnded = own !== undefined && own.phase !== 'Waiting' && own.phase !== 'Running';
  const shown = hasEnded && isUnanswered ? undefined : own;
  const createdAtMs = timeOf(metadata.creationTimestamp) ?? 0;
  const askedAtMs = spec.run > 1 || isUnanswered ? timeOf(spec.rerun) : null;
  return {
    name: metadata.name,
    podUid: spec.pod.uid,
    label: spec.restore.label,
    restoreName: spec.restore.name ?? null,
    restoreUid: spec.restore.uid ?? null,
    view: {
      namespace: metadata.namespace,
      pod: spec.pod.name,
      restore: spec.restore.name ?? spec.restore.label,
      phase: shown?.phase ?? 'Waiting',
      run: spec.run,
      total: shown?.total ?? spec.init.length + spec.exec.length,
      done: shown?.done ?? 0,
      succeeded: shown?.succeeded ?? 0,
      failed: shown?.failed ?? 0,
      startedAt: shown?.startedAt ?? null,
      finishedAt: shown?.finishedAt ?? null,
      firstProblem: shown?.firstProblem ?? null,
      init: spec.init.map((hook) => ({
        ...hook,
        ...(shown?.init?.find(({ name }) => name === hook.name) ?? { state: 'Waiting' as const }),
      })),
      exec: spec.exec.map((hook, index) => ({ ...hook, ...execResult(shown?.exec?.[index]) })),
    },
    isFinished: shown !== undefined && hasEnded,
    createdAtMs,
    beganAtMs: timeOf(shown?.startedAt) ?? askedAtMs ?? createdAtMs,
    finishedAtMs: timeOf(shown?.finishedAt),
  };
}

/** `namespace/pod` */
export function podOf({ view }: KnownRun): string {
  return `${view.namespace}/${view.pod}`;
}

function execResult(status: HookRunExecStatus | undefined): Omit<HookRunExecStatus, 'claim'> {
  if (status === undefined) return { state: 'Waiting', attempts: 0 };
  const result: Omit<HookRunExecStatus, 'claim'> & { claim?: unknown } = { ...status };
  delete result.claim;
  return result;
}

function timeOf(text: string | null | undefined): number | null {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? null : ms;
}
