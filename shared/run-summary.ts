import type { HookRun, HookRunPhase, HookRunRestore } from './hook-run.ts';

/** What is kept in memory of every HookRun of the cluster: not its commands, nor what they printed. */
export interface RunSummary {
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  readonly pod: { readonly name: string; readonly uid: string };
  readonly restore: HookRunRestore;
  /** null: nothing has been written of it yet. */
  readonly phase: HookRunPhase | null;
  /** Exec hooks planned. */
  readonly exec: number;
  /** Exec hooks that ended and did not succeed. */
  readonly execFailed: number;
  /** The first failure of an exec hook with on-error Fail, by which the others of its restore are cancelled. */
  readonly failure: RunFailure | null;
  readonly rerun: string | null;
  /** The request that the run answers. */
  readonly answeredRerun: string | null;
  readonly cancel: boolean;
  readonly run: number;
  readonly finishedAtMs: number | null;
}

export interface RunFailure {
  readonly hook: number;
  readonly container: string;
  readonly atMs: number;
  /** Of the policy that the hook is of: a tenant's fails within its own namespace only (hooks.md section 7). */
  readonly policyNamespace: string | null;
}

/** Reduces a HookRun to what is asked of all of them. */
export function summarizeRun({ metadata, spec, status }: HookRun): RunSummary {
  const records = status?.exec ?? [];
  const ended = records.filter(({ state }) => state !== 'Waiting' && state !== 'Claimed');
  const failures = records.flatMap(({ state, finishedAt }, hook): RunFailure[] => {
    const planned = spec.exec[hook];
    if (planned?.onError !== 'Fail' || (state !== 'Failed' && state !== 'Interrupted')) return [];
    const atMs = timeOf(finishedAt) ?? timeOf(metadata.creationTimestamp) ?? 0;
    return [{ hook, container: planned.container, atMs, policyNamespace: planned.policyNamespace ?? null }];
  });
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    version: metadata.resourceVersion ?? '',
    pod: spec.pod,
    restore: spec.restore,
    phase: status?.phase ?? null,
    exec: spec.exec.length,
    execFailed: ended.filter(({ state }) => state !== 'Succeeded').length,
    failure: [...failures].sort((one, other) => one.atMs - other.atMs)[0] ?? null,
    rerun: spec.rerun ?? null,
    answeredRerun: status?.rerun ?? null,
    cancel: spec.cancel === true,
    run: status?.run ?? 0,
    finishedAtMs: timeOf(status?.finishedAt),
  };
}

function timeOf(text: string | null | undefined): number | null {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? null : ms;
}
