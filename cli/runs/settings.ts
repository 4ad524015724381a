import { parseDuration } from '../../shared/duration.ts';
import type { ClusterChoice } from '../cluster/connect.ts';
import { shown, type GivenOptions } from '../program/parse.ts';
import { parseTarget, type Target } from './target.ts';

/** What all commands on HookRuns ask for. */
export interface RunsOptions {
  readonly choice: ClusterChoice;
  /** null: all. */
  readonly namespace: string | null;
  readonly target: Target | null;
}

export type Reading<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** Reads the namespace, the cluster, and whose hooks are meant. A namespace may stand before the pod, or behind -n, once. */
export function readRunsOptions(
  given: GivenOptions,
  positional: string | null,
  usual: Target['kind'],
): Reading<RunsOptions> {
  const word = (name: string) => given.get(name)?.at(-1) ?? null;
  const target = positional === null ? null : parseTarget(positional, usual);
  if (positional !== null && (target === null || target.name === '')) {
    const forms = 'NAME, pod/NAME, restore/NAME or NAMESPACE/POD';
    return { ok: false, message: `${shown(positional)} is none of ${forms}` };
  }
  const namespace = word('namespace');
  if (namespace !== null && given.has('all-namespaces')) {
    return { ok: false, message: '--namespace and --all-namespaces exclude each other' };
  }
  if (namespace !== null && target?.namespace != null && target.namespace !== namespace) {
    return { ok: false, message: `${shown(positional ?? '')} is not in the namespace ${shown(namespace)}` };
  }
  return {
    ok: true,
    value: {
      choice: { kubeconfig: word('kubeconfig'), context: word('context') },
      namespace: namespace ?? target?.namespace ?? null,
      target,
    },
  };
}

/** Reads --timeout, in Go's syntax, to milliseconds. */
export function readTimeout(text: string): Reading<number> {
  const value = parseDuration(text);
  if (value === null || value < 0) {
    return { ok: false, message: `--timeout ${shown(text)} is no duration, such as 90s, 10m or 1h30m` };
  }
  return { ok: true, value };
}

/** Reads --hook: the number of an exec hook, from 1. */
export function readHookNumber(text: string): Reading<number> {
  const value = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : null;
  if (value === null) return { ok: false, message: `--hook ${shown(text)} is no number of a hook: 1 is the first` };
  return { ok: true, value };
}
