import type { KnownRun } from './view.ts';

/** What users may ask of a HookRun. */
export type Request = 'rerun' | 'cancel';

/** The JSON merge patch of a HookRun that asks for it. A rerun takes an earlier cancel back. */
export function requestChange(request: Request, nowMs: number): object {
  const spec = request === 'rerun' ? { rerun: new Date(nowMs).toISOString(), cancel: null } : { cancel: true };
  return { spec };
}

/** Why a run is not meant. null: it is. */
export function leftOut(request: Request, { view, isFinished }: KnownRun, onlyFailed: boolean): string | null {
  if (request === 'cancel') return isFinished ? 'its hooks have finished' : null;
  return onlyFailed && view.phase === 'Succeeded' ? 'its hooks have succeeded' : null;
}

/** The command line that shows what becomes of it. */
export function followLine(
  program: string,
  kind: 'pod' | 'restore',
  runs: readonly KnownRun[],
  namespace: string | null,
): string {
  const view = runs[0]?.view;
  const target = kind === 'pod' ? `${view?.namespace ?? ''}/${view?.pod ?? ''}` : `restore/${view?.restore ?? ''}`;
  const place = kind === 'restore' && namespace !== null ? ` -n ${namespace}` : '';
  return `${program} status ${target}${place} --watch`;
}
